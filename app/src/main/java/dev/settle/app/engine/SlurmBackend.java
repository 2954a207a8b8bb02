package dev.settle.app.engine;

import dev.settle.app.engine.backend.EngineOptions;
import dev.settle.app.engine.backend.SlurmAccess;
import dev.settle.app.process.App;
import dev.settle.app.runs.CommandTally;
import dev.settle.app.runs.Invocation;
import dev.settle.app.runs.JobEnvironment;
import dev.settle.app.runs.Requests;
import dev.settle.app.runs.Runs;
import dev.settle.core.environment.EnvironmentBlock;
import dev.settle.core.environment.JobOrigin;
import dev.settle.core.kernel.state.Policy;
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

/** Slurm as the engine and searches use it. A run on this machine loads neither this class nor any of the adapter. */
public final class SlurmBackend {
    private SlurmBackend() {}

    static Engine.Setup setup(Invocation invocation, Runs.OpenRun run, Requests requests, EngineOptions options)
            throws IOException {
        App app = invocation.app();
        SlurmClusters.Reach slurm = SlurmAccess.of(
                invocation,
                JobEnvironment.of(run.folder(), app.environment(), run.state().plan()),
                Path.of(run.state().opened().directory()),
                options.interval(),
                new CommandTally(run.folder()));
        int arrayMax = SlurmScheduler.takesArrays(run.folder().scripts()) ? arrayMax(slurm.home(), run.state()) : 1;
        Policy policy = Schedulers.policy(invocation, run, options, BackendName.SLURM, arrayMax);
        Scheduler scheduler = SlurmClusters.of(
                slurm,
                JobWrapper.install(invocation.runs().home().root()),
                run.folder().scripts(),
                JobEnvironment.of(run.folder(), app.environment(), run.state().plan())
                        .variables()
                        .texts(),
                app.wiring().clock(),
                user(app));
        return new Engine.Setup(policy, scheduler, new Generated(app), requests);
    }

    /** Queried once per engine, where there may be an array at all. */
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
    public static SlurmClusters toAsk(Invocation invocation, Optional<Duration> interval) {
        return SlurmClusters.toAsk(
                SlurmAccess.of(
                        invocation, JobOrigin.of(EnvironmentBlock.of(Map.of())), Path.of("/"), interval, tool -> {}),
                invocation.app().wiring().clock(),
                user(invocation.app()));
    }

    /** Which clusters there are, as Slurm's accounting has it. */
    public static KnownClusters clusters(App app) {
        return new KnownClusters(new ProcessToolRunner(app.environment().variables()));
    }

    private static SlurmUser user(App app) {
        return new SlurmUser(app.environment().user(), app.wiring().uid());
    }
}
