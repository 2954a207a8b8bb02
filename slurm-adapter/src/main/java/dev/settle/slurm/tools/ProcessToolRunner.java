package dev.settle.slurm.tools;

import dev.settle.core.environment.EnvironmentBlock;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Runs commands as processes, each in a session of its own, so that a Ctrl-C at the terminal does not reach them, and
 * ends their whole tree at the limit: a hung sacct hangs for ever (slurm.md, 10). Where there is no setsid(1), the process
 * group that timeout(1) makes keeps the Ctrl-C away.
 */
public final class ProcessToolRunner implements ToolRunner {
    /** 100,000 rows of sacct have 20 MB; the heap of 320 MB holds this, and the text that is made of it. */
    private static final int OUTPUT_BYTES_MAX = 48 << 20;

    private final Map<String, String> environment;
    private final Optional<Submissions> submissions;
    private final List<String> ownSession;

    /** With these {@code timeout} and {@code env} exit when they cannot start the program, and say why on stderr. */
    private static final Set<Integer> EXITS_NOT_STARTED = Set.of(126, 127);

    private static final List<String> STARTERS = List.of("timeout: ", "env: ", "prlimit: ");

    /** ENOENT as the JDK words it. */
    private static final String NO_SUCH_FILE = "error=2,";

    /**
     * A runner for questions alone.
     *
     * @param environment the variables of the calling process
     */
    public ProcessToolRunner(Map<String, String> environment) {
        this(environment, ToolEnvironment.ownSession(environment));
    }

    /** @param ownSession what starts a command in a session of its own; nothing where there is no setsid(1) */
    ProcessToolRunner(Map<String, String> environment, List<String> ownSession) {
        this(environment, Optional.empty(), ownSession);
    }

    /**
     * A runner.
     *
     * @param environment the variables of the calling process
     * @param submissions what sbatch hands on to jobs
     */
    public ProcessToolRunner(Map<String, String> environment, Submissions submissions) {
        this(environment, Optional.of(submissions), ToolEnvironment.ownSession(environment));
    }

    private ProcessToolRunner(
            Map<String, String> environment, Optional<Submissions> submissions, List<String> ownSession) {
        this.environment = Map.copyOf(environment);
        this.submissions = submissions;
        this.ownSession = List.copyOf(ownSession);
    }

    @Override
    public Result run(List<String> argv, Duration limit) {
        List<String> words = new ArrayList<>();
        List<String> command = new ArrayList<>(argv);
        command.set(0, ToolEnvironment.program(environment, argv.get(0)));
        byte[] input = {};
        if (submissions.isPresent() && ToolEnvironment.isSubmission(argv.get(0))) {
            // Java itself could pass on only what is text.
            input = submissions.get().script(command, environment);
            words.add("/bin/sh");
            if (!submissions.get().origin().secrets().isEmpty()) {
                return run(words, input, limit, OUTPUT_BYTES_MAX, EnvironmentBlock.ofShell());
            }
        } else {
            words.addAll(command);
        }
        return run(words, input, limit, OUTPUT_BYTES_MAX, ToolEnvironment.ofQuestion(environment));
    }

    /**
     * Runs a script with secrets, which begins with {@link EnvironmentBlock#ofShell}.
     *
     * @param outputBytesMax of each of its two streams; it is ended when it writes more
     */
    public Result runSecretScript(byte[] script, Duration limit, int outputBytesMax) {
        return run(List.of("/bin/sh"), script, limit, outputBytesMax, EnvironmentBlock.ofShell());
    }

    /**
     * Runs a script of {@code /bin/sh} that sets its own environment, as a command of the user's needs it.
     *
     * @param outputBytesMax of each of its two streams; it is ended when it writes more
     */
    public Result runScript(byte[] script, Duration limit, int outputBytesMax) {
        return run(List.of("/bin/sh"), script, limit, outputBytesMax, ToolEnvironment.ofQuestion(environment));
    }

    private Result run(
            List<String> command, byte[] input, Duration limit, int outputBytesMax, Map<String, String> variables) {
        List<String> words = new ArrayList<>(command.size() + 5);
        // Its limit has to hold as well when settle is killed: a later look-up of a submission whose answer the killed
        // process did not get relies on sbatch being over by then.
        words.addAll(ownSession);
        words.addAll(List.of(
                "timeout",
                "--signal=KILL",
                Long.toString(limit.plus(ProcessTree.GRACE).toSeconds() + 1)));
        words.addAll(command);
        try {
            Result result = new ToolExecution(input, limit, outputBytesMax).run(words, variables);
            return isNotStarted(result)
                    ? new Result(
                            Kind.NOT_STARTED,
                            result.exitCode(),
                            "",
                            result.stderr().strip())
                    : result;
        } catch (OutOfMemoryError e) {
            return new Result(Kind.SHORTAGE, -1, "", String.valueOf(e.getMessage()));
        } catch (IOException e) {
            String why = String.valueOf(e.getMessage());
            return new Result(Kind.NOT_STARTED, why.contains(NO_SUCH_FILE) ? EXIT_NO_SUCH_PROGRAM : -1, "", why);
        }
    }

    private static boolean isNotStarted(Result result) {
        return result.kind() == Kind.EXITED
                && EXITS_NOT_STARTED.contains(result.exitCode())
                && STARTERS.stream().anyMatch(result.stderr()::startsWith);
    }
}
