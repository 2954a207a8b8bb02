package dev.settle.app.creation;

import dev.settle.app.config.Configuration;
import dev.settle.app.engine.Background;
import dev.settle.app.engine.Schedulers;
import dev.settle.app.engine.StoredOptions;
import dev.settle.app.engine.backend.Backends;
import dev.settle.app.engine.backend.EngineOptions;
import dev.settle.app.process.App;
import dev.settle.app.process.ExitStatus;
import dev.settle.app.process.Failure;
import dev.settle.app.runs.LeaseService;
import dev.settle.app.runs.Runs;
import dev.settle.core.journal.RunFolder;
import dev.settle.core.model.Plan;
import dev.settle.core.model.Plan.BackendName;
import dev.settle.core.model.PlanItem;
import dev.settle.core.run.RunState;
import dev.settle.slurm.ClusterChoice;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Makes runs, once it is sure that what they need is there and that no other exclusive one of the name goes on. */
public final class NewRuns {
    private final App app;
    private final Optional<BackendName> wanted;
    private final Configuration configuration;
    private final Runs runs;
    private final LeaseService owners;
    private final EngineOptions asked;

    /** @param asked what is kept with the run for whoever drives it later */
    public NewRuns(
            App app,
            Optional<BackendName> wanted,
            Configuration configuration,
            Runs runs,
            LeaseService owners,
            EngineOptions asked) {
        this.app = app;
        this.wanted = wanted;
        this.configuration = configuration;
        this.runs = runs;
        this.owners = owners;
        this.asked = asked;
    }

    /**
     * The backend of a run that is to be created, with its tools there.
     *
     * @throws Failure 69 when Slurm is wanted and its tools are not on PATH
     */
    public BackendName backendOf(Plan plan) {
        BackendName backend = Backends.choose(
                wanted,
                plan.backend(),
                configuration,
                app.environment().searchPath(),
                app.environment().variables());
        List<String> missing = Backends.missingTools(app.environment().searchPath());
        if (backend == BackendName.SLURM && !missing.isEmpty()) {
            throw new Failure(
                    ExitStatus.SCHEDULER_UNREACHABLE,
                    List.of(
                            "the Slurm tools are not on PATH: " + String.join(" ", missing),
                            "load the site's module for Slurm, or write --backend local; nothing was created"));
        }
        return backend;
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
            Schedulers.clusters(app).trouble(choice).ifPresent(trouble -> {
                throw Failure.usage(
                        trouble,
                        "\"sacctmgr show cluster\" lists the clusters; they come from --clusters of an item, or from"
                                + " SBATCH_CLUSTERS and SLURM_CLUSTERS. Nothing was created.");
            });
        }
    }

    /** A run that is driven by who created it: nobody else could take it in between. */
    public record Owned(RunFolder folder, LeaseService.Owned lease) {}

    /** Creates a run and takes it. */
    public Owned createToDrive(Plan plan, BackendName backend) throws InterruptedException {
        LeaseService.First first = owners.first();
        RunFolder folder = create(plan, backend, first);
        try {
            return new Owned(folder, first.of(folder));
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
    public RunFolder createToLeave(Plan plan, BackendName backend) throws InterruptedException {
        return create(plan, backend, new Runs.Preparation() {
            @Override
            public void prepare(RunFolder draft) throws IOException {
                Background.mark(runs, draft.id(), app.wiring().host());
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
    private RunFolder create(Plan plan, BackendName backend, Runs.Preparation more) throws InterruptedException {
        if (backend == BackendName.SLURM) {
            refuseUnknownClusters(plan);
        }
        if (!plan.exclusive()) {
            return created(plan, backend, more);
        }
        try {
            FileChannel held = NameLock.take(runs.home(), app.wiring().pause());
            try {
                refuseSecond(plan);
                return created(plan, backend, more);
            } finally {
                held.close();
            }
        } catch (IOException e) {
            throw runs.cannotWrite(e);
        }
    }

    private RunFolder created(Plan plan, BackendName backend, Runs.Preparation more) {
        return runs.create(plan, backend, app.version(), false, new Runs.Preparation() {
            @Override
            public void prepare(RunFolder draft) throws IOException {
                StoredOptions.write(runs.disk(), draft, asked);
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
                            + (driven ? "is still running" : "is stalled: nobody drives it"),
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
