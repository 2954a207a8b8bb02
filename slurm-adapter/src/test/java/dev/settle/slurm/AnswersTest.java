package dev.settle.slurm;

import static org.assertj.core.api.Assertions.assertThat;

import dev.settle.core.model.ItemReason;
import dev.settle.core.scheduler.JobId;
import dev.settle.core.scheduler.JobObservation;
import dev.settle.core.scheduler.JobState.Phase;
import dev.settle.core.scheduler.QueryAnswer;
import dev.settle.core.scheduler.Source.Role;
import dev.settle.core.scheduler.SubmitToken;
import dev.settle.slurm.tools.ToolRunner;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What is made of the answers of squeue and sacct, whatever they contain. */
final class AnswersTest {
    private final SlurmRows tools = new SlurmRows();
    private final SlurmScheduler slurm = SlurmScheduler.toAsk(
            new SlurmScheduler.Access(tools, Optional.empty(), new Random(7)),
            Clock.fixed(Instant.parse("2026-11-21T03:14:00Z"), ZoneOffset.UTC),
            new SlurmUser("games", "5"));

    private static Set<JobId> jobs(String... ids) {
        return Stream.of(ids).map(JobId::new).collect(Collectors.toSet());
    }

    private QueryAnswer.Answered queue(String... ids) {
        return (QueryAnswer.Answered) slurm.query(Role.CONTROLLER, jobs(ids));
    }

    private QueryAnswer.Answered accounting(String... ids) {
        return (QueryAnswer.Answered) slurm.query(Role.ACCOUNTING, jobs(ids));
    }

    private static JobObservation of(QueryAnswer.Answered answer, String id) {
        return answer.observations().stream()
                .filter(observation -> observation.jobId().value().equals(id))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void verdictsRestOnNoTextThatPeopleGiveTheirJobs() {
        tools.inQueue("32", "32", "RUNNING", "x");
        tools.inAccounting("32", "32", "RUNNING", "0:0");
        queue("32");
        accounting("32");
        assertThat(tools.calls)
                .filteredOn(call -> !call.toString().contains("Submit"))
                .isEmpty();
        assertThat(tools.calls)
                .filteredOn(call ->
                        call.toString().contains("exit_code") || call.toString().contains("ExitCode"))
                .hasSize(2)
                .noneMatch(call -> call.toString().matches("(?i).*(name|comment|workdir|command|submitline|user).*"));
    }

    @Test
    void nameThatHoldsARowOfAnotherJobSaysNothingOfIt() {
        String row =
                "33|33|COMPLETED|None|0:0|2026-11-21T03:13:26|2026-11-21T03:13:27|2026-11-21T03:13:29|10:00|0:02|n1|1|33|";
        tools.inQueue("32", "32", "RUNNING", "x\n" + row + "\n");
        tools.inQueue("33", "33", "RUNNING", "ours");
        QueryAnswer.Answered answer = queue("32", "33");
        assertThat(answer.observations()).hasSize(2);
        assertThat(of(answer, "33").state().phase()).isEqualTo(Phase.RUNNING);
        assertThat(of(answer, "33").jobName()).hasValue("ours");
        assertThat(of(answer, "32").jobName()).hasValue("x\n" + row + "\n");
    }

    /** Somebody who has seen our question while it was asked, and has put its marks into his job's name. */
    @Test
    void evenANameThatHoldsTheMarksOfTheQuestionMakesNoRow() {
        tools.inQueue("32", "32", "RUNNING", "x");
        tools.inQueue("33", "33", "RUNNING", "ours");
        ToolRunner spy = (argv, limit) -> {
            tools.clear();
            String mark = dev.settle.testdata.SlurmOutput.delimiter(argv);
            String forged = Stream.of("33", "33", "2026-11-21T03:13:26", "5", "n", "/s/stzzzzzzzzzzzz.sh", "", "33")
                    .collect(Collectors.joining(mark, "x\n", "\n"));
            tools.inQueue("32", "32", "RUNNING", forged);
            tools.inQueue("33", "33", "RUNNING", "ours");
            return tools.run(argv, limit);
        };
        SlurmScheduler watched = SlurmScheduler.toAsk(
                new SlurmScheduler.Access(spy, Optional.empty(), new Random(7)),
                Clock.systemUTC(),
                new SlurmUser("games", "5"));
        QueryAnswer.Answered answer = (QueryAnswer.Answered) watched.query(Role.CONTROLLER, jobs("32", "33"));
        assertThat(of(answer, "33").state().phase()).isEqualTo(Phase.RUNNING);
        assertThat(of(answer, "33").token()).isEmpty();
    }

    @Test
    void namesAreAskedForOnceForEachJobAndSubmitTime() {
        tools.inQueue("32", "32", "RUNNING", "first");
        queue("32");
        queue("32");
        assertThat(tools.calls).hasSize(3);
        tools.clear();
        tools.inQueue("32", "32", "RUNNING", "second").put("SubmitTime", "2026-11-21T03:20:00");
        assertThat(of(queue("32"), "32").jobName()).hasValue("second");
        assertThat(tools.calls).hasSize(5);
    }

    @Test
    void jobOfSettleIsKnownByItsScriptWhateverItIsCalled() {
        tools.inQueue("32", "32", "RUNNING", "first").put("Command", "/s/stabcdefghijkl/job.sh");
        tools.inQueue("33", "33", "RUNNING", "first.stzzzzzzzzzzzz");
        assertThat(of(queue("32"), "32").token()).hasValue(new SubmitToken("stabcdefghijkl"));
        assertThat(of(queue("33"), "33").token()).hasValue(new SubmitToken("stzzzzzzzzzzzz"));
    }

    @Test
    void jobWhoseCommandLineIsNotKeptHasItsNameAndNoToken() {
        tools.inAccounting("32", "32", "RUNNING", "0:0").put("SubmitLine", "");
        assertThat(of(accounting("32"), "32").jobName()).hasValue("name");
        assertThat(of(accounting("32"), "32").token()).isEmpty();
    }

    @Test
    void unreadableRowLeavesTheOthersAndConcludesNoAbsence() {
        tools.inQueue("7", "7", "RUNNING", "a");
        tools.inQueue("8", "8", "RUNNING", "b");
        queue("7", "8");
        tools.printing(text -> text.replaceFirst("\n8(.)", "\n8"));
        QueryAnswer.Answered answer = queue("7", "8", "9");
        assertThat(answer.about()).isEqualTo(jobs("7"));
        assertThat(answer.unclear()).isEqualTo(jobs("8", "9"));
        assertThat(answer.observations()).hasSize(1);
    }

    @Test
    void noiseConcealsNoAbsence() {
        tools.inQueue("7", "7", "RUNNING", "a");
        tools.printing(text -> "| Maintenance | tonight | at 8 |\n" + text + "Good bye\n");
        QueryAnswer.Answered answer = queue("7", "9");
        assertThat(answer.about()).isEqualTo(jobs("7", "9"));
        assertThat(answer.unclear()).isEmpty();
        assertThat(queue("9").about()).isEqualTo(jobs("9"));
        assertThat(accounting("9").about()).isEqualTo(jobs("9"));
    }

    @Test
    void nonsenseIsNoAnswer() {
        for (UnaryOperator<String> change : java.util.List.<UnaryOperator<String>>of(
                text -> "<html>503</html>\n", text -> text.substring(0, text.length() / 2), text -> "9")) {
            tools.printing(change);
            assertThat(slurm.query(Role.CONTROLLER, jobs("9"))).isInstanceOf(QueryAnswer.NoAnswer.class);
            assertThat(slurm.query(Role.ACCOUNTING, jobs("9"))).isInstanceOf(QueryAnswer.NoAnswer.class);
        }
    }

    @Test
    void stepBelongsToTheJobWhoseIdItCarriesWhereverItStands() {
        tools.inAccounting("110.batch", "110.batch", "FAILED", "4:0");
        tools.inAccounting("109", "109", "COMPLETED", "0:0");
        tools.inAccounting("110", "110", "COMPLETED", "0:0");
        tools.inAccounting("109.batch", "109.batch", "COMPLETED", "0:0");
        QueryAnswer.Answered answer = accounting("109", "110");
        assertThat(of(answer, "109").state().phase()).isEqualTo(Phase.COMPLETED);
        assertThat(of(answer, "109").exitCode()).hasValue(0);
        assertThat(of(answer, "110").state().phase()).isEqualTo(Phase.FAILED);
        assertThat(of(answer, "110").exitCode()).hasValue(4);
    }

    @Test
    void stepOfARequeuedJobBelongsToTheRunThatHadStartedLastBeforeIt() {
        tools.inAccounting("7.batch", "7.batch", "FAILED", "4:0").put("Start", "2026-11-21T03:20:01");
        tools.inAccounting("7", "7", "REQUEUED", "0:0");
        tools.inAccounting("7.batch", "7.batch", "CANCELLED", "0:15");
        tools.inAccounting("7", "7", "COMPLETED", "0:0").put("Start", "2026-11-21T03:20:00");
        QueryAnswer.Answered answer = accounting("7");
        assertThat(answer.observations())
                .extracting(observation -> observation.state().phase())
                .containsExactly(Phase.REQUEUED, Phase.FAILED);
        assertThat(answer.observations().get(1).exitCode()).hasValue(4);
    }

    @Test
    void taskThatInheritsTheNumberOfItsArrayHasItsOwnStep() {
        tools.inAccounting("29_6.batch", "29.batch", "FAILED", "6:0");
        tools.inAccounting("29_1.batch", "32.batch", "COMPLETED", "0:0");
        tools.inAccounting("29_1", "32", "COMPLETED", "0:0");
        tools.inAccounting("29_6", "29", "FAILED", "6:0");
        QueryAnswer.Answered answer = accounting("29_1", "29_6");
        assertThat(of(answer, "29_1").exitCode()).hasValue(0);
        assertThat(of(answer, "29_6").exitCode()).hasValue(6);
    }

    @Test
    void stepOfAnotherTaskThatHadTheSameNumberIsLeftOut() {
        tools.inAccounting("28_6.batch", "30.batch", "FAILED", "0:11");
        tools.inAccounting("29_1", "30", "COMPLETED", "0:0");
        tools.inAccounting("29_1.batch", "30.batch", "COMPLETED", "0:0");
        tools.inAccounting("29_2", "31", "COMPLETED", "0:0");
        tools.inAccounting("28_7.batch", "31.batch", "RUNNING", "0:0");
        QueryAnswer.Answered answer = accounting("29_1", "29_2");
        assertThat(of(answer, "29_1").state().phase()).isEqualTo(Phase.COMPLETED);
        assertThat(of(answer, "29_2").state().phase()).isEqualTo(Phase.COMPLETED);
    }

    @Test
    void stepThatBeganBeforeTheJobOfItsNumberIsOfAnEarlierOne() {
        tools.inAccounting("7.batch", "7.batch", "RUNNING", "0:0").put("Start", "2026-11-21T03:10:00");
        tools.inAccounting("7", "7", "COMPLETED", "0:0").put("Start", "2026-11-21T03:20:00");
        assertThat(of(accounting("7"), "7").state().phase()).isEqualTo(Phase.COMPLETED);
    }

    @Test
    void batchStepThatFailedIsNoSuccessWhateverTheJobsOwnRowSays() {
        batch("OUT_OF_MEMORY", "0:9", ItemReason.OUT_OF_MEMORY);
        batch("OUT_OF_MEMORY", "0:125", ItemReason.OUT_OF_MEMORY);
        batch("FAILED", "4:0", ItemReason.EXIT_CODE);
        batch("FAILED", "0:11", ItemReason.SIGNAL);
        batch("CANCELLED", "0:9", ItemReason.SIGNAL);
        batch("NODE_FAIL", "", ItemReason.NODE_FAILURE);
        batch("TIMEOUT", "0:0", ItemReason.TIME_LIMIT);
        tools.clear();
        tools.inAccounting("7.batch", "7.batch", "NEW_WORD", "0:0");
        tools.inAccounting("7", "7", "COMPLETED", "0:0");
        assertThat(of(accounting("7"), "7").state().phase()).isEqualTo(Phase.UNKNOWN);
    }

    private void batch(String state, String exit, ItemReason reason) {
        tools.clear();
        tools.inAccounting("7.batch", "7.batch", state, exit);
        tools.inAccounting("7", "7", "COMPLETED", "0:0");
        JobObservation row = of(accounting("7"), "7");
        assertThat(row.state().phase()).as(state).isEqualTo(Phase.FAILED);
        assertThat(row.state().reason()).as(state).isEqualTo(reason);
    }

    @Test
    void rowWhoseColumnsAreNotInTheirPlacesIsNotRead() {
        tools.inAccounting("7", "7", "COMPLETED", "0:0");
        accounting("7");
        for (String column : java.util.List.of("State", "Submit", "Start", "End", "JobID")) {
            tools.clear();
            tools.inAccounting("7", "7", "COMPLETED", "0:0").put(column, "8:0");
            assertThat(slurm.query(Role.ACCOUNTING, jobs("7"))).as(column).isInstanceOf(QueryAnswer.NoAnswer.class);
        }
    }
}
