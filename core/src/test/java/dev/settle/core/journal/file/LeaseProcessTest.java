package dev.settle.core.journal.file;

import static org.assertj.core.api.Assertions.assertThat;

import dev.settle.core.file.LocalDisk;
import dev.settle.core.journal.RunFolder;
import dev.settle.core.journal.lease.DriverId;
import dev.settle.core.journal.lease.LeaseAnswer;
import dev.settle.core.journal.lease.Leases;
import dev.settle.core.journal.lease.LockReach;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The system's own locks, between two processes. */
@Timeout(60)
final class LeaseProcessTest {
    @TempDir
    Path path;

    /** Takes the lease of the folder that it is given, says so, and waits to be killed. */
    public static final class Driver {
        private Driver() {}

        public static void main(String[] args) throws IOException {
            System.out.println(leases(new DriverId("elsewhere", "boot", "pid:1", 1, 1))
                    .take(new RunFolder(Path.of(args[0])))
                    .kind());
            System.in.read();
        }
    }

    /** Each process says that it is another machine, so that only the lock can tell. */
    private static Leases leases(DriverId self) {
        return new Leases(new LocalDisk(), self, pid -> OptionalLong.empty(), LockReach.CLUSTER, Clock.systemUTC());
    }

    @Test
    void lockOfAnotherProcessHoldsUntilThatProcessIsKilled() throws Exception {
        RunFolder folder = new RunFolder(path);
        Leases ours = leases(new DriverId("here", "boot", "pid:1", 2, 2));
        Process driver = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xshare:auto",
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Driver.class.getName(),
                        path.toString())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        try {
            BufferedReader out =
                    new BufferedReader(new InputStreamReader(driver.getInputStream(), StandardCharsets.UTF_8));
            assertThat(out.readLine()).isEqualTo("TAKEN");
            LeaseAnswer held = ours.take(folder);
            assertThat(held.kind()).isEqualTo(LeaseAnswer.Kind.HELD);
            assertThat(((LeaseAnswer.Held) held).by().driver().host()).isEqualTo("elsewhere");
        } finally {
            driver.destroyForcibly();
        }
        assertThat(driver.waitFor(30, TimeUnit.SECONDS)).isTrue();
        LeaseAnswer taken = ours.take(folder);
        assertThat(taken.kind()).isEqualTo(LeaseAnswer.Kind.TAKEN);
        assertThat(((LeaseAnswer.Taken) taken).lease().fence()).isEqualTo(2);
        ((LeaseAnswer.Taken) taken).lease().release();
    }
}
