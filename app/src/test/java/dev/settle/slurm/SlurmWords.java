package dev.settle.slurm;

import dev.settle.core.scheduler.SubmitAnswer;
import dev.settle.slurm.tools.ToolRunner;
import java.util.Map;

/** What the adapter makes of single answers, for tests of other packages. */
public final class SlurmWords {
    private SlurmWords() {}

    /** What sbatch said on its two streams when it ended with 0 or 1. */
    public static SubmitAnswer submission(int exitCode, String stdout, String stderr) {
        return RefusalTable.of(new ToolRunner.Result(ToolRunner.Kind.EXITED, exitCode, stdout, stderr));
    }

    /** A line of {@code scontrol show job -o}. */
    public static Map<String, String> jobRecord(String text) {
        Map<String, String> record = JobRecord.parse(text);
        JobRecord.output(record);
        return record;
    }
}
