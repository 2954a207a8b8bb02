package dev.settle.core.wrapper;

import static org.assertj.core.api.Assertions.assertThat;

import dev.settle.core.model.Resources;
import dev.settle.core.scheduler.SubmitRequest;
import dev.settle.core.scheduler.SubmitToken;
import dev.settle.testdata.Launch;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/** One item in a folder of its own, and the real wrapper around it. */
final class WrapperFixture {
    private static final long WAIT_SECONDS = 30;
    private List<Integer> indices = List.of();

    final Path dir;
    SubmitToken token = new SubmitToken("st0123456789ab");
    final Map<String, String> env = new HashMap<>();
    /** What the scheduler would have in the environment. */
    final Map<String, String> outer = new HashMap<>();

    String item = "item";
    String setup = "";
    Path workingDir;
    Optional<Duration> timeout = Optional.empty();
    Optional<Duration> timeLimit = Optional.empty();
    JobWrapper.Mode mode = JobWrapper.Mode.LOCAL;
    private boolean isTask;
    /** Run before the wrapper in the shell that becomes it. */
    String before = "";
    /** Run after it in the same shell. */
    String after = "";

    List<String> prefix = List.of();
    List<String> arguments = List.of();

    WrapperFixture(Path dir) {
        this.dir = dir;
        this.workingDir = dir;
    }

    Path record() {
        return dir.resolve("run/records/" + item + ".1");
    }

    Path stdout() {
        return dir.resolve("run/items/" + item + "/stdout");
    }

    Path stderr() {
        return dir.resolve("run/items/" + item + "/stderr");
    }

    WrapperFixture withoutPerl() {
        outer.put("SETTLE_PERL", "");
        return this;
    }

    /** The batch script is that of an array. */
    WrapperFixture asTask() {
        isTask = true;
        return this;
    }

    /** Starts the wrapper; the process is the wrapper itself. */
    Process start(String script) throws IOException {
        return builder(script).start();
    }

    /** Runs a script and returns the raw status of wait(2), which tells exit 137 from signal 9. */
    int run(String script) throws Exception {
        List<String> command = new ArrayList<>(List.of("perl", "-e", "system @ARGV; print $?", "env"));
        outer.forEach((name, value) -> command.add(name + "=" + value));
        ProcessBuilder builder = builder(script);
        builder.environment().keySet().removeAll(outer.keySet());
        command.addAll(builder.command());
        builder.command(command).redirectOutput(dir.resolve("status").toFile());
        await(builder.start());
        return Integer.parseInt(Files.readString(dir.resolve("status")));
    }

    /** The job is the only task of an array of the user's. */
    WrapperFixture ofIndex(int index) {
        indices = List.of(index);
        return this;
    }

    private ProcessBuilder builder(String script) throws IOException {
        env.putIfAbsent(
                "SETTLE_RESULT",
                dir.resolve("run/items/" + item + ".result.json").toString());
        SubmitRequest.Task task = new SubmitRequest.Task(
                item,
                1,
                script,
                setup.isEmpty() ? Optional.empty() : Optional.of(setup),
                workingDir,
                env,
                stdout(),
                stderr(),
                record(),
                timeout,
                Optional.empty(),
                arguments);
        JobWrapper wrapper = JobWrapper.install(dir.resolve("state"));
        Path jobs = dir.resolve("jobs");
        SubmitRequest request =
                new SubmitRequest(token, "test", Optional.empty(), resources(), List.of(task), indices, 0);
        wrapper.writeJobs(request, mode, jobs, Duration.ofMillis(700));
        String own = isTask ? wrapper.lineOfTask(jobs) : wrapper.shellLine(request, jobs);
        String line = after.isEmpty() ? own : "( " + own + " )\n" + after;
        List<String> command = new ArrayList<>(prefix);
        command.addAll(Launch.command("/bin/sh", List.of("-c", before + "\n" + line)));
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.environment().putAll(outer);
        builder.redirectOutput(dir.resolve("outer.out").toFile());
        builder.redirectError(dir.resolve("outer.err").toFile());
        return builder;
    }

    private Resources resources() {
        Resources none = Resources.NONE;
        return new Resources(
                none.cpus(),
                none.memoryBytes(),
                none.gpus(),
                none.gres(),
                timeLimit,
                none.partition(),
                none.account(),
                none.qos(),
                none.constraint(),
                none.extra());
    }

    void await(Process process) throws InterruptedException {
        assertThat(process.waitFor(WAIT_SECONDS, TimeUnit.SECONDS))
                .as("it ends")
                .isTrue();
    }

    ExitRecord ended() throws IOException {
        return ExitRecord.read(record()).orElseThrow();
    }

    String out() throws IOException {
        return Files.readString(stdout(), StandardCharsets.ISO_8859_1);
    }

    String err() throws IOException {
        return Files.readString(stderr(), StandardCharsets.ISO_8859_1);
    }

    /** The process id that a script wrote into a file of the working directory. */
    long pidIn(String file) throws InterruptedException, IOException {
        Path path = dir.resolve(file);
        eventually(() -> content(path).endsWith("\n"), file + " is written");
        return Long.parseLong(content(path).strip());
    }

    static boolean alive(long pid) {
        Path stat = Path.of("/proc", Long.toString(pid), "stat");
        String text = content(stat);
        return !text.isEmpty() && text.charAt(text.lastIndexOf(')') + 2) != 'Z';
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

    /** The wrapper runs as Slurm would run it, in the job of this number. */
    WrapperFixture inSlurm(String id) {
        mode = JobWrapper.Mode.SLURM;
        outer.put("SLURM_JOB_ID", id);
        return this;
    }
}
