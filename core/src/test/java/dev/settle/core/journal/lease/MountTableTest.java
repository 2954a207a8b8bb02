package dev.settle.core.journal.lease;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;

final class MountTableTest {
    private static final MountTable TABLE = new MountTable("""
            22 27 0:21 / /proc rw,relatime - proc proc rw
            27 1 254:0 / / rw,relatime shared:1 - ext4 /dev/vda rw
            40 27 0:40 / /home rw,relatime shared:2 - nfs4 server:/home rw,vers=4.2,local_lock=none
            41 27 0:41 / /home/old rw - nfs server:/old rw,vers=3,nolock,local_lock=all
            42 27 0:42 / /scratch rw - lustre mds@tcp:/s rw,flock,lazystatfs
            43 27 0:43 / /scratch2 rw - lustre mds@tcp:/t rw,localflock
            44 27 0:44 / /my\\040disk rw - xfs /dev/sdb rw
            45 27 0:45 / /beegfs rw - beegfs beegfs_nodev rw
            46 27 0:46 / /dev/shm rw - tmpfs tmpfs rw
            47 27 0:47 / /home rw,relatime - gpfs /dev/fs rw
            not a line
            """);

    private static LockReach reach(String path) {
        return TABLE.of(Path.of(path)).orElseThrow().lockReach();
    }

    @Test
    void diskOfThisMachineIsLocal() {
        assertThat(reach("/var/lib")).isEqualTo(LockReach.LOCAL);
        assertThat(reach("/dev/shm/x")).isEqualTo(LockReach.LOCAL);
        assertThat(reach("/my disk/x")).isEqualTo(LockReach.LOCAL);
    }

    @Test
    void optionsSayHowFarNetworkLocksReach() {
        assertThat(reach("/home/old/ada")).isEqualTo(LockReach.HOST);
        assertThat(reach("/scratch/ada")).isEqualTo(LockReach.CLUSTER);
        assertThat(reach("/scratch2/ada")).isEqualTo(LockReach.HOST);
    }

    @Test
    void unknownFileSystemIsTrustedLeast() {
        assertThat(reach("/beegfs/ada")).isEqualTo(LockReach.HOST);
    }

    @Test
    void laterMountCoversTheEarlierOne() {
        assertThat(TABLE.of(Path.of("/home/ada")).orElseThrow().type()).isEqualTo("gpfs");
    }

    @Test
    void nfsWithItsOwnLocksReachesTheCluster() {
        MountTable table = new MountTable("40 27 0:40 / /home rw - nfs4 server:/home rw,vers=4.2,local_lock=none");
        assertThat(table.of(Path.of("/home/ada")).orElseThrow().lockReach()).isEqualTo(LockReach.CLUSTER);
        assertThat(table.of(Path.of("/tmp"))).isEmpty();
    }
}
