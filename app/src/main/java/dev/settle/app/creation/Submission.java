package dev.settle.app.creation;

import dev.settle.app.engine.Adoption;
import dev.settle.app.engine.Handover;
import dev.settle.app.engine.backend.Backends;
import dev.settle.app.engine.backend.EngineOptions;
import dev.settle.app.runs.Invocation;
import dev.settle.app.stepqueue.StepQueue;
import dev.settle.core.journal.RunFolder;
import dev.settle.core.model.Plan;
import dev.settle.core.model.Plan.BackendName;
import java.util.Optional;

/** Creates a run and leaves it to the background engine. */
public final class Submission {
    private final Invocation invocation;
    private final Backends backends;
    private final EngineOptions options;

    /** @param options what is kept with the run for the processes that manage it */
    public Submission(Invocation invocation, Backends backends, EngineOptions options) {
        this.invocation = invocation;
        this.backends = backends;
        this.options = options;
    }

    /**
     * Submits a plan; returns once a background engine lives.
     *
     * @throws dev.settle.app.process.Failure when nothing was created, or nothing of it is left
     */
    public RunFolder of(Plan asked) throws InterruptedException {
        Adoption adoption = new Adoption(invocation, options);
        NewRuns newRuns = new NewRuns(invocation, backends, adoption.options());
        Plan plan = newRuns.withSecrets(asked);
        BackendName backend = newRuns.backendOf(plan);
        newRuns.refuseSecond(plan);
        Optional<StepQueue> feeding = adoption.queues().open(plan);
        RunFolder folder = newRuns.createToLeave(plan, backend).folder();
        feeding.ifPresent(adoption.queues()::close);
        new Handover(invocation.app(), invocation.runs(), invocation.leases()).of(folder, plan);
        return folder;
    }
}
