package dev.settle.app.crash;

import static org.assertj.core.api.Assertions.assertThat;

import dev.settle.app.local.LocalScheduler;
import dev.settle.core.environment.EnvironmentBlock;
import dev.settle.core.environment.JobOrigin;
import dev.settle.core.journal.RunFolder;
import dev.settle.core.model.Plan;
import dev.settle.core.model.Plan.BackendName;
import dev.settle.core.run.ItemState;
import dev.settle.core.run.RunState;
import dev.settle.core.runfile.ReadContext;
import dev.settle.core.runfile.RunFiles;
import dev.settle.core.scheduler.Scheduler;
import dev.settle.core.wrapper.JobWrapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * A driver is killed at every change of a file and before and after every command to its scheduler; the next one
 * finishes. The jobs that ran are those of the plan, each once, and the verdicts are right.
 */
@Timeout(300)
final class KillMatrixTest {
    /** {@code -Dsettle.seeds=100000} tries longer. */
    private static final int SEEDS = Math.max(30, Integer.getInteger("settle.seeds", 0) / 100);

    private static final int LARGE = 500;

    /** The snapshot of a driver that leaves, and giving back the lease, are the last things it does. */
    private static final int LAST_ACTS = 8;

    @TempDir
    Path folder;

    /** Where drivers die: one after the other, the last one lives. */
    record Point(List<Integer> acts, CrashPoint.When when) {}

    /** What became of all points. */
    private static final class Tally {
        int tried;
        int deaths;
        final List<String> lost = new ArrayList<>();
        final List<String> twice = new ArrayList<>();
        final List<String> stuck = new ArrayList<>();
        final List<String> wrong = new ArrayList<>();
    }

    private interface World {
        CrashedRun run(Path home);

        List<String> ran();
    }

    private static World onSlurm(Path home) {
        Clock clock = new FastClock(40);
        Cluster cluster = new Cluster(CrashPlan.EXIT_CODES, clock);
        return new World() {
            @Override
            public CrashedRun run(Path place) {
                return new CrashedRun(
                        place,
                        CrashPlan.plan(home.resolve("ran"), BackendName.SLURM),
                        CrashPlan.policy(BackendName.SLURM),
                        clock,
                        run -> cluster);
            }

            @Override
            public List<String> ran() {
                return cluster.ran();
            }
        };
    }

    private static World onThisMachine(Path home) {
        Path ran = home.resolve("ran");
        Function<RunFolder, Scheduler> schedulers = run -> {
            try {
                return new LocalScheduler(
                        JobWrapper.install(home),
                        run.records(),
                        CrashPlan.policy(BackendName.LOCAL).maxConcurrent(),
                        JobOrigin.of(EnvironmentBlock.of(Map.of("PATH", "/usr/bin:/bin"))),
                        Clock.systemUTC());
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        };
        return new World() {
            @Override
            public CrashedRun run(Path place) {
                return new CrashedRun(
                        place,
                        CrashPlan.plan(ran, BackendName.LOCAL),
                        CrashPlan.policy(BackendName.LOCAL),
                        Clock.systemUTC(),
                        schedulers);
            }

            @Override
            public List<String> ran() {
                try {
                    return Files.exists(ran) ? Files.readAllLines(ran) : List.of();
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            }
        };
    }

    @Test
    void onSlurmNoJobIsLostOrRunTwiceWhereverTheDriverDies() throws Exception {
        check(KillMatrixTest::onSlurm, List.of(CrashPoint.When.values()), 48, 200);
    }

    @Test
    void onThisMachineNoJobIsLostOrRunTwiceWhereverTheDriverDies() throws Exception {
        // Jobs are real here, and cost: what is left out is the same as dying before the next act.
        check(KillMatrixTest::onThisMachine, List.of(CrashPoint.When.BEFORE, CrashPoint.When.AMID), 8, 120);
    }

    /** A run that is large enough for a snapshot, whose driver dies while it writes one and around. */
    @Test
    void largeRunOpensWhereverTheDriverDiesAtItsSnapshot() throws Exception {
        int acts = large(Files.createDirectory(folder.resolve("calm"))).actsOfAWholeLife();
        int snapshots = 0;
        for (int act = acts - LAST_ACTS; act <= acts; act++) {
            CrashPoint.When when = CrashPoint.When.values()[act % 3];
            Path home = Files.createTempDirectory(folder, "large");
            CrashedRun run = large(home);
            run.live(act, when);
            assertThat(run.live(Integer.MAX_VALUE, CrashPoint.When.BEFORE))
                    .as("after a death at %d %s: %s", act, when, run.said())
                    .isEqualTo(CrashedRun.End.ENDED);
            RunState state = run.state().orElseThrow();
            assertThat(state.counts().of(ItemState.COMPLETED)).isEqualTo(LARGE);
            snapshots += Files.exists(run.folder().orElseThrow().snapshot()) ? 1 : 0;
        }
        assertThat(snapshots)
                .as("the test is worth something only if there are snapshots")
                .isPositive();
    }

    private static CrashedRun large(Path home) {
        Clock clock = new FastClock(40);
        Cluster cluster = new Cluster(Map.of(), clock);
        String items = IntStream.range(0, LARGE)
                .mapToObj(i -> "{id: i" + i + ", command: 'true'}")
                .collect(Collectors.joining(", "));
        Plan plan = RunFiles.read("items: [" + items + "]", "large.yaml", new ReadContext(home, home, asked -> "slurm"))
                .plan()
                .orElseThrow();
        return new CrashedRun(home, plan, CrashPlan.large(), clock, run -> cluster);
    }

    private void check(Function<Path, World> worlds, List<CrashPoint.When> whens, int together, int pointsLeast)
            throws Exception {
        Path calm = Files.createDirectory(folder.resolve("calm"));
        World undisturbed = worlds.apply(calm);
        int acts = undisturbed.run(calm).actsOfAWholeLife();
        assertThat(sorted(undisturbed.ran())).isEqualTo(CrashPlan.EXPECTED_RUNS);
        Tally tally = new Tally();
        ExecutorService pool = Executors.newFixedThreadPool(together);
        try {
            List<Future<?>> results = new ArrayList<>();
            for (Point point : points(acts, whens)) {
                Callable<String> trial = () -> {
                    tryOut(point, worlds, tally);
                    return "";
                };
                results.add(pool.submit(trial));
            }
            for (Future<?> result : results) {
                result.get();
            }
        } finally {
            pool.shutdownNow();
        }
        assertThat(tally.lost).as("lost").isEmpty();
        assertThat(tally.twice).as("run twice").isEmpty();
        assertThat(tally.stuck).as("stuck").isEmpty();
        assertThat(tally.wrong).as("wrong verdicts").isEmpty();
        assertThat(tally.tried).isGreaterThanOrEqualTo(pointsLeast);
        assertThat(tally.deaths).isGreaterThanOrEqualTo(pointsLeast);
    }

    /** Every act of a life, before, amid and after; and lives of several drivers that die early, from seeds. */
    private static List<Point> points(int acts, List<CrashPoint.When> whens) {
        List<Point> points = new ArrayList<>();
        for (int act = 1; act <= acts; act++) {
            for (CrashPoint.When when : whens) {
                points.add(new Point(List.of(act), when));
            }
        }
        for (int seed = 0; seed < SEEDS; seed++) {
            Random random = new Random(seed);
            List<Integer> several =
                    random.ints(1 + random.nextInt(4), 1, 45).boxed().toList();
            points.add(new Point(several, whens.get(random.nextInt(whens.size()))));
        }
        return points;
    }

    private void tryOut(Point point, Function<Path, World> worlds, Tally tally) throws Exception {
        Path home = Files.createTempDirectory(folder, "home");
        World world = worlds.apply(home);
        CrashedRun run = world.run(home);
        int deaths = 0;
        for (int act : point.acts()) {
            deaths += run.live(act, point.when()) == CrashedRun.End.KILLED ? 1 : 0;
        }
        CrashedRun.End end = run.live(Integer.MAX_VALUE, CrashPoint.When.BEFORE);
        Optional<RunState> state = run.state();
        List<String> ran = sorted(world.ran());
        List<String> missing = new ArrayList<>(CrashPlan.EXPECTED_RUNS);
        ran.forEach(missing::remove);
        List<String> more = new ArrayList<>(ran);
        CrashPlan.EXPECTED_RUNS.forEach(more::remove);
        synchronized (tally) {
            tally.tried++;
            tally.deaths += deaths;
            // A run that ended before its driver could die has nothing left for the last one.
            if (state.isEmpty() || state.get().ended().isEmpty()) {
                tally.stuck.add(point + ": " + end + " " + run.said());
                return;
            }
            if (!missing.isEmpty()) {
                tally.lost.add(point + ": " + missing);
            }
            if (!more.isEmpty()) {
                tally.twice.add(point + ": " + more);
            }
            Map<String, String> verdicts = CrashPlan.verdicts(state.get());
            if (!verdicts.equals(CrashPlan.EXPECTED_VERDICTS) || state.get().unconfirmed() > 0) {
                tally.wrong.add(point + ": " + verdicts);
            }
        }
    }

    private static List<String> sorted(List<String> words) {
        return words.stream().sorted().toList();
    }
}
