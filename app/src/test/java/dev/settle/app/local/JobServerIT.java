package dev.settle.app.local;

import static dev.settle.app.local.LocalFixture.accepted;
import static dev.settle.app.local.LocalFixture.alive;
import static dev.settle.app.local.LocalFixture.content;
import static dev.settle.app.local.LocalFixture.end;
import static dev.settle.app.local.LocalFixture.eventually;
import static dev.settle.app.local.LocalFixture.kill;
import static dev.settle.app.local.LocalFixture.observation;
import static org.assertj.core.api.Assertions.assertThat;

import dev.settle.core.scheduler.JobId;
import dev.settle.core.scheduler.JobState.Phase;
import dev.settle.core.scheduler.LookupAnswer;
import dev.settle.core.scheduler.SubmitAnswer;
import dev.settle.core.scheduler.SubmitAnswer.Refusal;
import dev.settle.core.scheduler.SubmitRequest;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the job server keeps, starts in turn and gives back, also when it or its driver is killed. */
final class JobServerIT {
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

    @Test
    void jobOutlivesADriverThatIsKilled() throws Exception {
        Process driver = new ProcessBuilder(
                        ProcessHandle.current().info().command().orElseThrow(),
                        "-cp",
                        System.getProperty("surefire.real.class.path", System.getProperty("java.class.path")),
                        CrashingEngine.class.getName(),
                        dir.toString(),
                        "until [ -e go ]; do sleep 0.01; done; exit 5")
                .redirectError(dir.resolve("driver.err").toFile())
                .start();
        JobId id = new JobId(Long.toString(run.pidIn("job")));
        List<ProcessHandle> server = driver.children().toList();
        assertThat(server).hasSize(1);
        driver.destroyForcibly().waitFor();
        eventually(() -> !alive(server.get(0).pid()), "the server leaves with its driver");
        LocalScheduler next = run.scheduler();
        assertThat(observation(next, id).state().phase()).isEqualTo(Phase.RUNNING);
        Files.createFile(dir.resolve("go"));
        assertThat(end(next, id).exitCode()).hasValue(5);
    }

    @Test
    void serverThatIsKilledTakesNoJobWithItAndIsReplaced() throws Exception {
        LocalScheduler scheduler = run.scheduler();
        Set<Long> before = serversOfThisTest();
        JobId id = accepted(scheduler.submit(run.request("a", "1", "until [ -e go ]; do sleep 0.01; done; exit 6")));
        Set<Long> servers = serversOfThisTest();
        servers.removeAll(before);
        assertThat(servers).hasSize(1);
        long server = servers.iterator().next();
        kill(server);
        eventually(() -> !alive(server), "the server is gone");
        assertThat(observation(scheduler, id).state().phase()).isEqualTo(Phase.RUNNING);
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
            return JobServerIT.isGivenBack(answer.get(20, TimeUnit.SECONDS));
        }

        boolean neverStarted() {
            return Files.notExists(run.record(item)) && Files.notExists(Path.of(run.record(item) + ".start"));
        }
    }

    @Test
    void jobsAheadStartWhenAPlaceIsFreeAndInTheirOrder() throws Exception {
        LocalScheduler scheduler = run.scheduler(1);
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
        LocalScheduler scheduler = run.scheduler(1);
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
        LocalScheduler scheduler = run.scheduler(1);
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
        assertThat(JobServerIT.isGivenBack(scheduler.submit(LocalFixture.inItsTurn(run.request("d", "9", "true"), 1))))
                .as("one that was recalled before it was sent")
                .isTrue();
        assertThat(accepted(scheduler.submit(run.request("b", "5", "true")))).isNotNull();
    }

    @Test
    void jobThatStopsTheRunGivesBackWhatWaits() throws Exception {
        LocalScheduler scheduler = run.scheduler(1);
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
        LocalScheduler scheduler = run.scheduler(1);
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
                        CrashingEngine.class.getName(),
                        dir.toString(),
                        UNTIL_GO,
                        "echo x >> ran")
                .redirectError(dir.resolve("driver.err").toFile())
                .start();
        JobId id = new JobId(Long.toString(run.pidIn("job")));
        driver.destroyForcibly().waitFor();
        Files.createFile(dir.resolve("go"));
        LocalScheduler next = run.scheduler();
        end(next, id);
        SubmitRequest waited = run.request("b", "2", "echo x >> ran");
        assertThat(next.find(waited, LONG_AGO).kind()).isEqualTo(LookupAnswer.Kind.NOT_FOUND);
        assertThat(end(next, accepted(next.submit(run.request("b", "3", "echo y >> ran"))))
                        .exitCode())
                .hasValue(0);
        assertThat(dir.resolve("ran")).hasContent("y");
    }
}
