package dev.settle.slurm.tools;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Runs commands as processes, each in a session of its own, so that a Ctrl-C at the terminal does not reach them, and
 * ends their whole tree at the limit: a hung sacct hangs for ever (slurm.md, 10).
 *
 * <p>Commons Exec is not behind it: its watchdog ends the direct child only, and waits for ever for grandchildren that
 * hold the pipe.
 */
public final class ProcessToolRunner implements ToolRunner {
    /** 100,000 rows of sacct have 20 MB. */
    private static final int OUTPUT_BYTES_MAX = 256 << 20;

    private static final Duration GRACE = Duration.ofSeconds(1);

    private final Map<String, String> environment;
    private final Optional<Submissions> submissions;

    /** {@code timeout} and {@code env} exit so, and says so in the user's language, when it cannot start the program. */
    private static final Set<Integer> EXITS_NOT_STARTED = Set.of(126, 127);

    private static final List<String> SAID_BY_STARTERS = List.of("timeout: ", "env: ", "prlimit: ");

    /** ENOENT as the JDK words it. */
    private static final String NO_SUCH_FILE = "error=2,";

    /**
     * A runner for questions alone.
     *
     * @param environment the variables of the calling process
     */
    public ProcessToolRunner(Map<String, String> environment) {
        this(environment, Optional.empty());
    }

    /**
     * A runner.
     *
     * @param environment the variables of the calling process
     * @param submissions what sbatch hands on to jobs
     */
    public ProcessToolRunner(Map<String, String> environment, Submissions submissions) {
        this(environment, Optional.of(submissions));
    }

    private ProcessToolRunner(Map<String, String> environment, Optional<Submissions> submissions) {
        this.environment = Map.copyOf(environment);
        this.submissions = submissions;
    }

    @Override
    public Result run(List<String> argv, Duration limit) {
        List<String> words = new ArrayList<>(argv.size() + 5);
        // Its limit has to hold as well when settle is killed: whoever looks for a submission that its driver did not
        // live to hear of counts on the command being over by then.
        words.addAll(List.of(
                "setsid",
                "-w",
                "timeout",
                "--signal=KILL",
                Long.toString(limit.plus(GRACE).toSeconds() + 1)));
        List<String> command = new ArrayList<>(argv);
        command.set(0, ToolEnvironment.program(environment, argv.get(0)));
        byte[] input = {};
        if (submissions.isPresent() && ToolEnvironment.isSubmission(argv.get(0))) {
            // Java itself could pass on only what is text.
            input = submissions.get().script(command, environment);
            words.add("/bin/sh");
        } else {
            words.addAll(command);
        }
        ProcessBuilder builder = new ProcessBuilder(words);
        Map<String, String> variables = builder.environment();
        variables.clear();
        variables.putAll(ToolEnvironment.ofQuestion(environment));
        try {
            return finish(builder.start(), input, limit);
        } catch (OutOfMemoryError e) {
            // No room for the thread that waits for its end: it may have been started all the same.
            return new Result(Kind.CUT, -1, "", String.valueOf(e.getMessage()));
        } catch (IOException e) {
            String why = String.valueOf(e.getMessage());
            return new Result(Kind.NOT_STARTED, why.contains(NO_SUCH_FILE) ? EXIT_NO_SUCH_PROGRAM : -1, "", why);
        }
    }

    private static Result finish(Process process, byte[] input, Duration limit) {
        AtomicBoolean cut = new AtomicBoolean();
        Reader out;
        Reader err;
        try {
            out = new Reader(process.getInputStream(), process, cut);
            err = new Reader(process.getErrorStream(), process, cut);
        } catch (OutOfMemoryError e) {
            // Nobody would read what it says.
            end(process);
            throw e;
        }
        try {
            write(process, input);
            boolean ended = process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS);
            if (!ended) {
                end(process);
            }
            out.join(GRACE.toMillis());
            err.join(GRACE.toMillis());
            if (ended && isNotStarted(process.exitValue(), err.text())) {
                return new Result(
                        Kind.NOT_STARTED, process.exitValue(), "", err.text().strip());
            }
            Kind kind = cut.get() ? Kind.CUT : ended ? Kind.EXITED : Kind.TIMED_OUT;
            return new Result(kind, ended ? process.exitValue() : -1, out.text(), err.text());
        } catch (IOException e) {
            end(process);
            return new Result(Kind.NOT_STARTED, -1, "", String.valueOf(e.getMessage()));
        } catch (InterruptedException e) {
            end(process);
            Thread.currentThread().interrupt();
            return new Result(Kind.TIMED_OUT, -1, out.text(), err.text());
        }
    }

    private static boolean isNotStarted(int exitCode, String stderr) {
        return EXITS_NOT_STARTED.contains(exitCode) && SAID_BY_STARTERS.stream().anyMatch(stderr::startsWith);
    }

    /** Half a script is no command to the shell that reads it. */
    private static void write(Process process, byte[] input) throws IOException {
        try (OutputStream out = process.getOutputStream()) {
            out.write(input);
        } catch (IOException e) {
            if (process.isAlive()) {
                throw e;
            }
        }
    }

    private static void end(Process process) {
        List<ProcessHandle> tree = process.descendants().toList();
        process.destroy();
        tree.forEach(ProcessHandle::destroy);
        try {
            if (!process.waitFor(GRACE.toMillis(), TimeUnit.MILLISECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
        tree.forEach(ProcessHandle::destroyForcibly);
    }

    /** Reads a stream to its end or to the limit. */
    private static final class Reader extends Thread {
        private final InputStream stream;
        private final Process process;
        private final AtomicBoolean cut;
        private volatile String text = "";

        Reader(InputStream stream, Process process, AtomicBoolean cut) {
            super("settle-tool-output");
            this.stream = stream;
            this.process = process;
            this.cut = cut;
            setDaemon(true);
            start();
        }

        @Override
        public void run() {
            try {
                byte[] bytes = stream.readNBytes(OUTPUT_BYTES_MAX + 1);
                if (bytes.length > OUTPUT_BYTES_MAX) {
                    cut.set(true);
                    end(process);
                }
                text = new String(bytes, StandardCharsets.UTF_8);
            } catch (IOException e) {
                // The stream of a process that was ended breaks off; its answer does not count any more.
                text = "";
            }
        }

        String text() {
            return text;
        }
    }
}
