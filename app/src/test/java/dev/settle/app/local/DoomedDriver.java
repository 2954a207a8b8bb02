package dev.settle.app.local;

import dev.settle.core.port.JobId;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/** A driver as a process of its own, to be killed: submits one job and waits for its end. */
final class DoomedDriver {
    private DoomedDriver() {}

    /** Arguments: the folder, the script. Writes the job's id to {@code job}. */
    public static void main(String[] args) throws Exception {
        LocalFixture fixture = new LocalFixture(Path.of(args[0]));
        try (LocalScheduler scheduler = fixture.scheduler()) {
            JobId id = LocalFixture.accepted(scheduler.submit(fixture.request("a", "1", args[1])));
            Files.writeString(fixture.dir.resolve("job"), id + "\n");
            TimeUnit.SECONDS.sleep(60);
        }
    }
}
