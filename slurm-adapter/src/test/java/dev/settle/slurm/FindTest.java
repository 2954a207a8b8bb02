package dev.settle.slurm;

import static org.assertj.core.api.Assertions.assertThat;

import dev.settle.core.model.Resources;
import dev.settle.core.scheduler.JobId;
import dev.settle.core.scheduler.LookupAnswer;
import dev.settle.core.scheduler.Scheduler;
import dev.settle.core.scheduler.SubmitRequest;
import dev.settle.core.scheduler.SubmitToken;
import dev.settle.core.wrapper.JobWrapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Where the job of a submission whose fate is unclear is looked for. */
final class FindTest {
    private static final Instant NOW = Instant.parse("2026-11-21T03:14:00Z");
    private static final String OURS = "stabcdefghijkl";

    @TempDir
    private Path folder;

    private final SlurmRows tools = new SlurmRows();
    private Scheduler slurm;

    @BeforeEach
    void slurmThatWasAskedToRunOneJob() throws IOException {
        slurm = new SlurmScheduler(
                new SlurmScheduler.Access(tools, Optional.empty(), new Random(7)),
                JobWrapper.install(folder),
                folder,
                Clock.fixed(NOW, ZoneOffset.UTC),
                new SlurmUser("games", "5"));
    }

    private Path record() {
        return folder.resolve("train.1");
    }

    private LookupAnswer find() {
        SubmitRequest.Task task = new SubmitRequest.Task(
                "train",
                1,
                "true",
                Optional.empty(),
                folder,
                Map.of(),
                folder.resolve("out"),
                folder.resolve("err"),
                record(),
                Optional.empty());
        return slurm.find(
                new SubmitRequest(new SubmitToken(OURS), "train", Resources.NONE, List.of(task), 0),
                NOW.minusSeconds(60));
    }

    private void started(String token) throws IOException {
        Files.writeString(
                JobWrapper.startRecord(record()),
                "{\"settle_record\":1,\"token\":\"" + token + "\",\"index\":0,\"item\":\"train\",\"attempt\":1,"
                        + "\"restart\":0,\"slurm_job\":\"4711\",\"host\":\"n1\",\"boot\":\"b\",\"pid\":1,"
                        + "\"start_ticks\":2,\"started_at\":\"2026-11-21T03:13:10Z\",\"timeout_s\":null,"
                        + "\"kind\":\"start\",\"mode\":\"slurm\"}\n");
    }

    private static LookupAnswer job(String id) {
        return new LookupAnswer.Found(List.of(new JobId(id)));
    }

    @Test
    void aJobInTheQueueIsFound() {
        tools.inQueue("12", "12", "RUNNING", "other.st0000aaaa1111");
        tools.inQueue("4711", "4711", "RUNNING", "train." + OURS);
        assertThat(find()).isEqualTo(job("4711"));
    }

    private Map<String, String> queued(String id, String command, String comment) {
        Map<String, String> row = tools.inQueue(id, id, "RUNNING", "train");
        row.put("Command", command);
        row.put("Comment", comment);
        return row;
    }

    @Test
    void aJobIsFoundByTheFolderOrTheNameOfItsBatchScript() {
        queued("4710", "/home/games/train.sh", "mine");
        queued("4711", "/home/games/.settle/runs/r/scripts/" + OURS + "/my job.sh", "mine");
        assertThat(find()).isEqualTo(job("4711"));
        tools.clear();
        queued("4712", "/home/games/.settle/runs/r/scripts/" + OURS + ".sh", "(null)");
        assertThat(find()).isEqualTo(job("4712"));
    }

    @Test
    void aJobIsFoundByWhatAccountingKeepsOfIt() {
        Map<String, String> row = tools.inAccounting("4711", "4711", "RUNNING", "0:0");
        row.put("SubmitLine", "sbatch --parsable --job-name=a b /s/" + OURS + "/my job.sh");
        assertThat(find()).isEqualTo(job("4711"));
        row.put("SubmitLine", "");
        row.put("Comment", OURS);
        assertThat(find()).isEqualTo(job("4711"));
    }

    @Test
    void aJobOfAnotherUserIsNeverOurs() {
        queued("4711", "/s/" + OURS + ".sh", OURS).put("UserID", "6");
        Map<String, String> row = tools.inAccounting("4711", "4711", "RUNNING", "0:0");
        row.put("UID", "6");
        row.put("SubmitLine", "sbatch /s/" + OURS + ".sh");
        assertThat(find()).isInstanceOf(LookupAnswer.NotFound.class);
    }

    @Test
    void whatAJobsOwnScriptSubmitsWithItsCommentOrItsScriptIsNotTheSubmission() {
        queued("4709", "/home/games/other.sh", OURS);
        queued("4710", "/s/" + OURS + ".sh", OURS).put("SubmitTime", "2026-11-21T03:13:40");
        queued("4711", "/s/" + OURS + ".sh", OURS);
        assertThat(find()).isEqualTo(job("4711"));
    }

    @Test
    void ofASubmissionThatWasRequeuedAccountingTellsWhenItWasFirst() {
        queued("4710", "/s/" + OURS + ".sh", OURS).put("SubmitTime", "2026-11-21T03:13:40");
        queued("4711", "/s/" + OURS + ".sh", OURS).put("SubmitTime", "2026-11-21T03:13:50");
        tools.inAccounting("4711", "4711", "REQUEUED", "0:0").put("SubmitLine", "sbatch /s/" + OURS + ".sh");
        assertThat(find()).isEqualTo(job("4711"));
    }

    @Test
    void accountingThatKeepsNoCommandLinesIsAskedWithoutThem() {
        tools.inAccounting("4711", "4711", "RUNNING", "0:0").put("Comment", OURS);
        tools.without("SubmitLine");
        assertThat(find()).isEqualTo(job("4711"));
        assertThat(find()).isEqualTo(job("4711"));
        assertThat(tools.calls).filteredOn(call -> call.get(0).equals("sacct")).hasSize(3);
    }

    @Test
    void anArrayIsFoundByAnyOfItsTasks() {
        tools.inQueue("4711_2", "4713", "RUNNING", "train." + OURS);
        assertThat(find()).isEqualTo(job("4711"));
        tools.clear();
        tools.inQueue("4711_[0-3]", "4711", "PENDING", "train." + OURS);
        assertThat(find()).isEqualTo(job("4711"));
    }

    @Test
    void aJobThatOnlyAccountingHasIsFound() {
        tools.inAccounting("4711", "4711", "RUNNING", "0:0").put("JobName", "train." + OURS);
        assertThat(find()).isEqualTo(job("4711"));
    }

    @Test
    void aJobIsFoundBehindAMessageOfTheDay() {
        tools.inQueue("4711", "4711", "RUNNING", "train." + OURS);
        tools.printing(text -> "Maintenance tonight at 8\n" + text);
        assertThat(find()).isEqualTo(job("4711"));
    }

    @Test
    void aMessageOfTheDayHidesNoAbsence() {
        tools.printing(text -> "Maintenance tonight at 8\n" + text);
        assertThat(find()).isInstanceOf(LookupAnswer.NotFound.class);
    }

    @Test
    void halfAnAnswerIsNone() {
        tools.inQueue("4711", "4711", "RUNNING", "train." + OURS);
        tools.inAccounting("4711", "4711", "RUNNING", "0:0").put("JobName", "train." + OURS);
        for (int cut = 1; cut < 40; cut++) {
            int length = cut;
            tools.printing(text -> text.substring(0, text.length() - length));
            assertThat(find()).isInstanceOf(LookupAnswer.NoAnswer.class);
        }
    }

    @Test
    void aRowInTheNameOfAnotherJobIsNone() {
        tools.inQueue("12", "12", "RUNNING", "x\n4711|4711|2026-11-21T03:13:26|train." + OURS + "|4711|\n");
        assertThat(find()).isInstanceOf(LookupAnswer.NotFound.class);
    }

    @Test
    void aJobThatEverybodyForgotIsFoundByWhatItWroteDown() throws IOException {
        started(OURS);
        assertThat(find()).isEqualTo(job("4711"));
    }

    @Test
    void whatAnotherSubmissionWroteDownIsNotIts() throws IOException {
        started("stzzzzzzzzzzzz");
        assertThat(find()).isInstanceOf(LookupAnswer.NotFound.class);
    }

    @Test
    void aRecordThatCannotBeReadIsNoAnswer() throws IOException {
        Files.createDirectory(JobWrapper.startRecord(record()));
        assertThat(find()).isInstanceOf(LookupAnswer.NoAnswer.class);
    }

    @Test
    void whatNobodyKnowsIsNotThere() {
        assertThat(find()).isInstanceOf(LookupAnswer.NotFound.class);
    }
}
