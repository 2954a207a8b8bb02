package dev.settle.core.journal.lease;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.settle.core.file.Disk;
import dev.settle.core.file.LocalDisk;
import dev.settle.core.file.ProcessLock;
import dev.settle.core.journal.JournalLine;
import dev.settle.core.journal.Lines;
import dev.settle.core.journal.RunFolder;
import dev.settle.core.journal.file.JournalReader;
import dev.settle.core.journal.file.JournalWriter;
import dev.settle.core.journal.file.RunDraft;
import dev.settle.core.journal.file.RunLoader;
import dev.settle.core.journal.file.StateHome;
import dev.settle.core.journal.file.Takeover;
import dev.settle.core.journal.file.WriteAnswer;
import dev.settle.core.model.Plan;
import dev.settle.core.run.Entry;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class LeaseTest {
    private static final Instant NOW = Instant.parse("2026-11-20T12:00:00Z");
    private static final DriverId HERE = new DriverId("login1", "boot-a", "pid:1", 100, 5000);
    private static final DriverId BESIDE = new DriverId("login1", "boot-a", "pid:1", 200, 6000);
    private static final DriverId CONTAINER = new DriverId("login1", "boot-a", "pid:2", 100, 5000);
    private static final DriverId REBOOTED = new DriverId("login1", "boot-b", "pid:1", 100, 5000);
    private static final DriverId ELSEWHERE = new DriverId("login2", "boot-c", "pid:1", 100, 5000);

    private final Disk disk = new LocalDisk();
    private final Map<Long, Long> running = new HashMap<>(Map.of(100L, 5000L, 200L, 6000L));

    @TempDir
    Path path;

    private RunFolder folder;

    @BeforeEach
    void begin() {
        folder = new RunFolder(path);
    }

    /** A process on a file system whose locks are as given. */
    private Leases leases(DriverId self, LockReach reach, ProcessLock.State lock) {
        return new Leases(disk, self, this::startedAt, reach, clock(), at -> ProcessLock.nominal(lock));
    }

    private Leases withRealLocks(DriverId self, LockReach reach) {
        return new Leases(disk, self, this::startedAt, reach, clock());
    }

    private Leases withoutLocks(DriverId self) {
        return leases(self, LockReach.HOST, ProcessLock.State.UNUSABLE);
    }

    private OptionalLong startedAt(long pid) {
        return running.containsKey(pid) ? OptionalLong.of(running.get(pid)) : OptionalLong.empty();
    }

    private static Clock clock() {
        return Clock.fixed(NOW, ZoneOffset.UTC);
    }

    private static LeaseAnswer.Taken taken(LeaseAnswer answer) {
        assertThat(answer).isInstanceOf(LeaseAnswer.Taken.class);
        return (LeaseAnswer.Taken) answer;
    }

    private static LeaseInfo held(LeaseAnswer answer) {
        assertThat(answer).isInstanceOf(LeaseAnswer.Held.class);
        return ((LeaseAnswer.Held) answer).by();
    }

    private void silentFor(Duration age) throws IOException {
        Files.setLastModifiedTime(folder.lease(), FileTime.from(Instant.now().minus(age)));
    }

    @Test
    void firstDriverTakesTheRunWithNumberOne() throws IOException {
        LeaseAnswer.Taken taken = taken(withRealLocks(HERE, LockReach.LOCAL).take(folder));
        assertThat(taken.lease().succession()).isEqualTo(LeaseAnswer.Succession.CERTAIN);
        assertThat(taken.lease().fence()).isEqualTo(1);
        assertThat(taken.lease().isHeld()).isTrue();
        taken.lease().release();
    }

    @Test
    void lockKeepsOthersOutAndSaysWhoHasIt() throws IOException {
        Lease lease = taken(withRealLocks(HERE, LockReach.LOCAL).take(folder)).lease();
        LeaseInfo by = held(withRealLocks(ELSEWHERE, LockReach.CLUSTER).take(folder));
        assertThat(by.driver()).isEqualTo(HERE);
        assertThat(by.since()).isEqualTo(NOW);
        assertThat(by.fence()).isEqualTo(1);
        lease.release();
    }

    @Test
    void holderOfTheLockLivesHoweverLongItWasSilent() throws IOException {
        Lease lease = taken(withRealLocks(HERE, LockReach.CLUSTER).take(folder)).lease();
        silentFor(Duration.ofHours(1));
        assertThat(held(withRealLocks(ELSEWHERE, LockReach.CLUSTER).take(folder))
                        .alive())
                .isEqualTo(LeaseInfo.Alive.YES);
        lease.release();
    }

    @Test
    void refusedTakerDoesNotLoosenTheLock() throws IOException {
        Lease lease = taken(withRealLocks(HERE, LockReach.CLUSTER).take(folder)).lease();
        silentFor(Duration.ofHours(1));
        for (int i = 0; i < 3; i++) {
            held(withRealLocks(ELSEWHERE, LockReach.CLUSTER).take(folder));
        }
        assertThat(lease.isHeld()).isTrue();
        lease.release();
    }

    @Test
    void releasedRunIsTakenAtOnceWithALargerNumber() throws IOException {
        for (long fence = 1; fence <= 5; fence++) {
            LeaseAnswer.Taken taken =
                    taken(leases(fence % 2 == 0 ? HERE : ELSEWHERE, LockReach.HOST, ProcessLock.State.LOCKED)
                            .take(folder));
            assertThat(taken.lease().fence()).isEqualTo(fence);
            assertThat(taken.lease().succession()).isEqualTo(LeaseAnswer.Succession.CERTAIN);
            taken.lease().release();
            assertThat(withoutLocks(BESIDE).look(folder)).isEmpty();
        }
    }

    @Test
    void driverOnTheSameMachineIsLookedUpExactly() throws IOException {
        taken(withoutLocks(HERE).take(folder));
        silentFor(Duration.ofDays(1));
        assertThat(held(withoutLocks(BESIDE).take(folder)).alive()).isEqualTo(LeaseInfo.Alive.YES);

        running.put(100L, 7000L);
        assertThat(withoutLocks(BESIDE).look(folder).orElseThrow().alive())
                .as("the pid belongs to another process now")
                .isEqualTo(LeaseInfo.Alive.NO);
        LeaseAnswer.Taken second = taken(withoutLocks(BESIDE).take(folder));
        assertThat(second.lease().succession()).isEqualTo(LeaseAnswer.Succession.CERTAIN);
        assertThat(second.lease().fence()).isEqualTo(2);
    }

    @Test
    void processDoesNotTakeWhatItHas() throws IOException {
        taken(withoutLocks(HERE).take(folder));
        assertThat(held(withoutLocks(HERE).take(folder)).driver()).isEqualTo(HERE);
    }

    @Test
    void driverBeforeTheRebootIsDeadWhereTheDiskIsThisMachines() throws IOException {
        taken(leases(HERE, LockReach.LOCAL, ProcessLock.State.LOCKED).take(folder));
        Leases later = leases(REBOOTED, LockReach.LOCAL, ProcessLock.State.LOCKED);
        assertThat(later.look(folder).orElseThrow().alive()).isEqualTo(LeaseInfo.Alive.NO);
        assertThat(taken(later.take(folder)).lease().succession()).isEqualTo(LeaseAnswer.Succession.CERTAIN);
    }

    @Test
    void samePidInAnotherContainerIsNotThatProcess() throws IOException {
        taken(withoutLocks(HERE).take(folder));
        assertThat(held(withoutLocks(CONTAINER).take(folder)).alive()).isEqualTo(LeaseInfo.Alive.YES);
        silentFor(Leases.EXPIRY.plusSeconds(1));
        assertThat(taken(withoutLocks(CONTAINER).take(folder)).lease().succession())
                .isEqualTo(LeaseAnswer.Succession.ASSUMED);
    }

    @Test
    void lockThatIsGoneProvesDeathWhereLocksReachThatFar() throws IOException {
        taken(leases(HERE, LockReach.CLUSTER, ProcessLock.State.LOCKED).take(folder));
        LeaseAnswer.Taken taken = taken(
                leases(ELSEWHERE, LockReach.CLUSTER, ProcessLock.State.LOCKED).take(folder));
        // A client that lost its file server loses its locks and may come back.
        assertThat(taken.lease().succession()).isEqualTo(LeaseAnswer.Succession.ASSUMED);
    }

    @Test
    void withoutLocksTheFullAgeIsWaitedOut() throws IOException {
        for (ProcessLock.State lock : List.of(ProcessLock.State.UNUSABLE, ProcessLock.State.LOCKED)) {
            Leases there = leases(ELSEWHERE, LockReach.HOST, lock);
            Lease lease = taken(leases(HERE, LockReach.HOST, lock).take(folder)).lease();
            silentFor(Leases.EXPIRY.minusSeconds(5));
            LeaseInfo by = held(there.take(folder));
            assertThat(by.alive()).isEqualTo(LeaseInfo.Alive.YES);
            assertThat(by.renewedAgo().orElseThrow()).isBetween(Duration.ofSeconds(54), Duration.ofSeconds(59));
            silentFor(Leases.EXPIRY.plusSeconds(5));
            assertThat(there.look(folder).orElseThrow().alive()).isEqualTo(LeaseInfo.Alive.NO);
            LeaseAnswer.Taken taken = taken(there.take(folder));
            assertThat(taken.lease().succession()).isEqualTo(LeaseAnswer.Succession.ASSUMED);
            assertThat(lease.isHeld()).isFalse();
            taken.lease().release();
        }
    }

    @Test
    void renewalIsASignOfLifeByTheFileServersClock() throws IOException {
        Lease lease = taken(withoutLocks(HERE).take(folder)).lease();
        byte[] before = Files.readAllBytes(folder.lease());
        silentFor(Duration.ofHours(1));
        assertThat(lease.renew()).isTrue();
        assertThat(Files.readAllBytes(folder.lease())).isEqualTo(before);
        assertThat(held(withoutLocks(ELSEWHERE).take(folder)).renewedAgo().orElseThrow())
                .isLessThan(Duration.ofSeconds(30));
    }

    @Test
    void fencedDriverFindsOutWhetherItLooksByNameOrThroughItsOldFile() throws IOException {
        Lease old = taken(withoutLocks(HERE).take(folder)).lease();
        Path oldFile = path.resolve("old");
        Files.createLink(oldFile, folder.lease());
        silentFor(Duration.ofHours(1));
        taken(withoutLocks(ELSEWHERE).take(folder));
        assertThat(old.isHeld()).isFalse();
        assertThat(old.renew()).isFalse();
        assertThat(LeaseText.read(Files.readAllBytes(oldFile)).orElseThrow().held())
                .isFalse();
        old.release();
        assertThat(withoutLocks(ELSEWHERE).look(folder).orElseThrow().driver()).isEqualTo(ELSEWHERE);
    }

    @Test
    void fencedDriverThatWakesUpWritesNothingThatAnybodyReads() throws IOException {
        StateHome home = new StateHome(path.resolve("home"));
        folder = RunDraft.create(
                        disk,
                        home,
                        Plan.of("lines", List.of()),
                        Lines.opened(),
                        Lines.entry(1).at())
                .publish()
                .folder();
        RunLoader loader = new RunLoader(disk, "0.1.0");
        JournalWriter first = Takeover.open(
                disk, folder, taken(withoutLocks(HERE).take(folder)).lease(), loader.load(folder));
        // What it had under way when it was suspended, after it had looked at its lease for the last time.
        Disk.OpenFile suspended = disk.write(folder.journal());
        silentFor(Duration.ofHours(1));
        JournalWriter second = Takeover.open(
                disk, folder, taken(withoutLocks(ELSEWHERE).take(folder)).lease(), loader.load(folder));
        suspended.write(JournalLine.encode(Lines.entries(2, 9)), second.size());
        assertThat(first.append(Lines.entries(2, 3))).isEqualTo(new WriteAnswer.Fenced());
        assertThat(second.append(Lines.entries(2, 4))).isEqualTo(new WriteAnswer.Written(0));
        List<Entry> read = new ArrayList<>();
        JournalReader.read(disk, folder.journal(), 0, 0, (entry, end) -> read.add(entry));
        assertThat(read).isEqualTo(Lines.entries(1, 4));
    }

    @Test
    void takerThatDiedBetweenClaimAndLeaseIsSucceeded() throws IOException {
        taken(withoutLocks(HERE).take(folder)).lease().release();
        Path claim = path.resolve("lease.claim-2");
        Files.write(claim, new LeaseText(ELSEWHERE, 2, NOW, true).bytes());
        assertThat(held(withoutLocks(HERE).take(folder)).driver()).isEqualTo(ELSEWHERE);
        Files.setLastModifiedTime(claim, FileTime.from(Instant.now().minus(Duration.ofMinutes(5))));
        assertThat(taken(withoutLocks(HERE).take(folder)).lease().fence()).isEqualTo(3);
    }

    @Test
    void numbersGoOnAfterTheLeaseBecameUnreadable() throws IOException {
        taken(withoutLocks(HERE).take(folder)).lease().release();
        taken(withoutLocks(HERE).take(folder)).lease().release();
        for (String damage : List.of("", "\0\0\0\0", "{}")) {
            Files.writeString(folder.lease(), damage);
            silentFor(Duration.ofHours(1));
            Files.setLastModifiedTime(
                    path.resolve("lease.claim-" + latestClaim()),
                    FileTime.from(Instant.now().minusSeconds(3600)));
            long before = latestClaim();
            DriverId another = new DriverId("login" + (before + 7), "boot", "pid:1", 1, 1);
            assertThat(taken(withoutLocks(another).take(folder)).lease().fence())
                    .isEqualTo(before + 1);
        }
    }

    @Test
    void unreadableLeaseOfADeadDriverIsThatOfADeadDriverAtOnce() throws IOException {
        for (String damage : List.of("", "\0\0\0\0", "{}", "{\"held\":\"y\",\"fence\":99999999999999999999}")) {
            Lease lease =
                    taken(withRealLocks(HERE, LockReach.LOCAL).take(folder)).lease();
            lease.release();
            Files.writeString(folder.lease(), damage);
            assertThat(withRealLocks(ELSEWHERE, LockReach.LOCAL)
                            .look(folder)
                            .orElseThrow()
                            .alive())
                    .as("lease '%s'", damage)
                    .isEqualTo(LeaseInfo.Alive.NO);
        }
        Files.delete(folder.lease());
        Files.createDirectory(folder.lease());
        assertThat(withRealLocks(ELSEWHERE, LockReach.LOCAL)
                        .look(folder)
                        .orElseThrow()
                        .alive())
                .isEqualTo(LeaseInfo.Alive.NO);
        taken(withRealLocks(ELSEWHERE, LockReach.LOCAL).take(folder)).lease().release();
        assertThat(folder.lease()).isRegularFile();
    }

    @Test
    void unreadableLeaseWhoseLockIsHeldIsThatOfALivingDriver() throws IOException {
        Lease lease = taken(withRealLocks(HERE, LockReach.LOCAL).take(folder)).lease();
        Files.writeString(folder.lease(), "?");
        silentFor(Duration.ofHours(1));
        LeaseInfo holder =
                withRealLocks(ELSEWHERE, LockReach.LOCAL).look(folder).orElseThrow();
        assertThat(holder.alive()).isEqualTo(LeaseInfo.Alive.YES);
        assertThat(holder.driver()).as("its claim says who it is").isEqualTo(HERE);
        held(withRealLocks(ELSEWHERE, LockReach.LOCAL).take(folder));
        lease.release();
    }

    @Test
    void everyFlippedByteOfALeaseIsNoticed() {
        byte[] good = new LeaseText(HERE, 7, NOW, true).bytes();
        assertThat(LeaseText.read(good)).contains(new LeaseText(HERE, 7, NOW, true));
        byte[] released = good.clone();
        released[LeaseText.HELD_AT] = LeaseText.NOT_HELD;
        assertThat(LeaseText.read(released)).contains(new LeaseText(HERE, 7, NOW, false));
        for (int at = 0; at < good.length; at++) {
            byte[] bad = good.clone();
            bad[at] ^= 1;
            assertThat(LeaseText.read(bad)).as("byte %d", at).isEmpty();
        }
    }

    private long latestClaim() throws IOException {
        try (var files = Files.list(path)) {
            return files.map(file -> file.getFileName().toString())
                    .filter(name -> name.startsWith("lease.claim-"))
                    .mapToLong(name -> Long.parseLong(name.substring("lease.claim-".length())))
                    .max()
                    .orElse(0);
        }
    }

    @Test
    void ofManyTakersWithoutAnyLocksOneGetsTheRun() throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(8);
        try {
            for (int round = 0; round < 100; round++) {
                RunFolder run = new RunFolder(Files.createDirectory(path.resolve("run" + round)));
                taken(withoutLocks(HERE).take(run));
                Files.setLastModifiedTime(
                        run.lease(), FileTime.from(Instant.now().minusSeconds(3600)));
                List<Callable<LeaseAnswer>> takers = new ArrayList<>();
                for (int i = 0; i < 8; i++) {
                    DriverId self = new DriverId("login" + (10 + i), "boot", "pid:1", 1, 1);
                    takers.add(() -> withoutLocks(self).take(run));
                }
                int winners = 0;
                for (Future<LeaseAnswer> answer : threads.invokeAll(takers)) {
                    if (answer.get() instanceof LeaseAnswer.Taken taken) {
                        winners++;
                        assertThat(taken.lease().isHeld()).isTrue();
                    }
                }
                assertThat(winners).as("round %d", round).isEqualTo(1);
            }
        } finally {
            threads.shutdownNow();
        }
    }

    @Test
    void leaseOfARunThatIsCreatedMovesWithItsFolder() throws IOException {
        RunFolder draft = new RunFolder(Files.createDirectory(path.resolve("draft")));
        Lease lease = taken(withRealLocks(HERE, LockReach.LOCAL).take(draft)).lease();
        RunFolder visible = new RunFolder(path.resolve("visible"));
        disk.move(draft.path(), visible.path());
        lease.movedTo(visible);
        assertThat(lease.renew()).isTrue();
        assertThat(held(withRealLocks(BESIDE, LockReach.LOCAL).take(visible)).driver())
                .isEqualTo(HERE);
        lease.release();
        assertThat(taken(withRealLocks(BESIDE, LockReach.LOCAL).take(visible))
                        .lease()
                        .fence())
                .isEqualTo(2);
    }

    @Test
    void folderThatIsGoneIsTroubleNotALostLease() throws IOException {
        Lease lease = taken(withoutLocks(HERE).take(folder)).lease();
        Files.delete(folder.lease());
        assertThatThrownBy(lease::isHeld).isInstanceOf(NoSuchFileException.class);
    }

    @Test
    void nobodyDrivesARunThatNobodyTook() throws IOException {
        assertThat(withoutLocks(HERE).look(folder)).isEmpty();
    }

    @Test
    void locksThatWorkAreNoTrouble() throws IOException {
        assertThat(Leases.lockTrouble(disk, path, HERE)).isEmpty();
        try (var left = Files.list(path)) {
            assertThat(left).isEmpty();
        }
    }

    @Test
    void leaseIsReadableText() throws IOException {
        taken(withoutLocks(HERE).take(folder));
        assertThat(new String(Files.readAllBytes(folder.lease()), StandardCharsets.UTF_8))
                .isEqualTo("{\"held\":\"y\",\"fence\":1,\"host\":\"login1\",\"pid\":100,"
                        + "\"since\":\"2026-11-20T12:00:00Z\",\"boot_id\":\"boot-a\",\"pid_space\":\"pid:1\","
                        + "\"started_at\":5000,\"sum\":1484259736}\n");
    }
}
