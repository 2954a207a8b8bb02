package dev.settle.app.process;

import dev.settle.core.file.Disk;
import dev.settle.core.file.LocalDisk;
import dev.settle.core.journal.lease.DriverId;
import dev.settle.core.journal.lease.Lease;
import dev.settle.core.kernel.state.ClockReading;
import dev.settle.core.run.RunEvent;
import dev.settle.core.scheduler.Pause;
import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** Makes what comes from outside: the clock, randomness, and who this process is. */
public final class Wiring {
    private static final Path BOOT_ID = Path.of("/proc/sys/kernel/random/boot_id");
    private static final Path HOSTNAME = Path.of("/proc/sys/kernel/hostname");

    private final Clock clock;
    private final Supplier<Duration> monotonic;
    private final Pause pause;
    private final RandomGenerator random;

    private final Disk disk;
    private volatile @Nullable String host;

    /**
     * @param monotonic how long ago some point in time was, however the clock is set meanwhile
     * @param pause lets the time of both pass
     */
    public Wiring(Clock clock, Supplier<Duration> monotonic, Pause pause, RandomGenerator random, Disk disk) {
        this.clock = clock;
        this.monotonic = monotonic;
        this.pause = pause;
        this.random = random;
        this.disk = disk;
    }

    public static Wiring ofProcess() {
        return new Wiring(
                Clock.systemUTC(),
                () -> Duration.ofNanos(System.nanoTime()),
                time -> TimeUnit.NANOSECONDS.sleep(time.toNanos()),
                new LateRandom(),
                new LocalDisk());
    }

    public Clock clock() {
        return clock;
    }

    /** What time it is for whoever drives a run. */
    public ClockReading moment() {
        return new ClockReading(clock.instant(), monotonic.get());
    }

    /** How the time of {@link #moment} passes. */
    public Pause pause() {
        return pause;
    }

    public RandomGenerator random() {
        return random;
    }

    /** Where the runs of this user lie. */
    public Disk disk() {
        return disk;
    }

    /** What this machine is called; asked once, since whoever is shown a run of many items asks at each change. */
    public String host() {
        String known = host;
        if (known == null) {
            known = hostNow();
            host = known;
        }
        return known;
    }

    private static String hostNow() {
        try {
            return Files.readString(HOSTNAME).trim();
        } catch (IOException e) {
            try {
                return InetAddress.getLocalHost().getHostName();
            } catch (UnknownHostException unknown) {
                return "unknown";
            }
        }
    }

    /** The id of this boot of the machine; empty text where the system has none. */
    public String bootId() {
        try {
            return Files.readString(BOOT_ID).trim();
        } catch (IOException e) {
            return "";
        }
    }

    /** The user's number, as accounting writes it; empty text where the system does not tell. */
    public String uid() {
        return Processes.uid();
    }

    /** The processes of this machine. */
    public Processes processes() {
        return new Processes();
    }

    /** This process as a driver of runs. */
    public DriverId driver() {
        return processes().self(host(), bootId(), pid());
    }

    /** What a run's journal says of its new driver: this process. */
    public RunEvent.Driven driven(Lease lease) {
        return new RunEvent.Driven(host(), pid(), bootId(), lease.fence());
    }

    public long pid() {
        return ProcessHandle.current().pid();
    }

    /** Is made at its first use: who only looks at a run needs none, and making it costs a start milliseconds. */
    private static final class LateRandom implements RandomGenerator {
        private static final class Holder {
            static final SecureRandom RANDOM = new SecureRandom();
        }

        @Override
        public long nextLong() {
            return Holder.RANDOM.nextLong();
        }
    }
}
