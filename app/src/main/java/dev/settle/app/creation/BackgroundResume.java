package dev.settle.app.creation;

import dev.settle.app.engine.Adoption;
import dev.settle.app.engine.Background;
import dev.settle.app.engine.backend.EngineOptions;
import dev.settle.app.process.App;
import dev.settle.app.runs.Invocation;
import dev.settle.app.runs.JobEnvironment;
import dev.settle.app.runs.LeaseService;
import dev.settle.app.runs.Runs;
import dev.settle.core.journal.RunFolder;
import dev.settle.core.run.RunEvent;
import dev.settle.core.run.RunState;
import java.util.List;
import java.util.Optional;

/** Resumes a run and leaves it to the background: the resumption is on disk before anything is answered. */
public final class BackgroundResume {
    private BackgroundResume() {}

    /**
     * Resumes a run that no step queue feeds.
     *
     * @return whether anything was left to run
     * @throws dev.settle.app.process.Failure when it may not be resumed, or not from here
     */
    public static boolean resume(RunFolder folder, Reopening.Request request, Invocation invocation)
            throws InterruptedException {
        App app = invocation.app();
        Runs runs = invocation.runs();
        LeaseService.Owned lease = Reopening.take(folder, invocation.leases());
        Optional<List<RunEvent>> opening = Optional.empty();
        RunState state;
        try {
            state = runs.open(folder).state();
            JobEnvironment.requireSecrets(app.environment(), state);
            opening = Reopening.opening(request, invocation, state);
            if (opening.isPresent()) {
                Reopening.keepEnvironment(app, runs, folder, state);
            }
        } finally {
            if (opening.isEmpty()) {
                lease.close();
            }
        }
        if (opening.isEmpty()) {
            return false;
        }
        new Adoption(invocation, EngineOptions.DEFAULT).append(folder, lease, opening.get());
        Background.leave(folder, state.plan(), app, runs);
        return true;
    }
}
