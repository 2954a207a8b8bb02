package dev.settle.app.local;

import static org.assertj.core.api.Assertions.assertThat;

import dev.settle.core.environment.EnvironmentBlock;
import dev.settle.core.environment.JobOrigin;
import dev.settle.core.journal.RunFolder;
import dev.settle.core.model.Resources;
import dev.settle.core.scheduler.JobId;
import dev.settle.core.scheduler.JobObservation;
import dev.settle.core.scheduler.QueryAnswer;
import dev.settle.core.scheduler.Source;
import dev.settle.core.scheduler.SubmitAnswer;
import dev.settle.core.scheduler.SubmitRequest;
import dev.settle.core.scheduler.SubmitToken;
import dev.settle.core.wrapper.JobWrapper;
import dev.settle.testdata.UtcClock;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/** A run's folder with a scheduler for it. */
final class LocalFixture implements AutoCloseable {
    private static final long WAIT_SECONDS = 30;
    private static final int PLACES = 1_000;

    final Path dir;
    final Map<String, String> variables = new HashMap<>(Map.of("PATH", "/usr/bin:/bin"));
    final ShiftedClock clock = new ShiftedClock();

    /** The machine's clock, put forward. */
    static final class ShiftedClock extends UtcClock {
        private Duration shift = Duration.ZERO;

        void forward(Duration by) {
            shift = shift.plus(by);
        }

        @Override
        public Instant instant() {
            return Instant.now().plus(shift);
        }
    }

    private final List<LocalScheduler> open = new ArrayList<>();
    private final SubmitToken unique = SubmitToken.random(new SecureRandom());

    LocalFixture(Path dir) {
        this.dir = dir;
    }

    LocalScheduler scheduler() throws IOException {
        return scheduler(PLACES);
    }

    LocalScheduler scheduler(int places) throws IOException {
        LocalScheduler scheduler = new LocalScheduler(
                JobWrapper.install(dir.resolve("state")),
                records(),
                places,
                JobOrigin.of(EnvironmentBlock.of(variables)),
                clock);
        open.add(scheduler);
        return scheduler;
    }

    /** A scheduler on a machine with a perl, or without one. */
    LocalScheduler withPerl(boolean perl) throws IOException {
        if (!perl) {
            variables.put("SETTLE_PERL", "");
        }
        return scheduler();
    }

    @Override
    public void close() {
        open.forEach(LocalScheduler::close);
    }

    Path records() {
        return dir.resolve("run/records");
    }

    Path record(String item) {
        return records().resolve(item + ".1");
    }

    Path stdout(String item) {
        return dir.resolve("run/items/" + item + "/out");
    }

    SubmitRequest request(String item, String token, String script) {
        return request(item, token, script, Optional.empty());
    }

    SubmitRequest request(String item, String token, String script, Map<String, String> env) {
        return request(item, token, script, Optional.empty(), env);
    }

    SubmitRequest request(String item, String token, String script, Optional<Duration> timeout) {
        return request(item, token, script, timeout, Map.of());
    }

    /** The same request, for a job that waits until fewer than so many run. */
    static SubmitRequest inItsTurn(SubmitRequest request, int throttle) {
        return new SubmitRequest(request.token(), request.name(), request.resources(), request.tasks(), throttle);
    }

    private SubmitRequest request(
            String item, String token, String script, Optional<Duration> timeout, Map<String, String> env) {
        Map<String, String> variables = new HashMap<>(env);
        variables.putIfAbsent("SETTLE_RESULT", RunFolder.resultOf(record(item)).toString());
        SubmitRequest.Task task = new SubmitRequest.Task(
                item,
                1,
                script,
                Optional.empty(),
                dir,
                variables,
                stdout(item),
                dir.resolve("run/items/" + item + "/err"),
                record(item),
                timeout);
        return new SubmitRequest(token(token), item, Resources.NONE, List.of(task), 0);
    }

    /** Unlike those of other tests: processes that a test leaves behind must be nobody else's. */
    SubmitToken token(String end) {
        return new SubmitToken(unique.value().substring(0, 14 - end.length()) + end);
    }

    static JobId accepted(SubmitAnswer answer) {
        assertThat(answer.kind()).as("%s", answer).isEqualTo(SubmitAnswer.Kind.ACCEPTED);
        return ((SubmitAnswer.Accepted) answer).jobs().get(0);
    }

    static JobObservation observation(LocalScheduler scheduler, JobId id) {
        QueryAnswer answer = scheduler.query(Source.Role.CONTROLLER, Set.of(id));
        assertThat(answer.kind()).as("%s", answer).isEqualTo(QueryAnswer.Kind.ANSWERED);
        List<JobObservation> observations = ((QueryAnswer.Answered) answer).observations();
        assertThat(observations).hasSize(1);
        return observations.get(0);
    }

    static JobObservation end(LocalScheduler scheduler, JobId id) throws InterruptedException {
        eventually(() -> !observation(scheduler, id).state().phase().isAlive(), "job " + id + " ends");
        return observation(scheduler, id);
    }

    long pidIn(String file) throws InterruptedException {
        Path path = dir.resolve(file);
        eventually(() -> content(path).endsWith("\n"), file + " is written");
        return Long.parseLong(content(path).strip());
    }

    static boolean alive(long pid) {
        String stat = content(Path.of("/proc", Long.toString(pid), "stat"));
        return !stat.isEmpty() && stat.charAt(stat.lastIndexOf(')') + 2) != 'Z';
    }

    static void kill(long pid) {
        ProcessHandle.of(pid).ifPresent(ProcessHandle::destroyForcibly);
    }

    static String content(Path path) {
        try {
            return Files.readString(path, StandardCharsets.ISO_8859_1);
        } catch (IOException e) {
            return "";
        }
    }

    /** Looks again and again until the condition holds, 30 s at most. */
    static void eventually(BooleanSupplier condition, String what) throws InterruptedException {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(WAIT_SECONDS);
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).as(what).isLessThan(end);
            TimeUnit.MILLISECONDS.sleep(5);
        }
    }
}
