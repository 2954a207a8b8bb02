package dev.settle.slurm;

import static org.assertj.core.api.Assertions.assertThat;

import dev.settle.core.scheduler.JobState.Phase;
import dev.settle.core.scheduler.SubmitAnswer;
import dev.settle.core.scheduler.SubmitAnswer.Refusal;
import dev.settle.core.scheduler.WaitReason;
import dev.settle.slurm.parse.StateTable;
import dev.settle.slurm.parse.WaitReasonTable;
import dev.settle.slurm.tools.ToolRunner;
import dev.settle.testdata.Golden;
import dev.settle.testdata.TestData;
import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The tables that know Slurm's words. */
final class TablesTest {
    @Test
    void stateWordsAreAsRecorded() {
        Golden.check("slurm-states.txt", StateTable.render());
    }

    @Test
    void tableHasEveryStateThatSlurmOf2026Lists() {
        String listed = TestData.read("slurm", "traces", "26.05.3", "unknown", "10-states.txt");
        List<String> words = listed.substring(listed.indexOf("--- stdout"), listed.indexOf("--- stderr"))
                .lines()
                .skip(1)
                .toList();
        assertThat(words)
                .hasSizeGreaterThan(20)
                .allSatisfy(
                        word -> assertThat(StateTable.of(word).phase()).as(word).isNotEqualTo(Phase.UNKNOWN));
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
        String away = "sbatch: error: 'lab2' can't be reached now, or it is an invalid entry for --cluster.  Use"
                + " 'sacctmgr list clusters' to see available clusters.\n";
        assertThat(refusal(away)).isEqualTo(Refusal.UNREACHABLE);
        assertThat(refusal("sbatch: error: No cluster 'lab2' known by database.\n" + away))
                .isEqualTo(Refusal.FOR_GOOD);
        assertThat(refusal("sbatch: error: There is a problem talking to the database: Connection refused.  Only local"
                        + " cluster communication is available, remove --cluster from your command line\n"))
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
        "FOR_GOOD, 'sbatch: error: Unable to open file b\n'",
        "FOR_GOOD, 'sbatch: unrecognized option ''--foo''\nTry \"sbatch --help\" for more information\n'",
        "FOR_GOOD, 'sbatch: invalid option -- ''Z''\nTry \"sbatch --help\" for more information\n'",
        "FOR_GOOD, 'sbatch: option ''--requeue'' doesn''t allow an argument\n'",
        "FOR_GOOD, 'sbatch: option ''--no'' is ambiguous; possibilities: ''--no-kill'' ''--nodes''\n'",
        "FOR_GOOD, 'Invalid time specification (pos=0): x\nsbatch: error: Invalid --begin specification\n'",
        "FOR_GOOD, 'sbatch: error: Invalid --nice value, out of range (+/- 2147483645)\n'",
        "FOR_GOOD, 'sbatch: error: invalid --profile=x option\n'",
        "FOR_GOOD, 'sbatch: error: unrecognized --mem-bind argument \"x\"\n'",
        "FOR_GOOD, 'sbatch: error: slurm_allocate_resources error opening file /nope/f, No such file or directory\n'",
        "FOR_GOOD, 'sbatch: error: Batch script contains DOS line breaks (\\r\\n)\n'",
        "EMPTY_SCRIPT, 'sbatch: error: Batch script is empty!\n'",
        "TEMPORARY, 'sbatch: error: Batch job submission failed: I/O error writing script/environment to file\n'",
        "FOR_GOOD, 'sbatch: error: Batch job submission failed: Invalid qos specification\n'"
    })
    void whatSbatchItselfRefusesIsNotUnclear(Refusal refusal, String stderr) {
        assertThat(refusal(stderr)).isEqualTo(refusal);
    }

    private static Refusal refusal(String stderr) {
        for (int status : new int[] {1, 255}) {
            SubmitAnswer answer = RefusalTable.of(new ToolRunner.Result(ToolRunner.Kind.EXITED, status, "", stderr));
            assertThat(answer.kind()).as(stderr).isEqualTo(SubmitAnswer.Kind.REFUSED);
        }
        return ((SubmitAnswer.Refused) RefusalTable.of(new ToolRunner.Result(ToolRunner.Kind.EXITED, 1, "", stderr)))
                .refusal();
    }

    @ParameterizedTest
    @CsvSource({
        "255, CUT_OFF, , 'client_loop: send disconnect: Broken pipe\n'",
        "255, CUT_OFF, , ''",
        "255, CUT_OFF, , 'what?\n'",
        "1, CUT_OFF, TEMPORARY, 'sbatch: error: Batch job submission failed: Socket timed out on send/recv operation\n'",
        "1, CUT_OFF, TEMPORARY, 'sbatch: error: Batch job submission failed: Zero Bytes were transmitted or received\n'",
        "1, CUT_OFF, UNREACHABLE, 'sbatch: error: Batch job submission failed: Unable to contact slurm controller (receive failure)\n'",
        "1, REPORTED, TEMPORARY, 'sbatch: error: Munge encode failed: Failed to access \"/run/munge/munge.socket.2\"\n'",
        "1, REPORTED, TEMPORARY, 'sbatch: error: Batch job submission failed: Resource temporarily unavailable\n'",
        "1, REPORTED, FOR_GOOD, 'sbatch: error: Batch job submission failed: Unspecified error\n'",
        "1, REPORTED, FOR_GOOD, 'ERROR: your project has ended\n'",
        "1, REPORTED, FOR_GOOD, 'sbatch: error: No cluster ''nope'' known by database.\n'",
        "1, REPORTED, CAN_NEVER_START, 'Batch job submission failed: Job violates accounting/QOS policy\n'",
        "1, REPORTED, CREDITS, 'wrapper: QOSGrpCPUMinutesLimit\n'",
        "3, REPORTED, FOR_GOOD, 'echo sbatch: error: Invalid --time specification\n'",
        "137, SILENT, , 'Killed\n'",
        "1, SILENT, , ''",
        "0, SILENT, , 'sbatch: error: Batch job submission failed: Invalid qos specification\n'",
        "1, CUT_OFF, TEMPORARY, 'first: Socket timed out on send/recv\nsbatch: error: Batch job submission failed: Invalid qos specification\n'"
    })
    void whatIsNoKnownRefusalInSbatchsOwnWordsIsUnclear(
            int status, SubmitAnswer.Ending ending, @Nullable Refusal ifNotFound, String stderr) {
        SubmitAnswer answer = RefusalTable.of(new ToolRunner.Result(ToolRunner.Kind.EXITED, status, "", stderr));
        assertThat(answer).isInstanceOf(SubmitAnswer.Unclear.class);
        assertThat(((SubmitAnswer.Unclear) answer).ending()).isEqualTo(ending);
        assertThat(((SubmitAnswer.Unclear) answer).ifNotFound()).isEqualTo(Optional.ofNullable(ifNotFound));
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
        "'4711;lab\n', 4711;lab",
        "'4711;\n', 4711",
        "'4711; lab 2\n', ''",
        "'You will be charged\n4711\n\n', 4711",
        "'nothing\n', ''"
    })
    void jobIdIsFoundBetweenBanners(String stdout, String id) {
        assertThat(SlurmScheduler.jobId(stdout)).isEqualTo(id);
    }
}
