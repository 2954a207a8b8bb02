package dev.settle.app.local;

import dev.settle.core.scheduler.JobId;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/** A driver as a process of its own, to be killed: submits one job, and perhaps one that waits for its place, and waits. */
public final class CrashingEngine {
    private CrashingEngine() {}

    /** Arguments: the folder, the script, perhaps that of the job that waits. Writes the job's id to {@code job}. */
    public static void main(String[] args) throws Exception {
        LocalFixture fixture = new LocalFixture(Path.of(args[0]));
        try (LocalScheduler scheduler = fixture.scheduler(1)) {
            JobId id = LocalFixture.accepted(scheduler.submit(fixture.request("a", "1", args[1])));
            if (args.length > 2) {
                scheduler.submit(LocalFixture.inItsTurn(fixture.request("b", "2", args[2]), 1), answer -> {});
            }
            Files.writeString(fixture.dir.resolve("job"), id + "\n");
            TimeUnit.SECONDS.sleep(60);
        }
    }
}
