package dev.settle.app.engine;

import dev.settle.app.config.Configuration;
import dev.settle.app.engine.backend.EngineOptions;
import dev.settle.app.engine.backend.SlurmAccess;
import dev.settle.app.local.LocalScheduler;
import dev.settle.app.process.App;
import dev.settle.app.runs.CommandTally;
import dev.settle.app.runs.JobEnvironment;
import dev.settle.app.runs.Requests;
import dev.settle.app.runs.Runs;
import dev.settle.core.environment.EnvironmentBlock;
import dev.settle.core.environment.JobOrigin;
import dev.settle.core.kernel.Policy;
import dev.settle.core.model.Plan;
import dev.settle.core.model.Plan.BackendName;
import dev.settle.core.run.RunState;
import dev.settle.core.scheduler.Scheduler;
import dev.settle.core.wrapper.JobWrapper;
import dev.settle.slurm.ClusterLimits;
import dev.settle.slurm.KnownClusters;
import dev.settle.slurm.SlurmClusters;
import dev.settle.slurm.SlurmScheduler;
import dev.settle.slurm.SlurmUser;
import dev.settle.slurm.tools.ProcessToolRunner;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/** Makes what a drive needs: the scheduler of the run's backend and the policy. */
public final class Schedulers {
    private Schedulers() {}

    /** The setup for a run on its own backend. */
    public static Engine.Setup setup(App app, Runs runs, Runs.OpenRun run, Requests requests, EngineOptions policies)
            throws IOException {
        Plan plan = run.state().plan();
        BackendName backend = BackendName.ofWord(run.state().opened().backend())
                .orElseThrow(() ->
                        new IOException("run " + run.state().id() + " is on a backend that this version does not know: "
                                + run.state().opened().backend()));
        SlurmClusters.Reach slurm = SlurmAccess.of(
                app,
                runs.home(),
                JobEnvironment.of(run.folder(), app.environment()),
                Path.of(run.state().opened().directory()),
                policies.interval(),
                new CommandTally(run.folder()));
        Policy policy = policies.of(
                plan,
                backend,
                Configuration.read(app.environment()),
                app.environment().user(),
                app.wiring().uid(),
                Runtime.getRuntime().availableProcessors(),
                backend == BackendName.LOCAL
                                || !SlurmScheduler.takesArrays(run.folder().scripts())
                        ? 1
                        : arrayMax(slurm.home(), run.state()));
        return new Engine.Setup(policy, scheduler(app, runs, run, policy, slurm), new Generated(app), requests);
    }

    /** Asked once a driver, where there may be an array at all. */
    private static int arrayMax(SlurmScheduler.Access access, RunState state) {
        Plan plan = state.plan();
        boolean single = plan.items().size() == 1
                && plan.items().get(0).generatesSource().isEmpty();
        return single || plan.queue().isPresent() || state.opened().watched()
                ? ClusterLimits.ARRAY_TASKS
                : ClusterLimits.arrayTasks(access.tools()).orElse(ClusterLimits.ARRAY_TASKS);
    }

    /**
     * Slurm for questions about jobs that somebody else submitted.
     *
     * @param interval the pause that the user asked for: whoever keeps to a smaller budget holds up those who ask with him
     */
    public static SlurmClusters slurmToAsk(App app, Optional<Duration> interval) {
        return SlurmClusters.toAsk(
                SlurmAccess.of(
                        app,
                        new Runs(app).home(),
                        JobOrigin.of(EnvironmentBlock.of(Map.of())),
                        Path.of("/"),
                        interval,
                        tool -> {}),
                app.wiring().clock(),
                me(app));
    }

    /** Which clusters there are, as Slurm's accounting has it. */
    public static KnownClusters clusters(App app) {
        return new KnownClusters(new ProcessToolRunner(app.environment().variables()));
    }

    private static SlurmUser me(App app) {
        return new SlurmUser(app.environment().user(), app.wiring().uid());
    }

    private static Scheduler scheduler(App app, Runs runs, Runs.OpenRun run, Policy policy, SlurmClusters.Reach slurm)
            throws IOException {
        JobWrapper wrapper = JobWrapper.install(runs.home().root());
        return switch (policy.backend()) {
            case SLURM ->
                SlurmClusters.of(
                        slurm,
                        wrapper,
                        run.folder().scripts(),
                        JobEnvironment.of(run.folder(), app.environment())
                                .variables()
                                .texts(),
                        app.wiring().clock(),
                        me(app));
            case LOCAL ->
                new LocalScheduler(
                        wrapper,
                        run.folder().records(),
                        policy.maxConcurrent(),
                        JobEnvironment.of(run.folder(), app.environment()),
                        app.wiring().clock());
        };
    }
}
