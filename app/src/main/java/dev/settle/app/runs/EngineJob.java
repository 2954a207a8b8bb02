package dev.settle.app.runs;

import dev.settle.app.process.App;
import dev.settle.core.file.Disk;
import dev.settle.core.journal.RunFolder;
import dev.settle.core.journal.file.WholeFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** The Slurm job that a driver itself runs in: if that is killed, Slurm has the record of how. */
public final class EngineJob {
    private static final String FILE = "driver.job";

    private EngineJob() {}

    private static Path file(RunFolder folder) {
        return folder.path().resolve(FILE);
    }

    /** Notes the job of this process, if it runs in one. */
    static void note(RunFolder folder, long fence, App app, Disk disk) {
        Optional<String> job = app.environment().variable("SLURM_JOB_ID").filter(id -> id.matches("[0-9]{1,18}"));
        if (job.isEmpty()) {
            return;
        }
        try {
            WholeFile.write(disk, file(folder), fence + " " + job.get() + "\n");
        } catch (IOException e) {
            // It only helps to say how a driver died; the journal will say what is wrong with the disk.
            app.console().notice("settle: the driver's own job could not be noted: " + e.getMessage());
        }
    }

    /** The job that the driver of a fencing number ran in. */
    public static Optional<String> of(RunFolder folder, long fence) throws IOException {
        if (!Files.exists(file(folder))) {
            return Optional.empty();
        }
        String[] words = Files.readString(file(folder)).strip().split(" ", 2);
        return words.length == 2 && words[0].equals(Long.toString(fence)) ? Optional.of(words[1]) : Optional.empty();
    }
}
