package dev.settle.app.local;

import static dev.settle.app.local.LocalFixture.accepted;
import static dev.settle.app.local.LocalFixture.alive;
import static dev.settle.app.local.LocalFixture.content;
import static dev.settle.app.local.LocalFixture.end;
import static dev.settle.app.local.LocalFixture.eventually;
import static dev.settle.app.local.LocalFixture.kill;
import static dev.settle.app.local.LocalFixture.sighting;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.settle.core.plan.ItemReason;
import dev.settle.core.port.CancelAnswer;
import dev.settle.core.port.FindAnswer;
import dev.settle.core.port.JobId;
import dev.settle.core.port.JobState.Phase;
import dev.settle.core.port.Scheduler;
import dev.settle.core.port.SightAnswer;
import dev.settle.core.port.Sighting;
import dev.settle.core.port.Source;
import dev.settle.core.port.StartRecord;
import dev.settle.core.port.SubmitAnswer;
import dev.settle.core.port.SubmitAnswer.Refusal;
import dev.settle.core.port.SubmitRequest;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The local backend with real processes. */
final class LocalSchedulerIT {
    private static final Instant LONG_AGO = Instant.EPOCH;

    @TempDir
    Path dir;

    private LocalFixture run;
    private final List<LocalScheduler> open = new ArrayList<>();

    @BeforeEach
    void freshRun() {
        run = new LocalFixture(dir);
    }

    @AfterEach
    void close() {
        open.forEach(LocalScheduler::close);
    }

    private LocalScheduler scheduler() throws Exception {
        LocalScheduler scheduler = run.scheduler();
        open.add(scheduler);
        return scheduler;
    }

    private LocalScheduler withPerl(boolean perl) throws Exception {
        if (!perl) {
            run.variables.put("SETTLE_PERL", "");
        }
        return scheduler();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void jobRunsAndItsEndIsTold(boolean perl) throws Exception {
        LocalScheduler scheduler = withPerl(perl);
        Set<JobId> ended = ConcurrentHashMap.newKeySet();
        scheduler.listen(new EndsOf(ended));
        JobId id = accepted(scheduler.submit(run.request("train[lr=0.1]", "1", "echo hello; exit 3")));
        eventually(() -> ended.contains(id), "its end is told");
        Sighting end = sighting(scheduler, id);
        assertThat(end.source()).isEqualTo(Source.EXIT_RECORD);
        assertThat(end.jobId()).isEqualTo(id);
        assertThat(end.exitCode()).hasValue(3);
        assertThat(run.token("1").isIn(end.jobName().orElseThrow())).isTrue();
        assertThat(content(run.stdout("train[lr=0.1]"))).isEqualTo("hello\n");
        eventually(() -> names(run.records()).equals(List.of("train[lr=0.1].1")), "nothing else is left");
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void runningJobIsSeenInASessionOfItsOwn(boolean perl) throws Exception {
        LocalScheduler scheduler = withPerl(perl);
        JobId id = accepted(scheduler.submit(run.request("a", "1", "ps -o sid= -p $$ > sid; sleep 50")));
        Sighting seen = sighting(scheduler, id);
        assertThat(seen.source()).isEqualTo(Source.PROCESS);
        assertThat(seen.state().phase()).isEqualTo(Phase.RUNNING);
        assertThat(seen.exitCode()).isEmpty();
        assertThat(seen.startedAt()).isPresent();
        assertThat(run.pidIn("sid")).isEqualTo(Long.parseLong(id.value()));
        assertThat(scheduler.withdraw(Set.of(id)).kind()).isEqualTo(CancelAnswer.Kind.SENT);
        assertThat(sighting(scheduler, id).state().phase()).isEqualTo(Phase.RUNNING);
        assertThat(scheduler.cancel(Set.of(id)).kind()).isEqualTo(CancelAnswer.Kind.SENT);
        Sighting end = end(scheduler, id);
        assertThat(end.state().phase()).isEqualTo(Phase.CANCELLED);
        assertThat(end.state().reason()).isEqualTo(ItemReason.CANCELLED_BY_OTHER);
    }

    @Test
    void recordsRoleKnowsOnlyWhatHasEnded() throws Exception {
        LocalScheduler scheduler = scheduler();
        JobId id = accepted(scheduler.submit(run.request("a", "1", "until [ -e go ]; do sleep 0.01; done")));
        SightAnswer.Answered before = (SightAnswer.Answered) scheduler.sight(Source.Role.EXIT_RECORD, Set.of(id));
        assertThat(before.about()).containsExactly(id);
        assertThat(before.sightings()).isEmpty();
        Files.createFile(dir.resolve("go"));
        end(scheduler, id);
        SightAnswer.Answered after = (SightAnswer.Answered) scheduler.sight(Source.Role.EXIT_RECORD, Set.of(id));
        assertThat(after.sightings()).hasSize(1);
    }

    @Test
    void thereIsNoAccountingHere() throws Exception {
        SightAnswer answer = scheduler().sight(Source.Role.ACCOUNTING, Set.of(new JobId("1")));
        assertThat(answer.kind()).isEqualTo(SightAnswer.Kind.NOT_KEPT);
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
        LocalScheduler scheduler = scheduler();
        assertThatThrownBy(() -> scheduler.submit(two)).isInstanceOf(IllegalArgumentException.class);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void scriptThatCannotBeWrittenDownIsRefusedForGood(boolean perl) throws Exception {
        SubmitAnswer answer = withPerl(perl).submit(run.request("a", "1", "echo \0"));
        assertThat(((SubmitAnswer.Refused) answer).refusal()).isEqualTo(Refusal.FOR_GOOD);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void recordsFolderThatCannotBeWrittenIsATroubleOfTheDiskAndNotOfTheItem(boolean perl) throws Exception {
        Files.createDirectories(dir.resolve("run"));
        Files.createFile(run.records());
        SubmitAnswer answer = withPerl(perl).submit(run.request("a", "1", "touch " + dir.resolve("ran")));
        assertThat(((SubmitAnswer.Refused) answer).refusal()).isEqualTo(Refusal.STORAGE);
        assertThat(dir.resolve("ran")).doesNotExist();
    }

    @Test
    void longScriptsReachTheServerWhole() throws Exception {
        LocalScheduler scheduler = scheduler();
        String script = "#!/bin/sh\n" + ": 0123456789abcdef\n".repeat(100_000) + "echo done\n";
        JobId id = accepted(scheduler.submit(run.request("a", "1", script)));
        assertThat(end(scheduler, id).exitCode()).hasValue(0);
        assertThat(content(run.stdout("a"))).isEqualTo("done\n");
    }

    @Test
    void manyJobsFromManyThreadsEachRunOnce() throws Exception {
        LocalScheduler scheduler = scheduler();
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

    // --------------------------------------------------------------------------------------------- after a crash

    @Test
    void submissionIsFoundByTheNextDriver() throws Exception {
        SubmitRequest request = run.request("a", "1", "until [ -e go ]; do sleep 0.01; done; exit 4");
        JobId id = accepted(scheduler().submit(request));
        LocalScheduler next = scheduler();
        assertThat(next.find(request, LONG_AGO)).isEqualTo(new FindAnswer.Found(List.of(id)));
        assertThat(sighting(next, id).state().phase()).isEqualTo(Phase.RUNNING);
        Files.createFile(dir.resolve("go"));
        assertThat(end(next, id).exitCode()).hasValue(4);
        assertThat(scheduler().find(request, LONG_AGO)).isEqualTo(new FindAnswer.Found(List.of(id)));
    }

    @Test
    void submissionThatNeverArrivedIsNotFound() throws Exception {
        LocalScheduler scheduler = scheduler();
        assertThat(scheduler.find(run.request("a", "1", "true"), LONG_AGO).kind())
                .isEqualTo(FindAnswer.Kind.NOT_FOUND);
        accepted(scheduler.submit(run.request("a", "1", "true")));
        assertThat(scheduler.find(run.request("a", "2", "true"), LONG_AGO).kind())
                .isEqualTo(FindAnswer.Kind.NOT_FOUND);
    }

    @Test
    void damagedStartRecordIsNoAnswer() throws Exception {
        Files.createDirectories(run.records());
        Files.writeString(Path.of(run.record("a") + ".start"), "{\"settle_record\":9}\n");
        assertThat(scheduler().find(run.request("a", "1", "true"), LONG_AGO).kind())
                .isEqualTo(FindAnswer.Kind.NO_ANSWER);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void submissionThatIsSentTwiceRunsOnce(boolean perl) throws Exception {
        SubmitRequest request =
                run.request("a", "1", "echo x >> ran; until [ -e go ]; do sleep 0.01; done; echo y >> ran");
        LocalScheduler scheduler = withPerl(perl);
        JobId id = accepted(scheduler.submit(request));
        assertThat(accepted(scheduler.submit(request))).isEqualTo(id);
        Files.createFile(dir.resolve("go"));
        end(scheduler, id);
        assertThat(accepted(scheduler().submit(request))).isEqualTo(id);
        assertThat(dir.resolve("ran")).hasContent("x\ny");
        eventually(() -> names(run.records()).equals(List.of("a.1")), "nothing else is left");
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void attemptThatAnotherSubmissionRunsIsRefusedForGood(boolean perl) throws Exception {
        LocalScheduler scheduler = withPerl(perl);
        JobId id = accepted(scheduler.submit(run.request("a", "1", "echo x >> ran")));
        SubmitAnswer answer = scheduler.submit(run.request("a", "2", "echo x >> ran"));
        assertThat(answer.kind()).as("%s", answer).isEqualTo(SubmitAnswer.Kind.REFUSED);
        assertThat(((SubmitAnswer.Refused) answer).refusal()).isEqualTo(Refusal.FOR_GOOD);
        end(scheduler, id);
        eventually(() -> names(run.records()).equals(List.of("a.1")), "nothing else is left");
        assertThat(dir.resolve("ran")).hasContent("x");
    }

    @Test
    void jobOutlivesADriverThatIsKilled() throws Exception {
        Process driver = new ProcessBuilder(
                        ProcessHandle.current().info().command().orElseThrow(),
                        "-cp",
                        System.getProperty("surefire.real.class.path", System.getProperty("java.class.path")),
                        DoomedDriver.class.getName(),
                        dir.toString(),
                        "until [ -e go ]; do sleep 0.01; done; exit 5")
                .redirectError(dir.resolve("driver.err").toFile())
                .start();
        JobId id = new JobId(Long.toString(run.pidIn("job")));
        List<ProcessHandle> server = driver.children().toList();
        assertThat(server).hasSize(1);
        driver.destroyForcibly().waitFor();
        eventually(() -> !alive(server.get(0).pid()), "the server leaves with its driver");
        LocalScheduler next = scheduler();
        assertThat(sighting(next, id).state().phase()).isEqualTo(Phase.RUNNING);
        Files.createFile(dir.resolve("go"));
        assertThat(end(next, id).exitCode()).hasValue(5);
    }

    @Test
    void serverThatIsKilledTakesNoJobWithItAndIsReplaced() throws Exception {
        LocalScheduler scheduler = scheduler();
        Set<Long> before = serversOfThisTest();
        JobId id = accepted(scheduler.submit(run.request("a", "1", "until [ -e go ]; do sleep 0.01; done; exit 6")));
        Set<Long> servers = serversOfThisTest();
        servers.removeAll(before);
        assertThat(servers).hasSize(1);
        long server = servers.iterator().next();
        kill(server);
        eventually(() -> !alive(server), "the server is gone");
        assertThat(sighting(scheduler, id).state().phase()).isEqualTo(Phase.RUNNING);
        JobId second = eventuallyAccepted(scheduler, run.request("b", "2", "exit 7"));
        assertThat(end(scheduler, second).exitCode()).hasValue(7);
        Files.createFile(dir.resolve("go"));
        assertThat(end(scheduler, id).exitCode()).hasValue(6);
    }

    /** The JVM may need a moment to notice that its child is gone; until then it gives back what it is handed. */
    private static JobId eventuallyAccepted(LocalScheduler scheduler, SubmitRequest request) {
        SubmitAnswer answer = scheduler.submit(request);
        for (int tries = 0; isGivenBack(answer) && tries < 5; tries++) {
            answer = scheduler.submit(request);
        }
        return accepted(answer);
    }

    private static boolean isGivenBack(SubmitAnswer answer) {
        return answer instanceof SubmitAnswer.Refused refused && refused.refusal() == Refusal.GIVEN_BACK;
    }

    private static Set<Long> serversOfThisTest() {
        Set<Long> servers = ConcurrentHashMap.newKeySet();
        ProcessHandle.current()
                .children()
                .filter(child ->
                        content(Path.of("/proc/" + child.pid() + "/cmdline")).contains("--serve"))
                .forEach(child -> servers.add(child.pid()));
        return servers;
    }

    // --------------------------------------------------------------------------------------- ahead of a free place

    private static final String UNTIL_GO = "until [ -e go ]; do sleep 0.01; done";

    /** What became of a job that was sent ahead of its turn. */
    private final class Ahead {
        private final String item;
        private final SubmitRequest request;
        private final CompletableFuture<SubmitAnswer> answer = new CompletableFuture<>();

        Ahead(LocalScheduler scheduler, String item, String token, String script) {
            this.item = item;
            this.request = LocalFixture.inItsTurn(run.request(item, token, script), 1);
            scheduler.submit(request, answer::complete);
        }

        boolean isGivenBack() throws Exception {
            return LocalSchedulerIT.isGivenBack(answer.get(20, TimeUnit.SECONDS));
        }

        boolean neverStarted() {
            return Files.notExists(run.record(item)) && Files.notExists(Path.of(run.record(item) + ".start"));
        }
    }

    private LocalScheduler withOnePlace() throws Exception {
        LocalScheduler scheduler = run.scheduler(1);
        open.add(scheduler);
        return scheduler;
    }

    @Test
    void jobsAheadStartWhenAPlaceIsFreeAndInTheirOrder() throws Exception {
        LocalScheduler scheduler = withOnePlace();
        accepted(scheduler.submit(run.request("a", "1", UNTIL_GO)));
        List<Ahead> ahead = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            ahead.add(new Ahead(scheduler, "b" + i, "b" + i, "echo " + i + " >> order"));
        }
        assertThat(ahead).allMatch(Ahead::neverStarted);
        assertThat(ahead).noneMatch(job -> job.answer.isDone());
        Files.createFile(dir.resolve("go"));
        for (Ahead job : ahead) {
            JobId id = accepted(job.answer.get(20, TimeUnit.SECONDS));
            assertThat(end(scheduler, id).exitCode()).hasValue(0);
        }
        assertThat(Files.readAllLines(dir.resolve("order")))
                .isEqualTo(IntStream.range(0, 20).mapToObj(Integer::toString).toList());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "1"})
    void jobsOfOneWorkerHaveTheirOwnVariablesAndTheUsersAndNoOthers(String loader) throws Exception {
        run.variables.put("OUTER", "user");
        if (!loader.isEmpty()) {
            // JobServer sets it for its own perl.
            run.variables.put("LD_BIND_NOW", loader);
        }
        LocalScheduler scheduler = withOnePlace();
        String script = "echo ${OUTER-none} ${ONLY-none} ${LD_BIND_NOW-}; env | grep -c SETTLE_KEEP";
        List<Map<String, String>> environments = List.of(
                Map.of("OUTER", "first", "ONLY", "first"),
                Map.of("OUTER", "second", "ONLY", "first"),
                Map.of(),
                Map.of("ONLY", "fourth"));
        for (int i = 0; i < environments.size(); i++) {
            JobId id = accepted(scheduler.submit(run.request("i" + i, "" + i, script, environments.get(i))));
            assertThat(end(scheduler, id).exitCode()).hasValue(1);
        }
        assertThat(IntStream.range(0, environments.size())
                        .mapToObj(i -> content(run.stdout("i" + i)).lines().toList()))
                .containsExactly(
                        List.of(("first first " + loader).strip(), "0"),
                        List.of(("second first " + loader).strip(), "0"),
                        List.of(("user none " + loader).strip(), "0"),
                        List.of(("user fourth " + loader).strip(), "0"));
    }

    @Test
    void recalledJobNeverStartsAndThoseBesideItDo() throws Exception {
        LocalScheduler scheduler = withOnePlace();
        accepted(scheduler.submit(run.request("a", "1", UNTIL_GO)));
        Ahead first = new Ahead(scheduler, "b", "2", "true");
        Ahead second = new Ahead(scheduler, "c", "3", "exit 4");
        scheduler.recall(Set.of(first.request.token(), run.token("9")));
        assertThat(first.isGivenBack()).isTrue();
        Files.createFile(dir.resolve("go"));
        assertThat(end(scheduler, accepted(second.answer.get(20, TimeUnit.SECONDS)))
                        .exitCode())
                .hasValue(4);
        assertThat(first.neverStarted()).isTrue();
        assertThat(LocalSchedulerIT.isGivenBack(
                        scheduler.submit(LocalFixture.inItsTurn(run.request("d", "9", "true"), 1))))
                .as("one that was recalled before it was sent")
                .isTrue();
        assertThat(accepted(scheduler.submit(run.request("b", "5", "true")))).isNotNull();
    }

    @Test
    void jobThatStopsTheRunGivesBackWhatWaits() throws Exception {
        LocalScheduler scheduler = withOnePlace();
        accepted(scheduler.submit(run.request(
                "a", "1", UNTIL_GO + "; echo {} > $SETTLE_STOP", Map.of("SETTLE_STOP", dir + "/stop.json"))));
        Ahead waiting = new Ahead(scheduler, "b", "2", "true");
        Files.createFile(dir.resolve("go"));
        assertThat(waiting.isGivenBack()).isTrue();
        assertThat(waiting.neverStarted()).isTrue();
        assertThat(end(scheduler, accepted(scheduler.submit(run.request("b", "3", "exit 8"))))
                        .exitCode())
                .hasValue(8);
    }

    @Test
    void serverThatIsKilledGivesBackWhatWaits() throws Exception {
        Set<Long> before = serversOfThisTest();
        LocalScheduler scheduler = withOnePlace();
        JobId id = accepted(scheduler.submit(run.request("a", "1", UNTIL_GO)));
        Ahead waiting = new Ahead(scheduler, "b", "2", "true");
        Set<Long> servers = serversOfThisTest();
        servers.removeAll(before);
        assertThat(servers).hasSize(1);
        kill(servers.iterator().next());
        assertThat(waiting.isGivenBack()).isTrue();
        Files.createFile(dir.resolve("go"));
        assertThat(end(scheduler, id).exitCode()).hasValue(0);
        assertThat(waiting.neverStarted()).isTrue();
        assertThat(new Ahead(scheduler, "c", "3", "true").isGivenBack())
                .as("nothing waits with a server that does not know what else runs")
                .isTrue();
        assertThat(end(scheduler, accepted(scheduler.submit(run.request("b", "4", "exit 9"))))
                        .exitCode())
                .hasValue(9);
    }

    @Test
    void whatADeadDriverHadSentAheadNeverStartsAndTheNextOneStartsIt() throws Exception {
        Process driver = new ProcessBuilder(
                        ProcessHandle.current().info().command().orElseThrow(),
                        "-cp",
                        System.getProperty("surefire.real.class.path", System.getProperty("java.class.path")),
                        DoomedDriver.class.getName(),
                        dir.toString(),
                        UNTIL_GO,
                        "echo x >> ran")
                .redirectError(dir.resolve("driver.err").toFile())
                .start();
        JobId id = new JobId(Long.toString(run.pidIn("job")));
        driver.destroyForcibly().waitFor();
        Files.createFile(dir.resolve("go"));
        LocalScheduler next = scheduler();
        end(next, id);
        SubmitRequest waited = run.request("b", "2", "echo x >> ran");
        assertThat(next.find(waited, LONG_AGO).kind()).isEqualTo(FindAnswer.Kind.NOT_FOUND);
        assertThat(end(next, accepted(next.submit(run.request("b", "3", "echo y >> ran"))))
                        .exitCode())
                .hasValue(0);
        assertThat(dir.resolve("ran")).hasContent("y");
    }

    // ---------------------------------------------------------------------------------------------- killed wrappers

    @Test
    void killedWrapperIsVanishedOnceNothingOfItsJobLives() throws Exception {
        LocalScheduler scheduler = scheduler();
        JobId id = accepted(scheduler.submit(run.request("a", "1", "echo $$ > one; exec sleep 50")));
        long one = run.pidIn("one");
        kill(wrapperOf("a"));
        eventually(() -> sighting(scheduler, id).state().raw().equals("ORPHANED"), "it is seen as an orphan");
        assertThat(sighting(scheduler, id).state().phase()).isEqualTo(Phase.RUNNING);
        assertThat(sighting(scheduler, id).note().orElseThrow()).contains(Long.toString(one));
        kill(one);
        Sighting end = end(scheduler, id);
        assertThat(end.source()).isEqualTo(Source.PROCESS);
        assertThat(end.state().raw()).isEqualTo("VANISHED");
        assertThat(end.state().phase()).isEqualTo(Phase.FAILED);
        assertThat(end.state().reason()).isEqualTo(ItemReason.LOST);
        assertThat(end.exitCode()).isEmpty();
        assertThat(end.signal()).isEmpty();
    }

    @Test
    void jobThatKillsItsWrapperIsToldWithoutAQuestion() throws Exception {
        LocalScheduler scheduler = scheduler();
        Set<String> seen = ConcurrentHashMap.newKeySet();
        scheduler.listen(new Scheduler.Listener() {
            @Override
            public void ended(JobId job, Path record) {
                throw new AssertionError("nobody could record the end of " + job);
            }

            @Override
            public void seen(SightAnswer answer) {
                ((SightAnswer.Answered) answer)
                        .sightings()
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
        LocalScheduler scheduler = scheduler();
        JobId id = accepted(scheduler.submit(
                run.request("a", "1", "trap 'touch got' TERM; echo $$ > one; while :; do sleep 0.02; done")));
        long one = run.pidIn("one");
        kill(wrapperOf("a"));
        eventually(() -> sighting(scheduler, id).state().raw().equals("ORPHANED"), "it is seen as an orphan");
        scheduler.cancel(Set.of(id));
        eventually(() -> Files.exists(dir.resolve("got")), "TERM came");
        assertThat(alive(one)).isTrue();
        scheduler.cancel(Set.of(id));
        eventually(() -> !alive(one), "KILL came");
        assertThat(end(scheduler, id).state().raw()).isEqualTo("VANISHED");
    }

    @Test
    void timeoutHoldsForWhatAKilledWrapperLeft() throws Exception {
        LocalScheduler scheduler = scheduler();
        JobId id = accepted(scheduler.submit(
                run.request("a", "1", "echo $$ > one; exec sleep 50", Optional.of(Duration.ofSeconds(40)))));
        long one = run.pidIn("one");
        kill(wrapperOf("a"));
        eventually(() -> sighting(scheduler, id).state().raw().equals("ORPHANED"), "it is seen as an orphan");
        assertThat(alive(one)).isTrue();
        run.clock.forward(Duration.ofSeconds(40));
        sighting(scheduler, id);
        eventually(() -> !alive(one), "it is ended");
    }

    // ---------------------------------------------------------------------------------------- numbers used again

    @Test
    void processIdOfAnotherProcessIsNotTheJob() throws Exception {
        long self = ProcessHandle.current().pid();
        JobId id = new JobId(Long.toString(self));
        writeStart("a", self, 1, host(), boot());
        Sighting end = sighting(scheduler(), id);
        assertThat(end.state().raw()).isEqualTo("VANISHED");
        assertThat(run.token("1").isIn(end.jobName().orElseThrow())).isTrue();
    }

    @Test
    void jobOfAnEarlierBootIsANodeFailure() throws Exception {
        long self = ProcessHandle.current().pid();
        writeStart("a", self, ticksOf(self), host(), "another-boot");
        Sighting end = sighting(scheduler(), new JobId(Long.toString(self)));
        assertThat(end.state().raw()).isEqualTo("REBOOTED");
        assertThat(end.state().reason()).isEqualTo(ItemReason.NODE_FAILURE);
    }

    @Test
    void sameProcessOfTheSameBootIsTheJob() throws Exception {
        long self = ProcessHandle.current().pid();
        writeStart("a", self, ticksOf(self), host(), boot());
        assertThat(sighting(scheduler(), new JobId(Long.toString(self))).state().raw())
                .isEqualTo("RUNNING");
    }

    @Test
    void jobOfAnotherHostIsNoAnswerUntilItsRecordIsThere() throws Exception {
        JobId id = new JobId("1234");
        writeStart("a", 1234, 1, "elsewhere", boot());
        LocalScheduler scheduler = scheduler();
        SightAnswer answer = scheduler.sight(Source.Role.CONTROLLER, Set.of(id));
        assertThat(answer.kind()).isEqualTo(SightAnswer.Kind.NO_ANSWER);
        assertThat(((SightAnswer.NoAnswer) answer).text()).contains("elsewhere");
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
        assertThat(sighting(scheduler, id).exitCode()).hasValue(0);
    }

    @Test
    void whatCanBeSeenIsAnsweredThoughTheRestIsElsewhere() throws Exception {
        writeStart("b", 1234, 1, "elsewhere", boot());
        LocalScheduler scheduler = scheduler();
        JobId here = accepted(scheduler.submit(run.request("a", "1", "true")));
        end(scheduler, here);
        SightAnswer answer = scheduler.sight(Source.Role.CONTROLLER, Set.of(here, new JobId("1234")));
        assertThat(((SightAnswer.Answered) answer).about()).containsExactly(here);
    }

    @Test
    void jobWithoutAnyRecordIsLookedForBeforeItCountsAsVanished() throws Exception {
        LocalScheduler scheduler = scheduler();
        JobId id = new JobId("999999");
        assertThat(scheduler.sight(Source.Role.CONTROLLER, Set.of(id)).kind()).isEqualTo(SightAnswer.Kind.NO_ANSWER);
        run.clock.forward(Duration.ofSeconds(11));
        assertThat(sighting(scheduler, id).state().raw()).isEqualTo("VANISHED");
    }

    @Test
    void damagedExitRecordIsNoWordOfSuccess() throws Exception {
        LocalScheduler scheduler = scheduler();
        JobId id = accepted(scheduler.submit(run.request("a", "1", "true")));
        end(scheduler, id);
        // The end is told before its record has its last name.
        eventually(() -> content(run.record("a")).contains("\"exit_code\":0"), "the record is in its place");
        Files.writeString(run.record("a"), content(run.record("a")).replace("\"exit_code\":0", "\"exit_code\":"));
        Sighting end = end(scheduler, id);
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

    // ------------------------------------------------------------------------------------------------- a bad perl

    @Test
    void perlThatDoesNotWorkIsNoHindrance() throws Exception {
        Path bad = Files.writeString(dir.resolve("perl"), "#!/bin/sh\nexit 1\n");
        assertThat(bad.toFile().setExecutable(true)).isTrue();
        run.variables.put("SETTLE_PERL", bad.toString());
        LocalScheduler scheduler = scheduler();
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
        public void seen(SightAnswer answer) {
            throw new AssertionError("nobody lost its wrapper, and it is told: " + answer);
        }
    }
}
