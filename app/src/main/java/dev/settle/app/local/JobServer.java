package dev.settle.app.local;

import dev.settle.app.process.Environment;
import dev.settle.core.port.JobWrapper;
import dev.settle.core.port.SubmitRequest;
import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongConsumer;

/**
 * One perl process that starts all jobs of a driver by forking: 1.1 ms of CPU a job, where a process from the JVM and a
 * perl of its own cost 3.6 ms (CONTRIBUTING.md, decisions). When it or the driver dies, its jobs go on.
 *
 * <p>The protocol is described where it is spoken, in {@code wrapper.pl}.
 */
final class JobServer implements Starter {
    /** How long a job may take to start, and the server to say that it is there. */
    private static final Duration ANSWER_MAX = Duration.ofSeconds(30);

    /** How long wrappers that were forked already may still answer after the server ended. */
    private static final Duration LAST_WORDS_MAX = Duration.ofSeconds(1);

    /** Requests that wait to be written; a driver has as many outstanding as it has threads. */
    private static final int WAITING_MAX = 10_000;

    private final Process process;
    private final LongConsumer ended;
    private final CompletableFuture<Boolean> ready = new CompletableFuture<>();
    private final Map<Long, CompletableFuture<StartAnswer>> awaited = new ConcurrentHashMap<>();
    private final BlockingQueue<byte[]> outgoing = new LinkedBlockingQueue<>(WAITING_MAX);
    private final AtomicLong numbers = new AtomicLong();

    private JobServer(Process process, LongConsumer ended) {
        this.process = process;
        this.ended = ended;
    }

    /**
     * Starts a server.
     *
     * @param ended is told the process id of each job whose exit record is there, on a thread of the server's
     * @return empty when this perl does not do; why it does not is not worth more than a slower way to start jobs
     */
    static Optional<JobServer> launch(Path perl, JobWrapper wrapper, LongConsumer ended) {
        ProcessBuilder builder = new ProcessBuilder(
                        perl.toString(), wrapper.perlScript().toString(), "--serve")
                .redirectError(ProcessBuilder.Redirect.DISCARD);
        Environment.unsetOurs(builder.environment());
        keepPerlVariablesForTheJobs(builder.environment());
        JobServer server;
        try {
            server = new JobServer(builder.start(), ended);
        } catch (IOException e) {
            return Optional.empty();
        }
        daemon("settle-jobs-read", server::read);
        daemon("settle-jobs-write", server::write);
        daemon("settle-jobs-end", server::awaitEnd);
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

    /** As wrapper.sh does it: variables that steer perl are put aside and come back in the jobs. */
    private static void keepPerlVariablesForTheJobs(Map<String, String> environment) {
        for (String name : JobWrapper.PERL_VARIABLES) {
            String value = environment.remove(name);
            if (value != null) {
                environment.put("SETTLE_KEEP_" + name, value);
            }
        }
    }

    private static void daemon(String name, Runnable work) {
        Thread thread = new Thread(work, name);
        thread.setDaemon(true);
        thread.start();
    }

    boolean isAlive() {
        return process.isAlive();
    }

    @Override
    public StartAnswer start(SubmitRequest request) {
        byte[] text = JobWrapper.text(request, 0, JobWrapper.Mode.LOCAL);
        long number = numbers.incrementAndGet();
        CompletableFuture<StartAnswer> answer = new CompletableFuture<>();
        awaited.put(number, answer);
        ByteArrayOutputStream message = new ByteArrayOutputStream(text.length + 40);
        message.writeBytes(("job " + number + " " + text.length + "\n").getBytes(StandardCharsets.US_ASCII));
        message.writeBytes(text);
        try {
            if (!outgoing.offer(message.toByteArray())) {
                return new StartAnswer.Refused(WAITING_MAX + " jobs wait to be started");
            }
            return answer.get(ANSWER_MAX.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return new StartAnswer.Unclear("interrupted while the job was being started");
        } catch (ExecutionException e) {
            throw new IllegalStateException("completed only with values", e);
        } catch (TimeoutException e) {
            // A server that hangs starts no job any more once it is gone.
            process.destroyForcibly();
            return new StartAnswer.Unclear(
                    "the process that starts jobs did not answer for " + ANSWER_MAX.toSeconds() + " s and was ended");
        } finally {
            awaited.remove(number);
        }
    }

    private void write() {
        try (OutputStream out = process.getOutputStream()) {
            while (process.isAlive()) {
                byte[] message = outgoing.poll(1, TimeUnit.SECONDS);
                if (message == null) {
                    continue;
                }
                if (message.length == 0) {
                    return;
                }
                out.write(message);
                out.flush();
            }
        } catch (IOException e) {
            // It is gone; read() tells those who wait.
            process.destroyForcibly();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void read() {
        try (BufferedReader in =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            for (String line = in.readLine(); line != null; line = in.readLine()) {
                take(line);
            }
        } catch (IOException e) {
            process.destroyForcibly();
        }
    }

    private void take(String line) {
        String[] words = line.split(" ", 3);
        switch (words[0]) {
            case "ready" -> ready.complete(true);
            case "started" ->
                answer(words[1], new StartAnswer.Started(Long.parseLong(words[2].substring(0, words[2].indexOf(' ')))));
            case "refused" -> answer(words[1], new StartAnswer.Refused(words[2]));
            case "ended" -> ended.accept(Long.parseLong(words[1]));
            default -> throw new IllegalStateException("not a word of the job server: " + line);
        }
    }

    private void answer(String number, StartAnswer answer) {
        CompletableFuture<StartAnswer> future = awaited.get(Long.parseLong(number));
        if (future != null) {
            future.complete(answer);
        }
    }

    private void awaitEnd() {
        try {
            process.waitFor();
            ready.complete(false);
            TimeUnit.MILLISECONDS.sleep(LAST_WORDS_MAX.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        awaited.values()
                .forEach(answer -> answer.complete(new StartAnswer.Unclear("the process that starts jobs ended")));
    }

    /** The server ends when its input does. */
    @Override
    public void close() {
        outgoing.offer(new byte[0]);
    }
}
