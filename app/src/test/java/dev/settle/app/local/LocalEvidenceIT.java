package dev.settle.app.local;

import static dev.settle.app.local.LocalFixture.accepted;
import static dev.settle.app.local.LocalFixture.alive;
import static dev.settle.app.local.LocalFixture.content;
import static dev.settle.app.local.LocalFixture.end;
import static dev.settle.app.local.LocalFixture.eventually;
import static dev.settle.app.local.LocalFixture.kill;
import static dev.settle.app.local.LocalFixture.observation;
import static org.assertj.core.api.Assertions.assertThat;

import dev.settle.core.model.ItemReason;
import dev.settle.core.scheduler.CancelAnswer;
import dev.settle.core.scheduler.JobId;
import dev.settle.core.scheduler.JobObservation;
import dev.settle.core.scheduler.JobState.Phase;
import dev.settle.core.scheduler.QueryAnswer;
import dev.settle.core.scheduler.Scheduler;
import dev.settle.core.scheduler.Source;
import dev.settle.core.wrapper.StartRecord;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What records and the process table say of jobs whose wrapper is gone. */
final class LocalEvidenceIT {
    @TempDir
    Path dir;

    private LocalFixture run;

    @BeforeEach
    void freshRun() {
        run = new LocalFixture(dir);
    }

    @AfterEach
    void close() {
        run.close();
    }

    @Test
    void killedWrapperIsVanishedOnceNothingOfItsJobLives() throws Exception {
        LocalScheduler scheduler = run.scheduler();
        JobId id = accepted(scheduler.submit(run.request("a", "1", "echo $$ > one; exec sleep 50")));
        long one = run.pidIn("one");
        kill(wrapperOf("a"));
        eventually(() -> observation(scheduler, id).state().raw().equals("ORPHANED"), "it is seen as an orphan");
        assertThat(observation(scheduler, id).state().phase()).isEqualTo(Phase.RUNNING);
        assertThat(observation(scheduler, id).note().orElseThrow()).contains(Long.toString(one));
        kill(one);
        JobObservation end = end(scheduler, id);
        assertThat(end.source()).isEqualTo(Source.PROCESS);
        assertThat(end.state().raw()).isEqualTo("VANISHED");
        assertThat(end.state().phase()).isEqualTo(Phase.FAILED);
        assertThat(end.state().reason()).isEqualTo(ItemReason.LOST);
        assertThat(end.exitCode()).isEmpty();
        assertThat(end.signal()).isEmpty();
    }

    @Test
    void jobThatKillsItsWrapperIsToldWithoutAQuestion() throws Exception {
        LocalScheduler scheduler = run.scheduler();
        Set<String> seen = ConcurrentHashMap.newKeySet();
        scheduler.listen(new Scheduler.Listener() {
            @Override
            public void ended(JobId job, Path record) {
                throw new AssertionError("nobody could record the end of " + job);
            }

            @Override
            public void seen(QueryAnswer answer) {
                ((QueryAnswer.Answered) answer)
                        .observations()
                        .forEach(each ->
                                seen.add(each.jobId() + " " + each.state().raw()));
            }
        });
        // Sooner than its start is told by itself, and in the middle of it.
        for (String before : List.of("", "sleep 0.3; ")) {
            JobId id = accepted(scheduler.submit(run.request("a" + before.length(), "1", before + "kill -9 $PPID")));
            eventually(() -> seen.contains(id + " VANISHED"), "that it is lost is told");
        }
    }

    @Test
    void cancelEndsWhatAKilledWrapperLeft() throws Exception {
        LocalScheduler scheduler = run.scheduler();
        JobId id = accepted(scheduler.submit(
                run.request("a", "1", "trap 'touch got' TERM; echo $$ > one; while :; do sleep 0.02; done")));
        long one = run.pidIn("one");
        kill(wrapperOf("a"));
        eventually(() -> observation(scheduler, id).state().raw().equals("ORPHANED"), "it is seen as an orphan");
        scheduler.cancel(Set.of(id));
        eventually(() -> Files.exists(dir.resolve("got")), "TERM came");
        assertThat(alive(one)).isTrue();
        scheduler.cancel(Set.of(id));
        eventually(() -> !alive(one), "KILL came");
        assertThat(end(scheduler, id).state().raw()).isEqualTo("VANISHED");
    }

    @Test
    void timeoutHoldsForWhatAKilledWrapperLeft() throws Exception {
        LocalScheduler scheduler = run.scheduler();
        JobId id = accepted(scheduler.submit(
                run.request("a", "1", "echo $$ > one; exec sleep 50", Optional.of(Duration.ofSeconds(40)))));
        long one = run.pidIn("one");
        kill(wrapperOf("a"));
        eventually(() -> observation(scheduler, id).state().raw().equals("ORPHANED"), "it is seen as an orphan");
        assertThat(alive(one)).isTrue();
        run.clock.forward(Duration.ofSeconds(40));
        observation(scheduler, id);
        eventually(() -> !alive(one), "it is ended");
    }

    @Test
    void processIdOfAnotherProcessIsNotTheJob() throws Exception {
        long self = ProcessHandle.current().pid();
        JobId id = new JobId(Long.toString(self));
        writeStart("a", self, 1, host(), boot());
        JobObservation end = observation(run.scheduler(), id);
        assertThat(end.state().raw()).isEqualTo("VANISHED");
        assertThat(end.token()).hasValue(run.token("1"));
    }

    @Test
    void jobOfAnEarlierBootIsANodeFailure() throws Exception {
        long self = ProcessHandle.current().pid();
        writeStart("a", self, ticksOf(self), host(), "another-boot");
        JobObservation end = observation(run.scheduler(), new JobId(Long.toString(self)));
        assertThat(end.state().raw()).isEqualTo("REBOOTED");
        assertThat(end.state().reason()).isEqualTo(ItemReason.NODE_FAILURE);
    }

    @Test
    void sameProcessOfTheSameBootIsTheJob() throws Exception {
        long self = ProcessHandle.current().pid();
        writeStart("a", self, ticksOf(self), host(), boot());
        assertThat(observation(run.scheduler(), new JobId(Long.toString(self)))
                        .state()
                        .raw())
                .isEqualTo("RUNNING");
    }

    @Test
    void jobOfAnotherHostIsNoAnswerUntilItsRecordIsThere() throws Exception {
        JobId id = new JobId("1234");
        writeStart("a", 1234, 1, "elsewhere", boot());
        LocalScheduler scheduler = run.scheduler();
        QueryAnswer answer = scheduler.query(Source.Role.CONTROLLER, Set.of(id));
        assertThat(answer.kind()).isEqualTo(QueryAnswer.Kind.NO_ANSWER);
        assertThat(((QueryAnswer.NoAnswer) answer).text()).contains("elsewhere");
        assertThat(scheduler.cancel(Set.of(id)).kind()).isEqualTo(CancelAnswer.Kind.NO_ANSWER);
        Path start = Path.of(run.record("a") + ".start");
        String line = Files.readString(start);
        Files.writeString(
                start,
                line
                        + line.replace(
                                "\"kind\":\"start\"",
                                "\"kind\":\"end\",\"exit_code\":0,\"ended_at\":\"2026-11-21T00:00:01Z\""));
        Files.move(start, run.record("a"));
        assertThat(observation(scheduler, id).exitCode()).hasValue(0);
    }

    @Test
    void whatCanBeSeenIsAnsweredThoughTheRestIsElsewhere() throws Exception {
        writeStart("b", 1234, 1, "elsewhere", boot());
        LocalScheduler scheduler = run.scheduler();
        JobId here = accepted(scheduler.submit(run.request("a", "1", "true")));
        end(scheduler, here);
        QueryAnswer answer = scheduler.query(Source.Role.CONTROLLER, Set.of(here, new JobId("1234")));
        assertThat(((QueryAnswer.Answered) answer).about()).containsExactly(here);
    }

    @Test
    void jobWithoutAnyRecordIsLookedForBeforeItCountsAsVanished() throws Exception {
        LocalScheduler scheduler = run.scheduler();
        JobId id = new JobId("999999");
        assertThat(scheduler.query(Source.Role.CONTROLLER, Set.of(id)).kind()).isEqualTo(QueryAnswer.Kind.NO_ANSWER);
        run.clock.forward(Duration.ofSeconds(11));
        assertThat(observation(scheduler, id).state().raw()).isEqualTo("VANISHED");
    }

    @Test
    void damagedExitRecordIsNoWordOfSuccess() throws Exception {
        LocalScheduler scheduler = run.scheduler();
        JobId id = accepted(scheduler.submit(run.request("a", "1", "true")));
        end(scheduler, id);
        // The end is told before its record has its last name.
        eventually(() -> content(run.record("a")).contains("\"exit_code\":0"), "the record is in its place");
        Files.writeString(run.record("a"), content(run.record("a")).replace("\"exit_code\":0", "\"exit_code\":"));
        JobObservation end = end(scheduler, id);
        assertThat(end.state().raw()).isEqualTo("VANISHED");
        assertThat(end.note().orElseThrow()).contains("damaged");
    }

    private long wrapperOf(String item) throws Exception {
        return StartRecord.read(run.record(item)).orElseThrow().wrapperPid();
    }

    private static List<String> names(Path folder) {
        return List.of(folder.toFile().list());
    }

    private void writeStart(String item, long pid, long ticks, String host, String boot) throws Exception {
        Files.createDirectories(run.records());
        Files.writeString(
                Path.of(run.record(item) + ".start"),
                "{\"settle_record\":1,\"token\":\"" + run.token("1") + "\",\"index\":0,\"item\":\"" + item
                        + "\",\"attempt\":1,\"restart\":0,\"host\":\"" + host + "\",\"boot\":\"" + boot + "\",\"pid\":"
                        + pid
                        + ",\"start_ticks\":" + ticks
                        + ",\"started_at\":\"2026-11-21T00:00:00Z\",\"kind\":\"start\"}\n");
    }

    private static long ticksOf(long pid) {
        String stat = content(Path.of("/proc/" + pid + "/stat"));
        return Long.parseLong(stat.substring(stat.lastIndexOf(')') + 2).split(" ")[19]);
    }

    private static String host() {
        return content(Path.of("/proc/sys/kernel/hostname")).strip();
    }

    private static String boot() {
        return content(Path.of("/proc/sys/kernel/random/boot_id")).strip();
    }
}
