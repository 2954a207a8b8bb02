package dev.settle.slurm;

import static org.assertj.core.api.Assertions.assertThat;

import dev.settle.core.model.ItemReason;
import dev.settle.core.scheduler.JobId;
import dev.settle.core.scheduler.JobObservation;
import dev.settle.core.scheduler.JobState.Phase;
import dev.settle.slurm.parse.ArrayIds;
import dev.settle.slurm.parse.JobTable;
import dev.settle.slurm.parse.QueryTargets;
import dev.settle.slurm.parse.SacctParser;
import dev.settle.slurm.parse.SlurmTimes;
import dev.settle.slurm.parse.SqueueParser;
import dev.settle.slurm.tools.ProcessToolRunner;
import dev.settle.slurm.tools.ToolRunner;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What squeue and sacct print, as they printed it on Slurm 22.05.8 (slurm.md, 18). */
final class ParsersTest {
    private static final Instant AT = Instant.parse("2026-11-21T00:10:00Z");

    private static QueryTargets asked(String... ids) {
        return new QueryTargets(Stream.of(ids).map(JobId::new).collect(Collectors.toSet()));
    }

    private static String main(String id, String raw, String state, String exit) {
        return id + "|" + raw + "|" + state + "|" + exit + "|0:0|2026-11-21T00:02:43|2026-11-21T00:02:44"
                + "|2026-11-21T00:02:46|2|1|00:00.004||n1|10|normal|None\n";
    }

    private static String batch(String id, String state, String exit) {
        return id + ".batch|" + id + ".batch|" + state + "|" + exit
                + "||2026-11-21T00:02:44|2026-11-21T00:02:44|2026-11-21T00:02:46|2|1|00:00.004|4912K|n1|||\n";
    }

    private static JobObservation one(String table, String id) {
        JobTable.Rows rows = SacctParser.parse(table, asked(id), AT);
        assertThat(rows.garbled()).isZero();
        assertThat(rows.observations()).hasSize(1);
        return rows.observations().get(0);
    }

    @Test
    void exitCodeIsThatOfTheBatchStepWhereTheUsersCodeRan() {
        JobObservation row = one(main("100", "100", "COMPLETED", "0:0") + batch("100", "COMPLETED", "2:0"), "100");
        assertThat(row.exitCode()).hasValue(2);
        assertThat(row.codeIsBad()).isTrue();
        assertThat(row.usage().maxRssBytes()).hasValue(4912L * 1024);
    }

    @Test
    void cancelledBatchStepDoesNotHideTheMainRowsTimeLimit() {
        JobObservation row = one(main("7", "7", "TIMEOUT", "0:0") + batch("7", "CANCELLED", "0:15"), "7");
        assertThat(row.state().reason()).isEqualTo(ItemReason.TIME_LIMIT);
        assertThat(row.exitCode()).isEmpty();
        assertThat(row.signal()).isEmpty();
    }

    @Test
    void zeroBesideAFailureOrASignalIsAbsent() {
        JobObservation killed = one(main("5", "5", "FAILED", "0:11") + batch("5", "CANCELLED", "0:11"), "5");
        assertThat(killed.signal()).hasValue(11);
        assertThat(killed.exitCode()).isEmpty();
        assertThat(killed.state().reason()).isEqualTo(ItemReason.SIGNAL);
    }

    @Test
    void garbledCodeIsAbsentAndNotZero() {
        assertThat(one(main("5", "5", "COMPLETED", "garbage"), "5").exitCode()).isEmpty();
    }

    /** Of the right length for a number, but none that Slurm can mean; the row counts all the same. */
    @Test
    void timesTooLargeForSlurmAreAbsent() {
        String row = main("5", "5", "COMPLETED", "0:0").replace("|10|normal", "|633333333333333330|normal");
        assertThat(one(row, "5").timeLimit()).isEmpty();
        assertThat(one(row.replace("633333333333333330", "4294967294"), "5").timeLimit())
                .hasValue(Duration.ofMinutes(4_294_967_294L));
        String used = main("5", "5", "COMPLETED", "0:0").replace("00:00.004", "153722867280912931-00:00:01");
        assertThat(one(used, "5").usage().cpuSeconds()).isEmpty();
    }

    @Test
    void launchFailureAndOutOfMemoryStandInTheSignalsPlace() {
        assertThat(one(main("8", "8", "FAILED", "0:53"), "8").state().reason()).isEqualTo(ItemReason.LAUNCH_FAILURE);
        assertThat(one(main("8", "8", "OUT_OF_MEMORY", "0:125"), "8").state().reason())
                .isEqualTo(ItemReason.OUT_OF_MEMORY);
    }

    @Test
    void endWhoseBatchStepStillRunsIsNoEnd() {
        JobObservation row = one(main("9", "9", "COMPLETED", "0:0") + batch("9", "RUNNING", "0:0"), "9");
        assertThat(row.state().phase().isEnd()).isFalse();
    }

    @Test
    void whoCancelledIsKept() {
        assertThat(one(main("7", "7", "CANCELLED by 30065", "0:0"), "7").cancelledBy())
                .hasValue("30065");
    }

    @Test
    void lastTaskOfAnArrayInheritsTheRawId() {
        Set<String> ids = Set.of("29_1", "29_6");
        JobTable.Rows rows = SacctParser.parse(
                main("29_1", "32", "FAILED", "5:0") + main("29_6", "29", "COMPLETED", "0:0"),
                asked(ids.toArray(String[]::new)),
                AT);
        assertThat(rows.observations()).extracting(s -> s.jobId().value()).containsExactlyInAnyOrder("29_1", "29_6");
    }

    @Test
    void wholeCancelledArrayIsOneRowForAllItsTasks() {
        JobTable.Rows rows =
                SacctParser.parse(main("42_[1,4-6]", "42", "CANCELLED by 5", "0:0"), asked("42_1", "42_2", "42_5"), AT);
        assertThat(rows.observations()).extracting(s -> s.jobId().value()).containsExactlyInAnyOrder("42_1", "42_5");
    }

    @Test
    void queueTellsWaitingTasksByRangeAndEndedOnesWithTheirCode() {
        String table = "2_[2-9%2]|2|PENDING|JobArrayTaskLimit|0|2026-11-21T03:13:26|N/A|N/A|10:00|0:00||1\n"
                + "2_0|3|FAILED|NonZeroExitCode|768|2026-11-21T03:13:26|2026-11-21T03:13:27|2026-11-21T03:13:29"
                + "|10:00|0:02|n1|1\n";
        List<JobObservation> rows =
                SqueueParser.parse(table, asked("2_0", "2_2", "2_9"), AT).observations();
        assertThat(rows).hasSize(3);
        JobObservation ended = rows.get(2);
        assertThat(ended.jobId().value()).isEqualTo("2_0");
        assertThat(ended.state().phase()).isEqualTo(Phase.FAILED);
        assertThat(ended.exitCode()).hasValue(3);
        assertThat(rows.get(0).state().phase()).isEqualTo(Phase.WAITING);
        assertThat(rows.get(0).startedAt()).isEmpty();
    }

    @Test
    void answerThatBreaksOffIsCountedAsGarbled() {
        assertThat(SqueueParser.parse("2_0|3|FAILED|NonZ", asked("2_0"), AT).garbled())
                .isEqualTo(1);
        assertThat(SacctParser.parse("slurm is fine\n", asked("2"), AT).garbled())
                .isEqualTo(1);
    }

    @Test
    void componentsOfAHeterogeneousJobAreJobsOfTheirOwn() {
        String books = main("123+0", "123", "COMPLETED", "0:0")
                + batch("123+0", "COMPLETED", "0:0")
                + main("123+1", "124", "FAILED", "3:0");
        List<JobObservation> each =
                SacctParser.parse(books, asked("123+0", "123+1"), AT).observations();
        assertThat(each).extracting(s -> s.jobId().value()).containsExactly("123+0", "123+1");
        assertThat(each.get(1).exitCode()).hasValue(3);
        List<JobObservation> whole = SacctParser.parse(books, asked("123"), AT).observations();
        assertThat(whole).extracting(s -> s.jobId().value()).containsExactly("123+0", "123+1");
        String queue = "123+0|123|RUNNING|None|0|2026-11-21T03:13:26|2026-11-21T03:13:27|N/A|10:00|0:02|n1|1\n"
                + "123+1|124|PENDING|Resources|0|2026-11-21T03:13:26|N/A|N/A|10:00|0:00||1\n";
        assertThat(SqueueParser.parse(queue, asked("123+0", "123+1"), AT).observations())
                .extracting(s -> s.state().phase())
                .containsExactly(Phase.RUNNING, Phase.WAITING);
    }

    @Test
    void jobThatTheSystemCancelledForItsDependencyIsNotTakenForAUsersDoing() {
        String plain = main("7", "7", "CANCELLED", "0:0").replace("|None\n", "|Dependency\n");
        assertThat(one(plain, "7").state().reason()).isEqualTo(ItemReason.DEPENDENCY_NEVER_SATISFIED);
        // Somebody did it while the job waited: the reason is left from then.
        String by = main("7", "7", "CANCELLED by 5", "0:0").replace("|None\n", "|Dependency\n");
        assertThat(one(by, "7").state().reason()).isEqualTo(ItemReason.CANCELLED_BY_OTHER);
        String row = "7|7|CANCELLED|%s|0|2026-11-21T03:13:26|2026-11-21T03:13:27|2026-11-21T03:13:27|10:00|0:00||1\n";
        assertThat(SqueueParser.parse(row.formatted("DependencyNeverSatisfied"), asked("7"), AT)
                        .observations())
                .extracting(s -> s.state().reason())
                .containsExactly(ItemReason.DEPENDENCY_NEVER_SATISFIED);
        assertThat(SqueueParser.parse(row.formatted("Dependency"), asked("7"), AT)
                        .observations())
                .extracting(s -> s.state().reason())
                .containsExactly(ItemReason.CANCELLED_BY_OTHER);
    }

    @Test
    void toolsAreAskedInTheirOwnWordsAndInUtcWhateverOurZoneAndLocale() {
        Map<String, String> ours = Map.of(
                "PATH",
                System.getenv("PATH"),
                "TZ",
                "Europe/Berlin",
                "LC_ALL",
                "de_DE.UTF-8",
                "SLURM_TIME_FORMAT",
                "relative",
                "SQUEUE_FORMAT",
                "%i");
        ToolRunner.Result result = new ProcessToolRunner(ours)
                .run(
                        List.of("sh", "-c", "echo $TZ $LC_ALL $SLURM_TIME_FORMAT $SLURM_BITSTR_LEN [$SQUEUE_FORMAT]"),
                        Duration.ofSeconds(20));
        assertThat(result.stdout()).isEqualTo("UTC C standard 0 []\n");
    }

    @Test
    void theHourThatComesTwiceInAutumnIsNoPuzzleInUtc() {
        // 02:30 comes twice on 2026-10-25 in Europe/Berlin; asked in UTC the two differ.
        assertThat(SlurmTimes.parseInstant("2026-10-25T00:30:00")).hasValue(Instant.parse("2026-10-25T00:30:00Z"));
        assertThat(SlurmTimes.parseInstant("2026-10-25T01:30:00")).hasValue(Instant.parse("2026-10-25T01:30:00Z"));
        assertThat(SlurmTimes.format(Instant.parse("2026-03-29T01:00:00Z"))).isEqualTo("2026-03-29T01:00:00");
    }

    @Test
    void rowOfATaskThatAccountingDoesNotKnowAsOneYetIsFoundByItsNumber() {
        JobId task = new JobId("441_1");
        QueryTargets asked = new QueryTargets(Set.of(task, new JobId("441_7")), Map.of(task, new JobId("442")));
        assertThat(asked.numbersAndBaseIds()).containsExactlyInAnyOrder("442", "441");
        assertThat(asked.baseIds()).containsExactly("441");
        String row = main("442", "442", "COMPLETED", "0:0").replace("|10|normal|", "||Unknown|");
        JobTable.Rows rows = SacctParser.parse(row + batch("442", "COMPLETED", "0:0"), asked, AT);
        assertThat(rows.observations()).singleElement().satisfies(observation -> {
            assertThat(observation.jobId()).isEqualTo(task);
            assertThat(observation.partial()).isTrue();
        });
        JobTable.Rows whole = SacctParser.parse(main("441_1", "442", "COMPLETED", "0:0"), asked, AT);
        assertThat(whole.observations()).singleElement().satisfies(observation -> assertThat(observation.partial())
                .isFalse());
    }

    @Test
    void numberThatAnotherJobWasGivenAnewIsNoTasksAnyMore() {
        // The array's last task has the array's number, and so has a job that came after the controller lost its state.
        JobId task = new JobId("494_3");
        String old = main("494_3", "494", "COMPLETED", "0:0") + batch("494_3", "COMPLETED", "0:0");
        String other = main("494", "494", "FAILED", "9:0") + batch("494", "FAILED", "9:0");
        QueryTargets asked = new QueryTargets(Set.of(task), Map.of(task, new JobId("494")));
        for (String table : List.of(old + other, other + old)) {
            JobTable.Rows rows = SacctParser.parse(table, asked, AT);
            assertThat(rows.observations()).singleElement().satisfies(observation -> {
                assertThat(observation.state().raw()).isEqualTo("COMPLETED");
                assertThat(observation.exitCode()).hasValue(0);
            });
        }
        assertThat(SacctParser.parse(other, asked, AT).observations()).isEmpty();
    }

    @Test
    void tasksGoToScancelAsRangesOfTheirArray() {
        List<JobId> jobs = Stream.of("42_3", "42_0", "42_1", "42_2", "42_7", "9_4", "17", "123+1", "42_9", "42_10")
                .map(JobId::new)
                .toList();
        assertThat(ArrayIds.compressed(jobs, 50)).containsExactly("17", "123+1", "42_[0-3,7,9-10]", "9_4");
        assertThat(ArrayIds.compressed(jobs, 2)).containsExactly("17", "123+1", "42_[0-3,7]", "42_[9-10]", "9_4");
        assertThat(ArrayIds.compressed(List.of(), 2)).isEmpty();
    }
}
