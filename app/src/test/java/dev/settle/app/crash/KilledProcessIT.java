package dev.settle.app.crash;

import static org.assertj.core.api.Assertions.assertThat;

import dev.settle.core.json.Fields;
import dev.settle.core.json.Json;
import dev.settle.testdata.FakeSlurm;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * The driver as a process, killed at changes of its files and by the scheduler's commands before and after they work;
 * then {@code recover} or {@code watch} through the launcher. {@link KillMatrixTest} tries every place.
 */
@Timeout(400)
final class KilledProcessIT {
    private static final long SECONDS_MAX = 120;
    private static final int TOGETHER = 4;
    private static final Path SETTLE =
            Path.of(System.getProperty("settle.dist")).resolve("bin/settle");
    private static final List<String> EXPECTED = List.of("a.1", "b.1", "bad.1", "last.1");

    @TempDir
    Path folder;

    /** One place where a driver dies: at an act on its files, or by the plan of the fake Slurm. */
    record Point(String backend, int act, CrashPoint.When when, String plan) {}

    /** One trial's folder and cluster. */
    private static final class Trial {
        private final Path home;
        private final FakeSlurm slurm;
        private int commands;
        private String said = "";

        Trial(Path home, FakeSlurm slurm) {
            this.home = home;
            this.slurm = slurm;
        }

        int run(List<String> words) throws IOException, InterruptedException {
            Path out = home.resolve("out-" + ++commands);
            ProcessBuilder builder = new ProcessBuilder(words)
                    .directory(home.toFile())
                    .redirectErrorStream(true)
                    .redirectOutput(out.toFile());
            builder.environment().putAll(slurm.environment());
            builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
            builder.environment().put("SETTLE_HOME", home.resolve("state").toString());
            Process process = builder.start();
            boolean ended = process.waitFor(SECONDS_MAX, TimeUnit.SECONDS);
            if (!ended) {
                process.destroyForcibly();
            }
            said = Files.readString(out);
            return ended ? process.exitValue() : -1;
        }

        int settle(String... args) throws IOException, InterruptedException {
            List<String> words = new ArrayList<>(List.of(SETTLE.toString()));
            words.addAll(List.of(args));
            return run(words);
        }
    }

    @Test
    void killedDriverLosesNoJobAndRunsNoneTwice() throws Exception {
        List<Point> points = new ArrayList<>();
        for (int act = 9; act <= 37; act += 4) {
            points.add(new Point("local", act, act % 8 == 1 ? CrashPoint.When.BEFORE : CrashPoint.When.AMID, ""));
            points.add(new Point("slurm", act + 2, act % 8 == 1 ? CrashPoint.When.AMID : CrashPoint.When.BEFORE, ""));
        }
        for (String command : List.of("sbatch@1", "sbatch@2", "squeue@1", "sacct@1")) {
            points.add(new Point("slurm", Integer.MAX_VALUE, CrashPoint.When.BEFORE, command + " kill-caller"));
            points.add(new Point("slurm", Integer.MAX_VALUE, CrashPoint.When.BEFORE, command + " after kill-caller"));
        }
        points.add(new Point(
                "slurm",
                Integer.MAX_VALUE,
                CrashPoint.When.BEFORE,
                "sbatch@1 kill-caller\nsbatch@1 fail 1 died as well"));
        ExecutorService pool = Executors.newFixedThreadPool(TOGETHER);
        List<String> troubles = new ArrayList<>();
        int killed = 0;
        try {
            List<Future<Boolean>> results = new ArrayList<>();
            for (Point point : points) {
                results.add(pool.submit(() -> tryOut(point, troubles)));
            }
            for (Future<Boolean> result : results) {
                killed += result.get() ? 1 : 0;
            }
        } finally {
            pool.shutdownNow();
        }
        assertThat(troubles).isEmpty();
        assertThat(killed).isGreaterThanOrEqualTo(points.size() * 2 / 3);
    }

    /** Whether the driver was killed before its run ended. */
    private boolean tryOut(Point point, List<String> troubles) throws IOException, InterruptedException {
        Path home = Files.createTempDirectory(folder, "home");
        try (FakeSlurm slurm = FakeSlurm.create()) {
            slurm.plan(point.plan());
            Trial trial = new Trial(home, slurm);
            Files.writeString(home.resolve("crash.yaml"), """
                            name: crash
                            backend: BACKEND
                            max_concurrent: 3
                            items:
                              - {id: a, command: "echo a.$SETTLE_ATTEMPT >> RAN"}
                              - {id: b, command: "echo b.$SETTLE_ATTEMPT >> RAN"}
                              - {id: bad, command: "echo bad.$SETTLE_ATTEMPT >> RAN; exit 3", time_limit: 5m}
                              - {id: last, command: "echo last.$SETTLE_ATTEMPT >> RAN", deps: [a, b]}
                            """.replace("BACKEND", point.backend())
                    .replace("RAN", home.resolve("ran").toString()));
            int died = trial.run(List.of(
                    Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                    "-XX:TieredStopAtLevel=1",
                    "-XX:+UseSerialGC",
                    "-Xshare:auto",
                    "-cp",
                    System.getProperty("java.class.path"),
                    CrashingMain.class.getName(),
                    Integer.toString(point.act()),
                    point.when().name(),
                    "run",
                    "--interval",
                    "1s",
                    "--lost-after",
                    "2s",
                    "crash.yaml"));
            String trouble = troubleOf(trial, point);
            if (!trouble.isEmpty()) {
                synchronized (troubles) {
                    troubles.add(point + ": driver " + died + ": " + trouble);
                }
            }
            return died == CrashingMain.KILLED;
        }
    }

    private static String troubleOf(Trial trial, Point point) throws IOException, InterruptedException {
        if (trial.settle("list", "--json") != 0) {
            return "list: " + trial.said;
        }
        List<Fields> runs = Json.parseObject(trial.said).objects("runs");
        List<String> ran = ran(trial.home);
        if (runs.isEmpty()) {
            return ran.isEmpty() ? "" : "no run, but these ran: " + ran;
        }
        if (runs.get(0).text("state").equals("running")) {
            return "it reads running, and its driver is dead";
        }
        if (point.act() % 3 == 0 && trial.settle("recover") != 0) {
            return "recover: " + trial.said;
        }
        int watched = trial.settle("watch", "--exit-status", "--interval", "1s", "--lost-after", "2s");
        if (watched != 1) {
            return "watch " + watched + ": " + trial.said;
        }
        ran = ran(trial.home);
        if (!ran.equals(EXPECTED)) {
            return "these ran: " + ran;
        }
        if (trial.settle("status", "--json") != 0) {
            return "status: " + trial.said;
        }
        Map<String, String> verdicts = new TreeMap<>();
        for (Fields item : Json.parseObject(trial.said).objects("items")) {
            verdicts.put(item.text("id"), item.text("state") + "/" + item.text("confirmed_by"));
        }
        String by = point.backend().equals("slurm") ? "accounting" : "exit_record";
        // Of failures the queue may have the word before accounting has it.
        String failed = verdicts.getOrDefault("bad", "").equals("failed/controller") ? "controller" : by;
        Map<String, String> expected = Map.of(
                "a", "completed/" + by, "b", "completed/" + by, "bad", "failed/" + failed, "last", "completed/" + by);
        return verdicts.equals(expected) ? "" : "verdicts: " + verdicts;
    }

    private static List<String> ran(Path home) throws IOException {
        Path ran = home.resolve("ran");
        return Files.exists(ran) ? Files.readAllLines(ran).stream().sorted().toList() : List.of();
    }
}
