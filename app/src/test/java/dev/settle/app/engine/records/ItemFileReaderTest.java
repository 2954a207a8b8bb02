package dev.settle.app.engine.records;

import static org.assertj.core.api.Assertions.assertThat;

import dev.settle.core.kernel.state.ItemFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Lines of Slurm in a job's own output, as 22.05 to 26.05 write them. */
final class ItemFileReaderTest {
    private static final String REASON =
            "Job is at or exceeds association (acc=broke/user=(null)/part=(null)) group max"
                    + " TRES(cpu) minutes of 1 with 79";

    @TempDir
    private Path folder;

    private ItemFiles read(String text) throws IOException {
        Path output = folder.resolve("out");
        Files.writeString(output, text);
        return ItemFileReader.ofOutput(List.of(output));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "slurmstepd-n1: error: ",
                "slurmstepd: error: ",
                "[2026-11-30T12:50:13.009] error: ",
                "[2026-11-30T12:50:13] error: ",
                "[2026-11-30T12:50:13.009+01:00] error: ",
                "[Nov 30 12:50:13] error: ",
                "[2026-11-30T12:50:13.009] [30.batch] error: "
            })
    void theReasonOfASpentAllocationIsReadInEveryForm(String before) throws IOException {
        assertThat(read("step 1\n" + before + "*** REASON: " + REASON + " ***\nstep 2\n")
                        .spentReason())
                .contains(REASON);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "error: ", "job says [12:50] error: ", "[12:50] warning: ", "  [12:50] error: "})
    void whatAJobItselfSaysOfAReasonIsNone(String before) throws IOException {
        assertThat(read(before + "*** REASON: " + REASON + " ***\n").spentReason())
                .isEmpty();
    }

    @Test
    void aTimeLimitIsNoSpentAllocation() throws IOException {
        assertThat(read("[2026-11-30T13:22:54.005] error: *** JOB 44 ON n1 CANCELLED AT 2026-11-30T13:22:54 DUE TO TIME"
                                + " LIMIT ***\n")
                        .spentReason())
                .isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"slurmstepd-n1: error: ", "[2026-11-30T12:50:13.009] error: "})
    void anOutOfMemoryKillIsReadInEveryForm(String before) throws IOException {
        assertThat(read(before + "Detected 1 oom_kill event in StepId=30.batch. Some of the step tasks have been OOM"
                                + " Killed.\n")
                        .outOfMemory())
                .isPresent();
        assertThat(read("I log an oom_kill event of my own\n").outOfMemory()).isEmpty();
    }
}
