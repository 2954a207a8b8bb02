package dev.settle.core.file;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ProcessLockTest {
    @TempDir
    Path folder;

    @Test
    void oneOwnerWithinAProcessHasIt() throws Exception {
        Path file = folder.resolve("a.lock");
        assertThat(ProcessLock.isHeld(file)).isFalse();
        try (ProcessLock first = ProcessLock.attempt(file)) {
            assertThat(first.state()).isEqualTo(ProcessLock.State.LOCKED);
            assertThat(ProcessLock.isHeld(file)).isTrue();
            try (ProcessLock second = ProcessLock.attempt(file)) {
                assertThat(second.state()).isEqualTo(ProcessLock.State.BUSY);
            }
            assertThat(ProcessLock.isHeld(file)).isTrue();
        }
        assertThat(ProcessLock.isHeld(file)).isFalse();
    }

    /** What looks at a lock of its own process, or fails to take it, must not drop it (fcntl(2)). */
    @Test
    void lookDoesNotFreeItForOtherProcesses() throws Exception {
        Path file = folder.resolve("a.lock");
        try (ProcessLock held = ProcessLock.attempt(file)) {
            assertThat(held.state()).isEqualTo(ProcessLock.State.LOCKED);
            assertThat(ProcessLock.isHeld(file)).isTrue();
            ProcessLock.attempt(file).close();
            assertThat(othersCanLock(file)).isFalse();
        }
        assertThat(othersCanLock(file)).isTrue();
    }

    private static boolean othersCanLock(Path file) throws Exception {
        // struct flock of 64-bit Linux: type 1 is F_WRLCK, over the whole file.
        String script = "open my $f, '+<', shift or die; my $l = pack 's s x4 q q l x4', 1, 0, 0, 0, 0;"
                + " exit !fcntl $f, F_SETLK, $l";
        Process other = new ProcessBuilder("perl", "-MFcntl", "-e", script, file.toString())
                .redirectErrorStream(true)
                .start();
        other.getInputStream().readAllBytes();
        return other.waitFor() == 0;
    }
}
