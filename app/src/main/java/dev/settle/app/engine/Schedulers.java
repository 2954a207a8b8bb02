package dev.settle.app.engine;

import dev.settle.app.engine.backend.EngineOptions;
import dev.settle.app.local.LocalScheduler;
import dev.settle.app.process.App;
import dev.settle.app.runs.Invocation;
import dev.settle.app.runs.JobEnvironment;
import dev.settle.app.runs.Requests;
import dev.settle.app.runs.Runs;
import dev.settle.core.kernel.state.Policy;
import dev.settle.core.model.Plan.BackendName;
import dev.settle.core.wrapper.JobWrapper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

/** Makes what managing a run needs: the scheduler of its backend, and the policy. */
public final class Schedulers {
    private Schedulers() {}

    /** The setup for a run on its own backend. */
    public static Engine.Setup setup(Invocation invocation, Runs.OpenRun run, Requests requests, EngineOptions options)
            throws IOException {
        return setup(invocation, run, requests, options, Optional.empty());
    }

    /**
     * The same for a run whose jobs read something.
     *
     * @param input what its jobs read, where they run on this machine
     */
    public static Engine.Setup setup(
            Invocation invocation, Runs.OpenRun run, Requests requests, EngineOptions options, Optional<Path> input)
            throws IOException {
        BackendName backend = BackendName.ofWord(run.state().opened().backend())
                .orElseThrow(() ->
                        new IOException("run " + run.state().id() + " is on a backend that this version does not know: "
                                + run.state().opened().backend()));
        return switch (backend) {
            case SLURM -> SlurmBackend.setup(invocation, run, requests, options);
            case LOCAL -> local(invocation, run, requests, options, input);
        };
    }

    private static Engine.Setup local(
            Invocation invocation, Runs.OpenRun run, Requests requests, EngineOptions options, Optional<Path> input)
            throws IOException {
        App app = invocation.app();
        Policy policy = policy(invocation, run, options, BackendName.LOCAL, 1);
        LocalScheduler scheduler = new LocalScheduler(
                JobWrapper.install(invocation.runs().home().root()),
                run.folder().records(),
                policy.maxConcurrent(),
                JobEnvironment.of(run.folder(), app.environment(), run.state().plan()),
                input,
                app.wiring().clock());
        return new Engine.Setup(policy, scheduler, new Generated(app), requests);
    }

    static Policy policy(
            Invocation invocation, Runs.OpenRun run, EngineOptions options, BackendName backend, int arrayMax) {
        App app = invocation.app();
        return options.of(
                run.state().plan(),
                backend,
                invocation.configuration(),
                app.environment().user(),
                app.wiring().uid(),
                Runtime.getRuntime().availableProcessors(),
                arrayMax);
    }
}
