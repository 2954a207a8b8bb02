package dev.settle.slurm;

import static org.assertj.core.api.Assertions.assertThat;

import dev.settle.core.port.JobState.Phase;
import dev.settle.core.port.SubmitAnswer;
import dev.settle.core.port.SubmitAnswer.Refusal;
import dev.settle.core.port.SubmitToken;
import dev.settle.core.port.WaitReason;
import dev.settle.testdata.Golden;
import dev.settle.testdata.TestData;
import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The tables that know Slurm's words. */
final class TablesTest {
    @Test
    void stateWordsAreAsRecorded() {
        Golden.check("slurm-states.txt", StateTable.render());
    }

    /** The words are those of the manual's list of job reason codes and of slurmctld 22.05 to 25.11. */
    @Test
    void everyDocumentedWaitReasonHasItsMeaning() throws IOException {
        List<String> words = Files.readAllLines(TestData.path("slurm", "pending-reasons.txt"));
        assertThat(words).hasSizeGreaterThan(200);
        assertThat(words)
                .allSatisfy(word ->
                        assertThat(WaitReasonTable.of(word).kind()).as(word).isNotEqualTo(WaitReason.Kind.UNKNOWN));
        Golden.check(
                "slurm-wait-reasons.txt",
                words.stream()
                        .map(word -> word + " | " + WaitReasonTable.of(word).kind() + "\n")
                        .collect(Collectors.joining()));
    }

    @ParameterizedTest
    @CsvSource({
        "COMPLETED, COMPLETED", "CD, COMPLETED", "CANCELLED by 5, CANCELLED", "CANCELLED+, CANCELLED",
        "OUT_OF_ME+, FAILED", "NODE_FAIL, FAILED_UNLESS_REQUEUED", "COMPLETING, ENDING", "REQUEUED, REQUEUED",
        "SUCCESS, UNKNOWN", "completed, COMPLETED", "CA+, UNKNOWN"
    })
    void wordMeansItsPhase(String word, Phase phase) {
        assertThat(StateTable.of(word).phase()).isEqualTo(phase);
    }

    @ParameterizedTest
    @CsvSource({
        "AssocGrpCPUMinutesLimit, CREDITS", "AssocGrpBillingMinutes, CREDITS", "QOSGrpGRESMinutes, CREDITS",
        "AssocGrpCPURunMinutesLimit, PASSES", "QOSMaxWallDurationPerJobLimit, NEVER", "PartitionTimeLimit, NEVER",
        "Resources, PASSES", "JobHeldUser, HELD_BY_USER", "DependencyNeverSatisfied, DEPENDENCY_NEVER",
        "SomethingNew, UNKNOWN"
    })
    void waitReasonMeansItsKind(String reason, WaitReason.Kind kind) {
        assertThat(WaitReasonTable.of(reason).kind()).isEqualTo(kind);
    }

    @Test
    void refusalsAreToldApart() {
        assertThat(refusal("sbatch: error: QOSGrpCPUMinutesLimit\nsbatch: error: Batch job submission failed: "
                        + "Job violates accounting/QOS policy (job submit limit, user's size and/or time limits)\n"))
                .isEqualTo(Refusal.CREDITS);
        assertThat(refusal("sbatch: error: AssocMaxSubmitJobLimit\nsbatch: error: Batch job submission failed: "
                        + "Job violates accounting/QOS policy (job submit limit, user's size and/or time limits)\n"))
                .isEqualTo(Refusal.TEMPORARY);
        assertThat(refusal("sbatch: error: QOSMaxCpuPerUserLimit\nsbatch: error: Batch job submission failed: "
                        + "Job violates accounting/QOS policy (job submit limit, user's size and/or time limits)\n"))
                .isEqualTo(Refusal.CAN_NEVER_START);
        assertThat(refusal("sbatch: error: Batch job submission failed: Invalid partition name specified\n"))
                .isEqualTo(Refusal.FOR_GOOD);
        assertThat(refusal("sbatch: error: Batch job submission failed: Unable to contact slurm controller"
                        + " (connect failure)\n"))
                .isEqualTo(Refusal.UNREACHABLE);
        assertThat(refusal("sbatch: fatal: Could not establish a configuration source\n"))
                .isEqualTo(Refusal.NO_SCHEDULER);
    }

    @ParameterizedTest
    @CsvSource({
        "CAN_NEVER_START, 'sbatch: error: Invalid generic resource (gres) specification\n'",
        "FOR_GOOD, 'sbatch: error: Invalid numeric value \"0\" for --ntasks.\n'",
        "FOR_GOOD, 'sbatch: error: unrecognized --hint argument \"z\", see --hint=help\n'",
        "FOR_GOOD, 'sbatch: error: Bad rlimit name: FOO\nsbatch: error: --propagate=FOO is not valid.\n'",
        "FOR_GOOD, 'sbatch: error: Could not open user environment file /nofile\n'",
        "FOR_GOOD, 'sbatch: error: Unable to open file b\n'"
    })
    void whatSbatchItselfRefusesIsNotUnclear(Refusal refusal, String stderr) {
        assertThat(refusal(stderr)).isEqualTo(refusal);
    }

    private static Refusal refusal(String stderr) {
        SubmitAnswer answer = RefusalTable.of(new ToolRunner.Result(ToolRunner.Kind.EXITED, 1, "", stderr));
        assertThat(answer.kind()).isEqualTo(SubmitAnswer.Kind.REFUSED);
        return ((SubmitAnswer.Refused) answer).refusal();
    }

    @Test
    void unclearSubmissionIsNeverARefusal() {
        String timedOut = "sbatch: error: Batch job submission failed: Socket timed out on send/recv operation\n";
        assertThat(RefusalTable.of(new ToolRunner.Result(ToolRunner.Kind.EXITED, 1, "", timedOut))
                        .kind())
                .isEqualTo(SubmitAnswer.Kind.UNCLEAR);
        assertThat(RefusalTable.of(new ToolRunner.Result(ToolRunner.Kind.TIMED_OUT, -1, "", ""))
                        .kind())
                .isEqualTo(SubmitAnswer.Kind.UNCLEAR);
        assertThat(RefusalTable.of(new ToolRunner.Result(ToolRunner.Kind.EXITED, 1, "", "what?\n"))
                        .kind())
                .isEqualTo(SubmitAnswer.Kind.UNCLEAR);
    }

    @ParameterizedTest
    @CsvSource({
        "'4711\n', 4711",
        "'471', ''",
        "'4711\n47', 4711",
        "'4711;lab\n', 4711",
        "'You will be charged\n4711\n\n', 4711",
        "'nothing\n', ''"
    })
    void jobIdIsFoundBetweenBanners(String stdout, String id) {
        assertThat(SlurmScheduler.jobId(stdout)).isEqualTo(id);
    }

    @ParameterizedTest
    @CsvSource({
        "'4711|eval.TOKEN|\n', 4711, false",
        "'4711_[0-3]|eval.TOKEN|\n', 4711, false",
        "'4711_2|eval.TOKEN\n', 4711, false",
        "'12|other.st0000aaaa1111|\n4711|eval.TOKEN|\n', 4711, false",
        "'Maintenance tonight\n4711|eval.TOKEN|\n', 4711, true",
        "'', '', false",
        "'471', '', true",
        "'4711|eval.TOK', '', true",
        "'4711|eval.TOKEN', '', true",
        "'4711|other.st0000aaaa1111|\n', '', false",
    })
    void jobIsFoundByItsTokenInWholeLinesAlone(String table, String base, boolean garbled) {
        SubmitToken token = new SubmitToken("st1234abcd5678");
        assertThat(JobSearch.in(table.replace("TOKEN", token.value()), token)).isEqualTo(new JobSearch(base, garbled));
    }
}
