package dev.settle.slurm.tools;

import static org.assertj.core.api.Assertions.assertThat;

import dev.settle.slurm.tools.ToolRunner.Kind;
import dev.settle.slurm.tools.ToolRunner.Result;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Commands that do not behave: each gets its answer in a bounded time, and what was started is over. */
final class ProcessToolRunnerTest {
    private static final Duration LONG = Duration.ofSeconds(60);
    private static final Duration SHORT = Duration.ofSeconds(1);

    @TempDir
    private Path folder;

    private final Map<String, String> environment = Map.of("PATH", "/usr/bin:/bin");
    private final ToolRunner runner = new ProcessToolRunner(environment);

    private Result shell(String script, Duration limit) {
        return runner.run(List.of("sh", "-c", script, "sh", folder.toString()), limit);
    }

    private static void await(BooleanSupplier condition) throws InterruptedException {
        for (int i = 0; i < 1500 && !condition.getAsBoolean(); i++) {
            Thread.sleep(20);
        }
        assertThat(condition.getAsBoolean()).isTrue();
    }

    private long pidIn(String name) throws IOException, InterruptedException {
        Path file = folder.resolve(name);
        await(() -> Files.exists(file) && file.toFile().length() > 1);
        return Long.parseLong(Files.readString(file).strip());
    }

    private static boolean isGone(long pid) {
        return ProcessHandle.of(pid).filter(ProcessHandle::isAlive).isEmpty();
    }

    @Test
    void answerHasBothStreamsAndTheExitCode() {
        assertThat(shell("echo out; echo err >&2; exit 3", LONG))
                .isEqualTo(new Result(Kind.EXITED, 3, "out\n", "err\n"));
        assertThat(shell("kill -9 $$", LONG).exitCode()).isEqualTo(137);
    }

    @Test
    void argumentsReachTheCommandAsTheyAre() {
        List<String> arguments = List.of("", "a b", "\"q\"", "'s'", "${HOME}", "back\\slash", "*", "line\nbreak");
        Result result = runner.run(
                Stream.concat(List.of("printf", "<%s>").stream(), arguments.stream())
                        .toList(),
                LONG);
        assertThat(result.stdout()).isEqualTo("<" + String.join("><", arguments) + ">");
    }

    @Test
    void commandsRunWithoutSetsidAndAreAwayFromTheTerminalsProcessGroup() {
        assertThat(ToolEnvironment.ownSession(environment)).hasSize(2).last().isEqualTo("-w");
        ToolRunner bare = new ProcessToolRunner(environment, List.of());
        Result result = bare.run(List.of("sh", "-c", "ps -o pgid= -p $PPID; ps -o pid= -p $PPID"), LONG);
        assertThat(result.kind()).isEqualTo(Kind.EXITED);
        assertThat(result.stdout().lines().map(String::strip).distinct())
                .as("timeout leads a group")
                .hasSize(1);
    }

    @Test
    void stdinIsAtItsEnd() {
        assertThat(shell("cat; echo over", LONG).stdout()).isEqualTo("over\n");
    }

    @Test
    void commandThatHangsIsEndedAtItsLimit() throws Exception {
        Result result = shell("echo $$ > \"$1/pid\"; echo begun; sleep 100", SHORT);
        assertThat(result.kind()).isEqualTo(Kind.TIMED_OUT);
        long pid = pidIn("pid");
        await(() -> isGone(pid));
    }

    @Test
    void commandThatIsDeafToTermIsKilledWithAllItStarted() throws Exception {
        String deaf = "trap '' TERM; sleep 100 & echo $! > \"$1/child\"; echo $$ > \"$1/pid\"; wait; wait; sleep 100";
        long before = System.nanoTime();
        assertThat(shell(deaf, SHORT).kind()).isEqualTo(Kind.TIMED_OUT);
        assertThat(Duration.ofNanos(System.nanoTime() - before)).isLessThan(Duration.ofSeconds(20));
        for (String name : List.of("pid", "child")) {
            long pid = pidIn(name);
            await(() -> isGone(pid));
        }
    }

    @Test
    void orphanInTheSessionIsEndedWithTheCommand() throws Exception {
        // Its parent is gone: it is no descendant of the command any more.
        String orphan = "(sleep 100 & echo $! > \"$1/orphan\"); sleep 100";
        assertThat(shell(orphan, SHORT).kind()).isEqualTo(Kind.TIMED_OUT);
        long pid = pidIn("orphan");
        await(() -> isGone(pid));
    }

    @Test
    void grandchildThatHoldsStdoutMakesTheAnswerIncompleteAndKeepsNobodyWaiting() throws Exception {
        Result result = shell("sleep 100 2> /dev/null & echo $! > \"$1/holder\"; echo begun", LONG);
        assertThat(result.kind()).isEqualTo(Kind.HELD_OPEN);
        assertThat(result.isGood()).isFalse();
        assertThat(result.stdout()).isEqualTo("begun\n");
        ProcessHandle.of(pidIn("holder")).ifPresent(ProcessHandle::destroyForcibly);
    }

    @Test
    void grandchildThatHoldsOnlyStderrLeavesTheAnswerComplete() throws Exception {
        // ssh leaves a process of its own behind that does so, for connections that are shared.
        Result result = shell("sleep 100 > /dev/null & echo $! > \"$1/holder\"; echo whole", LONG);
        assertThat(result).isEqualTo(new Result(Kind.EXITED, 0, "whole\n", ""));
        ProcessHandle.of(pidIn("holder")).ifPresent(ProcessHandle::destroyForcibly);
    }

    @Test
    void outputWithoutEndIsCutAndItsSourceEnded() throws Exception {
        Result result = new ToolExecutionOf(1 << 20).shell("echo $$ > \"$1/pid\"; yes", folder);
        assertThat(result.kind()).isEqualTo(Kind.CUT);
        long pid = pidIn("pid");
        await(() -> isGone(pid));
    }

    @Test
    void interruptionEndsTheCommandAndIsKept() throws Exception {
        CompletableFuture<Result> result = new CompletableFuture<>();
        CompletableFuture<Boolean> interrupted = new CompletableFuture<>();
        Thread thread = new Thread(() -> {
            result.complete(shell("trap '' TERM; echo $$ > \"$1/pid\"; sleep 100; sleep 100", LONG));
            interrupted.complete(Thread.currentThread().isInterrupted());
        });
        thread.start();
        long pid = pidIn("pid");
        thread.interrupt();
        assertThat(result.get(20, TimeUnit.SECONDS).kind()).isEqualTo(Kind.TIMED_OUT);
        assertThat(interrupted.get(20, TimeUnit.SECONDS)).isTrue();
        await(() -> isGone(pid));
    }

    @Test
    void commandIsOverAtItsLimitWhenSettleIsKilledMeanwhile() throws Exception {
        Process settle = new ProcessBuilder(
                        ProcessHandle.current().info().command().orElse("java"),
                        "-cp",
                        System.getProperty("java.class.path"),
                        Runs.class.getName(),
                        folder.toString())
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("settle.log").toFile())
                .start();
        long pid = pidIn("pid");
        settle.destroyForcibly().waitFor();
        assertThat(isGone(pid)).isFalse();
        await(() -> isGone(pid));
    }

    /** A process that waits for a command. */
    static final class Runs {
        public static void main(String[] folder) {
            new ProcessToolRunner(System.getenv())
                    .run(
                            List.of("sh", "-c", "trap '' TERM; echo $$ > \"$1/pid\"; exec sleep 100", "sh", folder[0]),
                            Duration.ofSeconds(2));
        }
    }

    @Test
    void programThatIsNotThereIsNotStarted() {
        Result result = runner.run(List.of("squeue-that-is-not-there"), LONG);
        assertThat(result.kind()).isEqualTo(Kind.NOT_STARTED);
        assertThat(result.exitCode()).isEqualTo(ToolRunner.EXIT_NO_SUCH_PROGRAM);
    }

    @Test
    void programThatSaysItselfThatSomethingIsNotThereWasStarted() {
        assertThat(shell("echo 'sh: nothing' >&2; exit 127", LONG).kind()).isEqualTo(Kind.EXITED);
    }

    /** A limit of output that a test reaches in no time. */
    private record ToolExecutionOf(int outputBytesMax) {
        Result shell(String script, Path folder) throws IOException {
            return new ToolExecution(new byte[0], LONG, outputBytesMax)
                    .run(
                            List.of("setsid", "-w", "sh", "-c", script, "sh", folder.toString()),
                            Map.of("PATH", "/usr/bin:/bin"));
        }
    }
}
