package dev.settle.core.journal.lease;

import dev.settle.core.file.Disk;
import dev.settle.core.file.ProcessLock;
import dev.settle.core.journal.RunFolder;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Takes leases and tells who has them.
 *
 * <p>A driver on the same machine is looked up, exactly. One on another machine is believed dead when its lock is gone
 * and locks reach that far, else when it has not renewed its lease for {@link #EXPIRY} by the clock of the file server.
 * Who takes a lease first makes a claim file, which can be made only once; so even without any locks no two drivers get
 * the same fencing number, and of two the one with the smaller number finds that it has lost the run before it acts.
 */
public final class Leases {
    /** How often a driver renews its lease. */
    public static final Duration RENEWAL = Duration.ofSeconds(10);

    /** Without a character of life for so long, a driver whose machine we cannot look at counts as dead. */
    public static final Duration EXPIRY = Duration.ofSeconds(60);

    private static final String LOCK = "lease.lock";
    private static final String CLAIM = "lease.claim-";
    private static final String DRAFT = "lease.new-";
    private static final String PROBE = "lease.probe-";
    private static final String DAMAGED = "lease.damaged-";

    /** A lease has some 300 bytes; more than this is none. */
    private static final int BYTES_MAX = 64 << 10;

    /** A larger number is none that was counted up to. */
    private static final long FENCE_MAX = 1L << 60;

    /** What a lease says, or what little is known of one that says nothing readable. */
    private record Seen(Optional<LeaseText> text, String raw, long fence, Path path) {}

    /** How to lock; tests put file systems with poor locks here. */
    interface Locker {
        ProcessLock attempt(Path path) throws IOException;
    }

    private final Disk disk;
    private final DriverId self;
    private final ProcessTable processes;
    private final LockReach reach;
    private final Clock clock;
    private final Locker locker;

    /**
     * @param self the process that asks, and that drives what it takes
     * @param reach of locks in the folder of the runs
     * @param clock for the time that people are shown; never compared with another machine's
     */
    public Leases(Disk disk, DriverId self, ProcessTable processes, LockReach reach, Clock clock) {
        this(disk, self, processes, reach, clock, ProcessLock::attempt);
    }

    Leases(Disk disk, DriverId self, ProcessTable processes, LockReach reach, Clock clock, Locker locker) {
        this.disk = disk;
        this.self = self;
        this.processes = processes;
        this.reach = reach;
        this.clock = clock;
        this.locker = locker;
    }

    /**
     * Takes a run's lease if nobody holds it.
     *
     * @throws IOException when the run's folder cannot be read or written
     */
    public LeaseAnswer take(RunFolder folder) throws IOException {
        ProcessLock lock = locker.attempt(folder.path().resolve(LOCK));
        try {
            LeaseAnswer answer = take(folder, lock);
            if (answer.kind() == LeaseAnswer.Kind.HELD) {
                lock.close();
            }
            return answer;
        } catch (IOException | RuntimeException e) {
            lock.close();
            throw e;
        }
    }

    /**
     * Who drives a run; empty when nobody has taken it or it was released.
     *
     * @throws IOException when the run's folder cannot be read
     */
    public Optional<LeaseInfo> look(RunFolder folder) throws IOException {
        Optional<Seen> seen = lease(folder);
        if (seen.isEmpty() || !isHeld(seen.get())) {
            return Optional.empty();
        }
        if (seen.get().text().isPresent()) {
            return Optional.of(info(folder, seen.get()));
        }
        // Its claim says who it was.
        Optional<Seen> claim = newestClaim(folder).filter(each -> each.text().isPresent());
        return Optional.of(ofLock(folder, info(folder, claim.orElse(seen.get()))));
    }

    /** What the lock says where a lease says nothing; what else is known where locks do not reach the driver. */
    private LeaseInfo ofLock(RunFolder folder, LeaseInfo info) {
        try (ProcessLock lock = locker.attempt(folder.path().resolve(LOCK))) {
            return switch (lock.state()) {
                case BUSY -> info.as(LeaseInfo.Alive.YES);
                case LOCKED -> reach == LockReach.HOST ? info : info.as(LeaseInfo.Alive.NO);
                case UNUSABLE -> info;
            };
        } catch (IOException e) {
            // A look has to work where nothing can be written.
            return info;
        }
    }

    /** Why locks do not work in a folder; empty when they do. */
    public static Optional<String> lockTrouble(Disk disk, Path folder, DriverId self) throws IOException {
        Path probe = folder.resolve(PROBE + self.host() + "-" + self.pid() + ".lock");
        try (ProcessLock lock = ProcessLock.attempt(probe)) {
            return lock.state() == ProcessLock.State.UNUSABLE
                    ? Optional.of("the file system of " + folder + " has no file locks")
                    : Optional.empty();
        } finally {
            disk.delete(probe);
        }
    }

    private LeaseAnswer take(RunFolder folder, ProcessLock lock) throws IOException {
        Optional<Seen> lease = lease(folder);
        Optional<Seen> claim = newestClaim(folder);
        // A claim without its lease: somebody is taking the run at this moment, or died when it did.
        boolean claimIsNewer = claim.isPresent()
                && claim.get().fence() > lease.map(Seen::fence).orElse(0L);
        Optional<Seen> newest = claimIsNewer ? claim : lease;
        Optional<LeaseAnswer.Succession> succession = succession(folder, newest, lock.state());
        if (succession.isEmpty()) {
            LeaseInfo holder = newest.isPresent() ? info(folder, newest.get()) : unknownHolder();
            // Whoever has the lock lives, however long ago it last renewed the lease.
            return new LeaseAnswer.Held(
                    lock.state() == ProcessLock.State.BUSY ? holder.as(LeaseInfo.Alive.YES) : holder);
        }
        long fence = newest.map(Seen::fence).orElse(0L) + 1;
        LeaseText text = new LeaseText(self, fence, clock.instant(), true);
        Path ownClaim = folder.path().resolve(CLAIM + fence);
        try {
            write(ownClaim, text.bytes());
        } catch (FileAlreadyExistsException e) {
            return new LeaseAnswer.Held(info(folder, read(ownClaim).orElseThrow(() -> e)));
        }
        Optional<Seen> again = lease(folder);
        if (!lease.map(Seen::raw).equals(again.map(Seen::raw))) {
            disk.delete(ownClaim);
            return new LeaseAnswer.Held(again.isPresent() ? info(folder, again.get()) : unknownHolder());
        }
        if (again.isPresent()) {
            tellOldLease(again.get());
        }
        if (Files.isDirectory(folder.lease())) {
            // No file can take its place.
            disk.move(folder.lease(), folder.path().resolve(DAMAGED + fence));
        }
        Path draft = folder.path().resolve(DRAFT + fence);
        disk.delete(draft);
        write(draft, text.bytes());
        disk.move(draft, folder.lease());
        disk.forceFolder(folder.path());
        Optional<Seen> later = newestClaim(folder).filter(seen -> seen.fence() > fence);
        if (later.isPresent()) {
            // We slept for so long between claim and lease that somebody has overtaken us.
            return new LeaseAnswer.Held(info(folder, later.get()));
        }
        deleteClaimsBefore(folder, fence);
        return new LeaseAnswer.Taken(
                new Lease(text, succession.get(), folder.lease(), disk.write(folder.lease()), lock));
    }

    /** How we may take what is there; empty when we may not. */
    private Optional<LeaseAnswer.Succession> succession(RunFolder folder, Optional<Seen> newest, ProcessLock.State lock)
            throws IOException {
        if (lock == ProcessLock.State.BUSY) {
            return Optional.empty();
        }
        if (newest.isEmpty() || !isHeld(newest.get())) {
            return Optional.of(LeaseAnswer.Succession.CERTAIN);
        }
        boolean lockProvesDeath = lock == ProcessLock.State.LOCKED && reach != LockReach.HOST;
        Optional<DriverId> driver = newest.get().text().map(LeaseText::driver);
        if (driver.filter(self::sharesProcessTableWith).isPresent()) {
            if (!isAlive(driver.get())) {
                return Optional.of(LeaseAnswer.Succession.CERTAIN);
            }
            // It lives and has let go of the lock: it gave the run up and could not write that down.
            return lockProvesDeath ? Optional.of(LeaseAnswer.Succession.ASSUMED) : Optional.empty();
        }
        if (driver.filter(this::isOfEarlierBoot).isPresent() && (lockProvesDeath || reach == LockReach.LOCAL)) {
            return Optional.of(LeaseAnswer.Succession.CERTAIN);
        }
        return lockProvesDeath || isExpired(age(folder, newest.get()))
                ? Optional.of(LeaseAnswer.Succession.ASSUMED)
                : Optional.empty();
    }

    private LeaseInfo info(RunFolder folder, Seen seen) throws IOException {
        LeaseText text = seen.text().orElseGet(() -> unreadable(seen.fence()));
        if (self.sharesProcessTableWith(text.driver())) {
            return info(text, isAlive(text.driver()) ? LeaseInfo.Alive.YES : LeaseInfo.Alive.NO, Optional.empty());
        }
        if (isOfEarlierBoot(text.driver()) && reach == LockReach.LOCAL) {
            return info(text, LeaseInfo.Alive.NO, Optional.empty());
        }
        try {
            Duration age = age(folder, seen);
            boolean fresh = !isExpired(age);
            return info(text, fresh ? LeaseInfo.Alive.YES : LeaseInfo.Alive.NO, Optional.of(age));
        } catch (IOException e) {
            // A look has to work where nothing can be written.
            return info(text, LeaseInfo.Alive.UNKNOWN, Optional.empty());
        }
    }

    /** A time that lies far ahead is no character of life either: it is the same clock that says what time it is. */
    private static boolean isExpired(Duration age) {
        return age.abs().compareTo(EXPIRY) >= 0;
    }

    private static LeaseInfo info(LeaseText text, LeaseInfo.Alive alive, Optional<Duration> age) {
        return new LeaseInfo(text.driver(), text.since(), text.fence(), alive, age);
    }

    private LeaseInfo unknownHolder() {
        return info(unreadable(0), LeaseInfo.Alive.UNKNOWN, Optional.empty());
    }

    private LeaseText unreadable(long fence) {
        return new LeaseText(new DriverId("unknown", "", "", 0, 0), fence, clock.instant(), true);
    }

    private boolean isAlive(DriverId driver) {
        OptionalLong startedAt = processes.startedAt(driver.pid());
        return startedAt.isPresent() && startedAt.getAsLong() == driver.startedAt();
    }

    private boolean isOfEarlierBoot(DriverId driver) {
        return driver.host().equals(self.host()) && !driver.isOfBoot(self);
    }

    private static boolean isHeld(Seen seen) {
        return seen.text().map(LeaseText::held).orElse(true);
    }

    /** How long ago a lease was renewed, both ends by the file server's clock: machines' clocks differ. */
    private Duration age(RunFolder folder, Seen seen) throws IOException {
        Path probe = folder.path().resolve(PROBE + self.host() + "-" + self.pid());
        disk.delete(probe);
        try {
            write(probe, new byte[] {'\n'});
            return Duration.between(
                    Files.getLastModifiedTime(seen.path()).toInstant(),
                    Files.getLastModifiedTime(probe).toInstant());
        } finally {
            disk.delete(probe);
        }
    }

    /** Clears the old lease's byte: a driver that wakes up may have that file open, and its name cached. */
    private void tellOldLease(Seen old) throws IOException {
        if (old.raw().length() > LeaseText.HELD_AT) {
            try (Disk.OpenFile file = disk.write(old.path())) {
                file.write(new byte[] {LeaseText.NOT_HELD}, LeaseText.HELD_AT);
                file.force();
            }
        }
    }

    private Optional<Seen> lease(RunFolder folder) throws IOException {
        return read(folder.lease());
    }

    private static Optional<Seen> read(Path path) throws IOException {
        try {
            String raw = raw(path);
            Optional<LeaseText> text = LeaseText.read(raw.getBytes(StandardCharsets.ISO_8859_1))
                    .filter(read -> read.fence() >= 0 && read.fence() < FENCE_MAX);
            return Optional.of(new Seen(text, raw, text.map(LeaseText::fence).orElseGet(() -> claimed(path)), path));
        } catch (NoSuchFileException e) {
            return Optional.empty();
        }
    }

    /** What is in it; nothing where something that cannot be read has its place. */
    private static String raw(Path path) throws IOException {
        if (Files.exists(path) && !Files.isRegularFile(path)) {
            return "";
        }
        try (InputStream in = Files.newInputStream(path)) {
            return new String(in.readNBytes(BYTES_MAX), StandardCharsets.ISO_8859_1);
        } catch (AccessDeniedException e) {
            return "";
        }
    }

    private static Optional<Seen> newestClaim(RunFolder folder) throws IOException {
        Optional<Path> newest = Optional.empty();
        for (Path path : claims(folder)) {
            if (newest.isEmpty() || claimed(path) > claimed(newest.get())) {
                newest = Optional.of(path);
            }
        }
        return newest.isPresent() ? read(newest.get()) : Optional.empty();
    }

    /** The newest claim stays: should the lease ever be unreadable, the numbers still go on from it. */
    private void deleteClaimsBefore(RunFolder folder, long fence) throws IOException {
        for (Path path : claims(folder)) {
            if (claimed(path) < fence) {
                disk.delete(path);
            }
        }
    }

    private static List<Path> claims(RunFolder folder) throws IOException {
        List<Path> claims = new ArrayList<>();
        try (DirectoryStream<Path> stream = Files.newDirectoryStream(folder.path(), CLAIM + "*")) {
            stream.forEach(claims::add);
        } catch (DirectoryIteratorException e) {
            throw e.getCause();
        }
        return claims;
    }

    /** The fencing number in a claim's name; 0 when it is no claim. */
    private static long claimed(Path path) {
        String name = String.valueOf(path.getFileName());
        String number = name.startsWith(CLAIM) ? name.substring(CLAIM.length()) : "";
        return number.matches("[0-9]{1,18}") ? Long.parseLong(number) : 0;
    }

    private void write(Path path, byte[] bytes) throws IOException {
        try (Disk.OpenFile file = disk.create(path)) {
            file.write(bytes, 0);
            file.force();
        }
    }
}
