package dev.settle.app.creation;

import dev.settle.app.engine.Background;
import dev.settle.app.engine.SlurmBackend;
import dev.settle.app.engine.StoredOptions;
import dev.settle.app.engine.backend.Backends;
import dev.settle.app.engine.backend.EngineOptions;
import dev.settle.app.process.App;
import dev.settle.app.process.Failure;
import dev.settle.app.runs.Invocation;
import dev.settle.app.runs.LeaseService;
import dev.settle.app.runs.Runs;
import dev.settle.core.file.ProcessLock;
import dev.settle.core.journal.RunFolder;
import dev.settle.core.journal.file.CreatedRun;
import dev.settle.core.model.Plan;
import dev.settle.core.model.Plan.BackendName;
import dev.settle.core.model.PlanItem;
import dev.settle.core.run.RunState;
import dev.settle.slurm.ClusterChoice;
import java.io.IOException;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** Makes runs, once it is sure that what they need is there and that no other exclusive one of the name goes on. */
public final class NewRuns {
    private final Invocation invocation;
    private final App app;
    private final Backends backends;
    private final Runs runs;
    private final LeaseService owners;
    private final EngineOptions options;

    /** @param options what is kept with the run for the processes that manage it later */
    public NewRuns(Invocation invocation, Backends backends, EngineOptions options) {
        this.invocation = invocation;
        this.app = invocation.app();
        this.backends = backends;
        this.runs = invocation.runs();
        this.owners = invocation.leases();
        this.options = options;
    }

    /**
     * The backend of a run that is to be created, with its tools there.
     *
     * @throws Failure 69 when Slurm is wanted and its tools are not on PATH
     */
    public BackendName backendOf(Plan plan) {
        BackendName backend = backends.choose(plan.backend());
        if (backend == BackendName.SLURM) {
            Backends.requireTools(
                    app.environment(),
                    "load the site's module for Slurm, or write --backend local; nothing was created");
        }
        return backend;
    }

    /**
     * The plan with the secrets of the configuration that are set here besides its own.
     *
     * @throws Failure 2 when one of its own is not set, or when an item's environment has the value of one
     */
    Plan withSecrets(Plan plan) {
        for (String name : plan.secrets()) {
            if (app.environment().variable(name).isEmpty()) {
                throw Failure.usage(
                        "the secret " + name + " is not set here",
                        "export " + name + " and repeat the command; nothing was created");
            }
        }
        Set<String> names = new LinkedHashSet<>(plan.secrets());
        invocation.configuration().secrets().stream()
                .filter(name -> app.environment().variable(name).isPresent())
                .forEach(names::add);
        for (PlanItem item : plan.items()) {
            for (String name : names) {
                if (item.env().containsKey(name)) {
                    throw Failure.usage(
                            name + " is a secret, and its value would be stored with the run",
                            "export it and write --env " + name + "; nothing was created");
                }
            }
        }
        app.console().conceal(app.environment(), names);
        return plan.withSecrets(names);
    }

    /**
     * Jobs that go to other clusters are submitted only where settle can ask about them there.
     *
     * @throws Failure 2, with what is wrong
     */
    private void refuseUnknownClusters(Plan plan) {
        Set<ClusterChoice> choices = new LinkedHashSet<>();
        for (PlanItem item : plan.items()) {
            ClusterChoice.of(item.resources(), app.environment().variables()).ifPresent(choices::add);
        }
        for (ClusterChoice choice : choices) {
            SlurmBackend.clusters(app).trouble(choice).ifPresent(trouble -> {
                throw Failure.usage(
                        trouble,
                        "\"sacctmgr show cluster\" lists the clusters; they come from --clusters of an item, or from"
                                + " SBATCH_CLUSTERS and SLURM_CLUSTERS. Nothing was created.");
            });
        }
    }

    /** A run that is driven by who created it: nobody else could take it in between. */
    public record Owned(CreatedRun run, LeaseService.Owned lease) {}

    /** Creates a run and takes it. */
    public Owned createToManage(Plan plan, BackendName backend) throws InterruptedException {
        LeaseService.First first = owners.first();
        CreatedRun run = create(plan, backend, first);
        RunFolder folder = run.folder();
        try {
            return new Owned(run, first.of(folder));
        } catch (OutOfMemoryError e) {
            // No thread to keep the lease alive.
            try {
                first.undo(folder);
                runs.home().remove(runs.disk(), folder);
            } catch (IOException left) {
                e.addSuppressed(left);
            }
            throw e;
        }
    }

    /** Creates a run and leaves it to the background driver, which may take it at once. */
    public CreatedRun createToLeave(Plan asked, BackendName backend) throws InterruptedException {
        Plan plan = withSecrets(asked);
        return create(plan, backend, new Runs.Preparation() {
            @Override
            public void prepare(RunFolder draft) throws IOException {
                if (!plan.needsOwnEngine()) {
                    Background.mark(app, runs, draft.id());
                }
            }

            @Override
            public void undo(RunFolder draft) {
                try {
                    Background.unmark(runs, draft.id(), app.wiring().host());
                } catch (IOException e) {
                    // A mark without a run means nothing; the driver removes it.
                }
            }
        });
    }

    /** Creates a run; of two that are exclusive and come at the same time only the first. */
    private CreatedRun create(Plan plan, BackendName backend, Runs.Preparation more) throws InterruptedException {
        if (backend == BackendName.SLURM) {
            refuseUnknownClusters(plan);
        }
        if (!plan.exclusive()) {
            return created(plan, backend, more);
        }
        try {
            ProcessLock held = NameLock.take(runs.home(), app.wiring().pause());
            try (held) {
                refuseSecond(plan);
                return created(plan, backend, more);
            }
        } catch (IOException e) {
            throw runs.cannotWrite(e);
        }
    }

    private CreatedRun created(Plan plan, BackendName backend, Runs.Preparation more) {
        return runs.create(
                invocation.configuration().withTopup(withSecrets(plan)),
                backend,
                app.version(),
                false,
                new Runs.Preparation() {
                    @Override
                    public void prepare(RunFolder draft) throws IOException {
                        StoredOptions.write(runs.disk(), draft, options);
                        more.prepare(draft);
                    }

                    @Override
                    public void undo(RunFolder draft) {
                        more.undo(draft);
                    }
                });
    }

    /**
     * An exclusive run is refused while another of its name goes on.
     *
     * @throws Failure 2, with who it is and what to do about it
     */
    public void refuseSecond(Plan plan) {
        if (!plan.exclusive()) {
            return;
        }
        for (RunFolder folder : named(plan.name())) {
            RunState state = runs.open(folder).state();
            if (state.ended().isPresent()) {
                continue;
            }
            boolean driven = owners.view(folder, state).alive();
            throw Failure.usage(
                    "the run is exclusive, and " + folder.id() + " of the same name "
                            + (driven ? "is still running" : "is stalled: no process manages it"),
                    driven
                            ? "settle watch " + folder.id() + " follows it; settle cancel " + folder.id() + " ends it"
                            : "settle watch " + folder.id() + " goes on with it; settle recover --end " + folder.id()
                                    + " ends it");
        }
    }

    private List<RunFolder> named(String name) {
        try {
            return runs.home().named(name);
        } catch (IOException e) {
            throw runs.cannotRead(e);
        }
    }
}
