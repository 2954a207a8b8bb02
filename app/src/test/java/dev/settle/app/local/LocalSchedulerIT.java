package dev.settle.app.local;

import static dev.settle.app.local.LocalFixture.accepted;
import static dev.settle.app.local.LocalFixture.content;
import static dev.settle.app.local.LocalFixture.end;
import static dev.settle.app.local.LocalFixture.eventually;
import static dev.settle.app.local.LocalFixture.observation;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.settle.core.model.ItemReason;
import dev.settle.core.scheduler.CancelAnswer;
import dev.settle.core.scheduler.JobId;
import dev.settle.core.scheduler.JobObservation;
import dev.settle.core.scheduler.JobState.Phase;
import dev.settle.core.scheduler.LookupAnswer;
import dev.settle.core.scheduler.QueryAnswer;
import dev.settle.core.scheduler.Scheduler;
import dev.settle.core.scheduler.Source;
import dev.settle.core.scheduler.SubmitAnswer;
import dev.settle.core.scheduler.SubmitAnswer.Refusal;
import dev.settle.core.scheduler.SubmitRequest;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The local backend with real processes: what is asked of it, and what it answers. */
final class LocalSchedulerIT {
    private static final Instant LONG_AGO = Instant.EPOCH;

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

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void jobRunsAndItsEndIsTold(boolean perl) throws Exception {
        LocalScheduler scheduler = run.withPerl(perl);
        Set<JobId> ended = ConcurrentHashMap.newKeySet();
        scheduler.listen(new EndsOf(ended));
        JobId id = accepted(scheduler.submit(run.request("train[lr=0.1]", "1", "echo hello; exit 3")));
        eventually(() -> ended.contains(id), "its end is told");
        JobObservation end = observation(scheduler, id);
        assertThat(end.source()).isEqualTo(Source.EXIT_RECORD);
        assertThat(end.jobId()).isEqualTo(id);
        assertThat(end.exitCode()).hasValue(3);
        assertThat(end.token()).hasValue(run.token("1"));
        assertThat(content(run.stdout("train[lr=0.1]"))).isEqualTo("hello\n");
        eventually(() -> names(run.records()).equals(List.of("train[lr=0.1].1")), "nothing else is left");
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void runningJobIsSeenInASessionOfItsOwn(boolean perl) throws Exception {
        LocalScheduler scheduler = run.withPerl(perl);
        JobId id = accepted(scheduler.submit(run.request("a", "1", "ps -o sid= -p $$ > sid; sleep 50")));
        JobObservation seen = observation(scheduler, id);
        assertThat(seen.source()).isEqualTo(Source.PROCESS);
        assertThat(seen.state().phase()).isEqualTo(Phase.RUNNING);
        assertThat(seen.exitCode()).isEmpty();
        assertThat(seen.startedAt()).isPresent();
        assertThat(run.pidIn("sid")).isEqualTo(Long.parseLong(id.value()));
        assertThat(scheduler.withdraw(Set.of(id)).kind()).isEqualTo(CancelAnswer.Kind.SENT);
        assertThat(observation(scheduler, id).state().phase()).isEqualTo(Phase.RUNNING);
        assertThat(scheduler.cancel(Set.of(id)).kind()).isEqualTo(CancelAnswer.Kind.SENT);
        JobObservation end = end(scheduler, id);
        assertThat(end.state().phase()).isEqualTo(Phase.CANCELLED);
        assertThat(end.state().reason()).isEqualTo(ItemReason.CANCELLED_BY_OTHER);
    }

    @Test
    void recordsRoleKnowsOnlyWhatHasEnded() throws Exception {
        LocalScheduler scheduler = run.scheduler();
        JobId id = accepted(scheduler.submit(run.request("a", "1", "until [ -e go ]; do sleep 0.01; done")));
        QueryAnswer.Answered before = (QueryAnswer.Answered) scheduler.query(Source.Role.EXIT_RECORD, Set.of(id));
        assertThat(before.about()).containsExactly(id);
        assertThat(before.observations()).isEmpty();
        Files.createFile(dir.resolve("go"));
        end(scheduler, id);
        QueryAnswer.Answered after = (QueryAnswer.Answered) scheduler.query(Source.Role.EXIT_RECORD, Set.of(id));
        assertThat(after.observations()).hasSize(1);
    }

    @Test
    void thereIsNoAccountingHere() throws Exception {
        QueryAnswer answer = run.scheduler().query(Source.Role.ACCOUNTING, Set.of(new JobId("1")));
        assertThat(answer.kind()).isEqualTo(QueryAnswer.Kind.NOT_KEPT);
    }

    @Test
    void arraysAreRefusedAsADefect() throws Exception {
        SubmitRequest one = run.request("a", "1", "true");
        SubmitRequest two = new SubmitRequest(
                one.token(),
                "x",
                one.resources(),
                List.of(one.tasks().get(0), one.tasks().get(0)),
                0);
        LocalScheduler scheduler = run.scheduler();
        assertThatThrownBy(() -> scheduler.submit(two)).isInstanceOf(IllegalArgumentException.class);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void scriptThatCannotBeWrittenDownIsRefusedForGood(boolean perl) throws Exception {
        SubmitAnswer answer = run.withPerl(perl).submit(run.request("a", "1", "echo \0"));
        assertThat(((SubmitAnswer.Refused) answer).refusal()).isEqualTo(Refusal.FOR_GOOD);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void recordsFolderThatCannotBeWrittenIsATroubleOfTheDiskAndNotOfTheItem(boolean perl) throws Exception {
        Files.createDirectories(dir.resolve("run"));
        Files.createFile(run.records());
        SubmitAnswer answer = run.withPerl(perl).submit(run.request("a", "1", "touch " + dir.resolve("ran")));
        assertThat(((SubmitAnswer.Refused) answer).refusal()).isEqualTo(Refusal.STORAGE);
        assertThat(dir.resolve("ran")).doesNotExist();
    }

    @Test
    void longScriptsReachTheServerWhole() throws Exception {
        LocalScheduler scheduler = run.scheduler();
        String script = "#!/bin/sh\n" + ": 0123456789abcdef\n".repeat(100_000) + "echo done\n";
        JobId id = accepted(scheduler.submit(run.request("a", "1", script)));
        assertThat(end(scheduler, id).exitCode()).hasValue(0);
        assertThat(content(run.stdout("a"))).isEqualTo("done\n");
    }

    @Test
    void manyJobsFromManyThreadsEachRunOnce() throws Exception {
        LocalScheduler scheduler = run.scheduler();
        Set<JobId> told = ConcurrentHashMap.newKeySet();
        scheduler.listen(new EndsOf(told));
        ExecutorService threads = Executors.newFixedThreadPool(6);
        List<Future<JobId>> submitted = new ArrayList<>();
        try {
            for (int i = 0; i < 200; i++) {
                SubmitRequest request =
                        run.request("i" + i, Integer.toString(i), "echo x >> ran." + i + "; exit " + i % 7);
                submitted.add(threads.submit(() -> accepted(scheduler.submit(request))));
            }
            for (int i = 0; i < 200; i++) {
                JobId id = submitted.get(i).get();
                assertThat(end(scheduler, id).exitCode()).hasValue(i % 7);
                assertThat(dir.resolve("ran." + i)).hasContent("x");
                eventually(() -> told.contains(id), "the end of " + id + " is told");
            }
        } finally {
            threads.shutdownNow();
        }
    }

    @Test
    void submissionIsFoundByTheNextDriver() throws Exception {
        SubmitRequest request = run.request("a", "1", "until [ -e go ]; do sleep 0.01; done; exit 4");
        JobId id = accepted(run.scheduler().submit(request));
        LocalScheduler next = run.scheduler();
        assertThat(next.find(request, LONG_AGO)).isEqualTo(new LookupAnswer.Found(List.of(id)));
        assertThat(observation(next, id).state().phase()).isEqualTo(Phase.RUNNING);
        Files.createFile(dir.resolve("go"));
        assertThat(end(next, id).exitCode()).hasValue(4);
        assertThat(run.scheduler().find(request, LONG_AGO)).isEqualTo(new LookupAnswer.Found(List.of(id)));
    }

    @Test
    void submissionThatNeverArrivedIsNotFound() throws Exception {
        LocalScheduler scheduler = run.scheduler();
        assertThat(scheduler.find(run.request("a", "1", "true"), LONG_AGO).kind())
                .isEqualTo(LookupAnswer.Kind.NOT_FOUND);
        accepted(scheduler.submit(run.request("a", "1", "true")));
        assertThat(scheduler.find(run.request("a", "2", "true"), LONG_AGO).kind())
                .isEqualTo(LookupAnswer.Kind.NOT_FOUND);
    }

    @Test
    void damagedStartRecordIsNoAnswer() throws Exception {
        Files.createDirectories(run.records());
        Files.writeString(Path.of(run.record("a") + ".start"), "{\"settle_record\":9}\n");
        assertThat(run.scheduler().find(run.request("a", "1", "true"), LONG_AGO).kind())
                .isEqualTo(LookupAnswer.Kind.NO_ANSWER);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void submissionThatIsSentTwiceRunsOnce(boolean perl) throws Exception {
        SubmitRequest request =
                run.request("a", "1", "echo x >> ran; until [ -e go ]; do sleep 0.01; done; echo y >> ran");
        LocalScheduler scheduler = run.withPerl(perl);
        JobId id = accepted(scheduler.submit(request));
        assertThat(accepted(scheduler.submit(request))).isEqualTo(id);
        Files.createFile(dir.resolve("go"));
        end(scheduler, id);
        assertThat(accepted(run.scheduler().submit(request))).isEqualTo(id);
        assertThat(dir.resolve("ran")).hasContent("x\ny");
        eventually(() -> names(run.records()).equals(List.of("a.1")), "nothing else is left");
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void attemptThatAnotherSubmissionRunsIsRefusedForGood(boolean perl) throws Exception {
        LocalScheduler scheduler = run.withPerl(perl);
        JobId id = accepted(scheduler.submit(run.request("a", "1", "echo x >> ran")));
        SubmitAnswer answer = scheduler.submit(run.request("a", "2", "echo x >> ran"));
        assertThat(answer.kind()).as("%s", answer).isEqualTo(SubmitAnswer.Kind.REFUSED);
        assertThat(((SubmitAnswer.Refused) answer).refusal()).isEqualTo(Refusal.FOR_GOOD);
        end(scheduler, id);
        eventually(() -> names(run.records()).equals(List.of("a.1")), "nothing else is left");
        assertThat(dir.resolve("ran")).hasContent("x");
    }

    @Test
    void perlThatDoesNotWorkIsNoHindrance() throws Exception {
        Path bad = Files.writeString(dir.resolve("perl"), "#!/bin/sh\nexit 1\n");
        assertThat(bad.toFile().setExecutable(true)).isTrue();
        run.variables.put("SETTLE_PERL", bad.toString());
        LocalScheduler scheduler = run.scheduler();
        JobId id = accepted(scheduler.submit(run.request("a", "1", "exit 2")));
        assertThat(end(scheduler, id).exitCode()).hasValue(2);
    }

    /** Keeps the jobs whose end was told. */
    private record EndsOf(Set<JobId> ended) implements Scheduler.Listener {
        @Override
        public void ended(JobId job, Path record) {
            assertThat(record).exists();
            ended.add(job);
        }

        @Override
        public void seen(QueryAnswer answer) {
            throw new AssertionError("nobody lost its wrapper, and it is told: " + answer);
        }
    }

    private static List<String> names(Path folder) {
        return List.of(folder.toFile().list());
    }
}
