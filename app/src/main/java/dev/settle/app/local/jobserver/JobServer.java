package dev.settle.app.local.jobserver;

import dev.settle.app.process.Shortage;
import dev.settle.app.process.Threads;
import dev.settle.core.environment.JobOrigin;
import dev.settle.core.scheduler.SubmitAnswer.Refusal;
import dev.settle.core.scheduler.SubmitRequest;
import dev.settle.core.scheduler.SubmitToken;
import dev.settle.core.wrapper.JobWrapper;
import dev.settle.core.wrapper.StartRecord;
import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;

/**
 * One perl process that keeps the jobs of a driver until a place is free, and its workers, which run them one after
 * another. When it or the driver dies, the jobs that run go on, and those that wait never start.
 *
 * <p>The protocol is described in core/docs/wrapper.md.
 */
public final class JobServer implements JobLauncher {
    /** How long a job may take to start where there is a place for it, and the server to say that it is there. */
    private static final Duration ANSWER_MAX = Duration.ofSeconds(30);

    /** How long workers may still answer after the server ended: they are about to notice, or to write a record. */
    private static final Duration LAST_WORDS_MAX = Duration.ofSeconds(1);

    /** Requests that wait to be written; a driver has as many outstanding as its cap and what goes ahead of it. */
    private static final int WAITING_MAX = 10_000;

    /** The codes of a refusal. */
    private static final Map<String, Refusal> REFUSALS = Map.of(
            // The attempt must not run twice.
            "started_before", Refusal.FOR_GOOD,
            "no_process", Refusal.NO_PROCESS,
            "storage", Refusal.STORAGE,
            "temporary", Refusal.TEMPORARY);

    /** Jobs whose start is not known yet. */
    private record Pending(SubmitRequest request, Consumer<StartAnswer> answer) {}

    private final Process process;
    private final int places;
    private final ExitListener ends;
    private final Clock clock;
    private final CompletableFuture<Boolean> ready = new CompletableFuture<>();
    private final Map<Long, Pending> pending = new ConcurrentHashMap<>();
    /** Jobs whose start was told and whose end was not, with their records. */
    private final Map<Long, Path> running = new ConcurrentHashMap<>();

    private final BlockingQueue<byte[]> outgoing = new LinkedBlockingQueue<>(WAITING_MAX);
    private final CountDownLatch lastWord = new CountDownLatch(1);
    private long numbers;
    private volatile Instant heardAt;
    private volatile boolean over;

    private JobServer(Process process, int places, Clock clock, ExitListener ends) {
        this.process = process;
        this.clock = clock;
        this.heardAt = clock.instant();
        this.places = places;
        this.ends = ends;
    }

    /**
     * Starts a server.
     *
     * @param places how many jobs run at once at most
     * @param origin what jobs begin with; the server gets it once, as bytes
     * @param input what jobs read, such as {@code /proc/4711/fd/0}; absent for nothing
     * @param ends is told on a thread of the server's
     * @return empty when this perl does not do; why it does not is not worth more than a slower way to start jobs
     * @throws NoProcessException when there is no room for a process or a thread now
     */
    public static Optional<JobServer> launch(
            Path perl,
            JobWrapper wrapper,
            int places,
            JobOrigin origin,
            Optional<Path> input,
            Clock clock,
            ExitListener ends)
            throws NoProcessException {
        List<String> command =
                new ArrayList<>(List.of(perl.toString(), wrapper.perlScript().toString(), "--serve"));
        input.ifPresent(path -> command.add(path.toString()));
        ProcessBuilder builder = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD);
        // Nothing that steers perl.
        builder.environment().clear();
        builder.environment().put("LC_ALL", "C");
        // Names that the child of a fork is the first to use would be looked up by each child anew.
        builder.environment().put("LD_BIND_NOW", "1");
        JobServer server;
        try {
            server = new JobServer(builder.start(), places, clock, ends);
        } catch (IOException | OutOfMemoryError e) {
            if (Shortage.isOf(e)) {
                throw new NoProcessException(e);
            }
            return Optional.empty();
        }
        byte[] bytes = origin.bytes();
        server.outgoing.add(ascii("begin " + bytes.length + "\n"));
        server.outgoing.add(bytes);
        try {
            Threads.daemon("settle-jobs-read", server::read).start();
            Threads.daemon("settle-jobs-write", server::write).start();
            Threads.daemon("settle-jobs-end", server::awaitEnd).start();
        } catch (OutOfMemoryError e) {
            server.process.destroyForcibly();
            throw new NoProcessException(e);
        }
        try {
            if (server.ready.get(ANSWER_MAX.toMillis(), TimeUnit.MILLISECONDS)) {
                return Optional.of(server);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException e) {
            throw new IllegalStateException("completed only with values", e);
        } catch (TimeoutException e) {
            server.process.destroyForcibly();
        }
        server.close();
        return Optional.empty();
    }

    public boolean isAlive() {
        return !over && process.isAlive();
    }

    @Override
    public void start(SubmitRequest request, Consumer<StartAnswer> answer) {
        byte[] text = JobWrapper.fields(request, 0, JobWrapper.Mode.LOCAL);
        boolean ahead = request.throttle() > 0;
        Pending job = new Pending(request, answer);
        synchronized (this) {
            if (over) {
                answer.accept(new StartAnswer.Refused(
                        Refusal.GIVEN_BACK, "the process that starts jobs ended before its turn"));
                return;
            }
            long number = ++numbers;
            if (pending.isEmpty()) {
                heardAt = clock.instant();
            }
            pending.put(number, job);
            int atOnce = Math.min(places, running.size() + pending.size());
            ByteArrayOutputStream message = new ByteArrayOutputStream(text.length + 60);
            message.writeBytes(ascii("job " + number + " " + text.length + " " + atOnce + (ahead ? " 1\n" : " 0\n")));
            message.writeBytes(text);
            if (outgoing.offer(message.toByteArray())) {
                return;
            }
            pending.remove(number);
        }
        answer.accept(new StartAnswer.Refused(Refusal.TEMPORARY, WAITING_MAX + " jobs wait to be started"));
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    @Override
    public void recall(Set<SubmitToken> tokens) {
        StringBuilder message = new StringBuilder("back");
        pending.forEach((number, job) -> {
            if (tokens.contains(job.request().token())) {
                message.append(' ').append(number);
            }
        });
        if (message.indexOf(" ") > 0) {
            outgoing.offer(ascii(message.append('\n').toString()));
        }
    }

    private void write() {
        List<byte[]> messages = new ArrayList<>();
        try (OutputStream out = process.getOutputStream()) {
            while (process.isAlive()) {
                byte[] first = outgoing.poll(1, TimeUnit.SECONDS);
                if (first == null) {
                    continue;
                }
                messages.add(first);
                outgoing.drainTo(messages);
                ByteArrayOutputStream all = new ByteArrayOutputStream();
                boolean last = false;
                for (byte[] message : messages) {
                    all.writeBytes(message);
                    last |= message.length == 0;
                }
                messages.clear();
                out.write(all.toByteArray());
                out.flush();
                if (last) {
                    return;
                }
            }
        } catch (IOException e) {
            // It is gone; those who wait are told when that is certain.
            process.destroyForcibly();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void read() {
        try (BufferedReader in =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            for (String line = in.readLine(); line != null; line = in.readLine()) {
                heardAt = clock.instant();
                take(line);
            }
        } catch (IOException e) {
            process.destroyForcibly();
        } finally {
            lastWord.countDown();
        }
    }

    private void take(String line) {
        String[] words = line.split(" ", 3);
        switch (words[0]) {
            case "ready" -> ready.complete(true);
            case "started" -> started(Long.parseLong(words[1]), Long.parseLong(words[2]));
            case "ran" -> {
                started(Long.parseLong(words[1]), Long.parseLong(words[2]));
                ended(Long.parseLong(words[2]));
            }
            case "ended" -> ended(Long.parseLong(words[1]));
            case "lost" -> lost(Long.parseLong(words[1]));
            case "refused" -> answer(Long.parseLong(words[1]), refused(words[2]));
            case "back" ->
                answer(
                        Long.parseLong(words[1]),
                        new StartAnswer.Refused(Refusal.GIVEN_BACK, "taken back before its turn"));
            default -> throw new IllegalStateException("not a word of the job server: " + line);
        }
    }

    /** A code and the words for people. */
    private static StartAnswer refused(String reason) {
        String[] words = reason.split(" ", 2);
        Refusal refusal = REFUSALS.get(words[0]);
        if (refusal == null) {
            throw new IllegalStateException("not a code of the job server: " + reason);
        }
        return new StartAnswer.Refused(refusal, words[1]);
    }

    private void started(long number, long pid) {
        Pending job = pending.get(number);
        if (job != null) {
            running.put(pid, job.request().tasks().get(0).record());
            answer(number, new StartAnswer.Started(pid));
        }
    }

    private void ended(long pid) {
        Path record = running.remove(pid);
        if (record != null) {
            ends.recorded(pid, record);
        }
    }

    /** A worker was killed: nobody records the end of what it ran any more. */
    private void lost(long worker) {
        pending.forEach((number, job) -> startOf(job.request().tasks().get(0).record(), worker)
                .ifPresent(start -> started(number, start.pid())));
        running.forEach((pid, record) -> {
            if (startOf(record, worker).isPresent() && running.remove(pid, record)) {
                ends.lost(pid);
            }
        });
    }

    /** A start record by this worker; one that cannot be read is left to the regular questions. */
    private static Optional<StartRecord> startOf(Path record, long worker) {
        try {
            return StartRecord.read(record).filter(start -> start.wrapperPid() == worker);
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    private void answer(long number, StartAnswer answer) {
        Pending job = pending.remove(number);
        if (job != null) {
            job.answer().accept(answer);
        }
    }

    private void awaitEnd() {
        try {
            while (!process.waitFor(1, TimeUnit.SECONDS)) {
                boolean placeIsFree = !pending.isEmpty() && running.size() < places;
                if (placeIsFree && clock.instant().isAfter(heardAt.plus(ANSWER_MAX))) {
                    // It hangs; once it is gone nothing that waits is started any more.
                    process.destroyForcibly();
                }
            }
            ready.complete(false);
            lastWord.await(LAST_WORDS_MAX.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        List<Pending> left;
        synchronized (this) {
            over = true;
            left = List.copyOf(pending.values());
            pending.clear();
        }
        left.forEach(job -> job.answer().accept(afterwards(job.request())));
    }

    /**
     * What became of a job whose server is gone. A worker claims the attempt first and then looks whether the server
     * still lives: where there is no claim now there will be none that holds.
     */
    private static StartAnswer afterwards(SubmitRequest request) {
        Path record = request.tasks().get(0).record();
        try {
            Optional<StartRecord> start = StartRecord.read(record);
            if (start.isPresent()) {
                return start.get().token().equals(request.token())
                        ? new StartAnswer.Started(start.get().pid())
                        : new StartAnswer.Refused(
                                Refusal.FOR_GOOD,
                                "this attempt was already started by process "
                                        + start.get().pid());
            }
            return Files.exists(JobWrapper.startRecord(record))
                    ? new StartAnswer.Unclear("the process that starts jobs ended")
                    : new StartAnswer.Refused(Refusal.GIVEN_BACK, "the process that starts jobs ended before its turn");
        } catch (IOException e) {
            return new StartAnswer.Unclear(
                    "the process that starts jobs ended, and the start record cannot be read: " + e.getMessage());
        }
    }

    /** The server ends when its input does. */
    @Override
    public void close() {
        outgoing.offer(new byte[0]);
    }
}
