package dev.settle.app.foreign;

import dev.settle.app.engine.SlurmBackend;
import dev.settle.app.engine.backend.Backends;
import dev.settle.app.engine.backend.EngineOptions;
import dev.settle.app.process.App;
import dev.settle.app.process.ExitStatus;
import dev.settle.app.process.Failure;
import dev.settle.app.runs.Invocation;
import dev.settle.app.runs.Runs;
import dev.settle.core.journal.RunFolder;
import dev.settle.core.model.Plan;
import dev.settle.core.model.Plan.BackendName;
import dev.settle.core.model.PlanItem;
import dev.settle.core.run.RunState;
import dev.settle.core.scheduler.JobId;
import dev.settle.core.scheduler.QueryAnswer;
import dev.settle.core.scheduler.Source;
import dev.settle.slurm.ClusterChoice;
import dev.settle.slurm.SlurmClusters;
import dev.settle.slurm.SlurmScheduler;
import dev.settle.slurm.parse.JobIdList;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Slurm jobs that settle did not submit: finds out which jobs the ids stand for, so that an array becomes an item a
 * task, and makes a plan of them.
 */
public final class ForeignJobs {
    /** How long an id may be unknown to sources that answer: a job may not have appeared yet. */
    private static final Duration UNKNOWN_MAX = Duration.ofSeconds(30);

    private static final Duration PAUSE_MIN = Duration.ofSeconds(1);
    private static final Duration PAUSE_MAX = Duration.ofSeconds(8);

    /** Longer names are cut, as names of items are. */
    private static final int NAME_MAX = 200;

    private final Invocation invocation;
    private final App app;
    private final Runs runs;
    private final SlurmClusters slurm;
    private final Duration patience;
    private final Optional<Duration> giveUpAfter;
    private final Optional<Instant> until;

    /**
     * A search.
     *
     * @param options its settle timeout bounds the search where it is shorter than the usual bound
     * @param until when watching ends, whatever was found
     */
    public ForeignJobs(Invocation invocation, EngineOptions options, Optional<Instant> until) {
        this.invocation = invocation;
        this.app = invocation.app();
        this.runs = invocation.runs();
        Backends.requireTools(app.environment(), "load the site's module for Slurm");
        this.slurm = SlurmBackend.toAsk(invocation, options.interval());
        this.patience = options.settleTimeout()
                .filter(t -> t.compareTo(UNKNOWN_MAX) < 0)
                .orElse(UNKNOWN_MAX);
        this.giveUpAfter = options.giveUpAfter();
        this.until = until;
    }

    /**
     * The ids of a command line.
     *
     * @param cluster of the jobs whose id names none
     */
    public static Set<JobId> parse(List<String> words, Optional<String> cluster) {
        if (cluster.isPresent() && !JobId.isClusterName(cluster.get())) {
            throw Failure.usage("--cluster: \"" + cluster.get() + "\" is not a name of a cluster");
        }
        Set<JobId> jobs = JobIdList.parse(words)
                .orElseThrow(() -> Failure.usage(
                        "--job: '" + String.join(" ", words) + "' is no list of job ids",
                        "Write a number, an array task such as 4711_3 or 4711_[1-5], or several with commas;"
                                + " a job of another cluster is '4711;CLUSTER'."));
        if (jobs.isEmpty()) {
            throw Failure.usage("--job: no job id", "Write: settle watch --job ID[,ID...]");
        }
        Set<JobId> there = new LinkedHashSet<>();
        jobs.forEach(job ->
                there.add(job.cluster().isPresent() ? job : cluster.map(job::on).orElse(job)));
        return there;
    }

    /** The plan with an item for each job that the ids stand for. */
    public Plan plan(Set<JobId> named) throws InterruptedException {
        Set<JobId> asked = slurm.normal(named);
        Map<String, Set<JobId>> byCluster = new LinkedHashMap<>();
        asked.forEach(job -> byCluster
                .computeIfAbsent(job.cluster().orElse(""), each -> new LinkedHashSet<>())
                .add(job));
        byCluster.keySet().stream().filter(cluster -> !cluster.isEmpty()).forEach(this::refuseUnknown);
        List<PlanItem> items = new ArrayList<>();
        for (Set<JobId> there : byCluster.values()) {
            items.addAll(find(there));
        }
        String name = "job-"
                + String.join(
                        "-",
                        asked.stream()
                                .map(job -> job.toString().replace(';', '@'))
                                .limit(3)
                                .toList());
        return new Plan(
                name,
                Optional.of(BackendName.SLURM),
                OptionalInt.empty(),
                OptionalInt.empty(),
                false,
                Plan.Credits.DEFAULT,
                OptionalDouble.empty(),
                items,
                Optional.empty(),
                Optional.empty());
    }

    /** Accounting that is asked about an unknown cluster says that there is no such job. */
    private void refuseUnknown(String cluster) {
        SlurmBackend.clusters(app).trouble(new ClusterChoice(cluster)).ifPresent(trouble -> {
            throw Failure.usage(trouble, "\"sacctmgr show cluster\" lists the clusters.");
        });
    }

    /** The run that watches these jobs: the one that does so already, or a new one. */
    public RunFolder run(Plan plan) {
        return watching(plan).orElseGet(() -> runs.create(
                        invocation.configuration().withTopup(plan),
                        BackendName.SLURM,
                        app.version(),
                        true,
                        folder -> {})
                .folder());
    }

    /**
     * The run that watches these jobs already: it has not ended, so that what it knows of them holds on. Of one that ended
     * the ids may have been given to other jobs since.
     */
    private Optional<RunFolder> watching(Plan plan) {
        try {
            for (RunFolder folder : runs.home().named(plan.name())) {
                if (isWatching(folder, jobs(plan))) {
                    return Optional.of(folder);
                }
            }
            return Optional.empty();
        } catch (IOException e) {
            throw runs.cannotRead(e);
        }
    }

    private boolean isWatching(RunFolder folder, Set<String> jobs) {
        try {
            RunState state = runs.look(folder);
            return state.opened().watched()
                    && state.ended().isEmpty()
                    && jobs(state.plan()).equals(jobs);
        } catch (IOException e) {
            // One that cannot be read is not gone on with, and hides none of the others.
            return false;
        }
    }

    private static Set<String> jobs(Plan plan) {
        Set<String> jobs = new HashSet<>();
        plan.items().forEach(item -> item.jobId().ifPresent(jobs::add));
        return jobs;
    }

    private static PlanItem item(JobId job, ForeignSearch search) {
        String name = search.nameOf(job).orElse(job.toString());
        return PlanItem.watched(job.toString(), name.substring(0, Math.min(NAME_MAX, name.length())));
    }

    private List<PlanItem> find(Set<JobId> asked) throws InterruptedException {
        ForeignSearch search = new ForeignSearch(asked, patience);
        boolean told = false;
        Duration pause = PAUSE_MIN;
        while (true) {
            Duration at = app.wiring().moment().monotonic();
            QueryAnswer queue = slurm.query(Source.Role.CONTROLLER, asked);
            Optional<QueryAnswer> accounting = search.needsAccounting(queue)
                    ? Optional.of(slurm.query(Source.Role.ACCOUNTING, asked))
                    : Optional.empty();
            ForeignSearch.Step step = search.heard(queue, accounting, at);
            switch (step.kind()) {
                case FOUND -> {
                    ForeignSearch.Found found = (ForeignSearch.Found) step;
                    found.lacking().ifPresent(what -> app.console().notice("settle: " + what));
                    return found.jobs().stream().map(job -> item(job, search)).toList();
                }
                case UNKNOWN ->
                    throw Failure.notFound(
                            "neither squeue nor sacct knows job "
                                    + ((ForeignSearch.Unknown) step)
                                            .jobs().stream()
                                                    .map(JobId::toString)
                                                    .collect(Collectors.joining(", ")),
                            "the id may be mistyped, or accounting has forgotten it");
                case AGAIN -> {
                    ForeignSearch.Again again = (ForeignSearch.Again) step;
                    if (again.silentFor().isPresent()) {
                        leaveWhereHopeless(queue, again.silentFor().get());
                        if (!told) {
                            app.console().notice("settle: Slurm does not answer yet; asking again");
                            told = true;
                        }
                    }
                    app.wiring().pause().of(shorter(shorter(pause, again.within()), untilTimeout(queue)));
                    pause = shorter(pause.multipliedBy(2), PAUSE_MAX);
                }
            }
        }
    }

    /** Leaves where no answer will come, or none came for as long as the user waits. */
    private void leaveWhereHopeless(QueryAnswer queue, Duration silentFor) {
        String text = queue instanceof QueryAnswer.NoAnswer no ? no.text() : "accounting does not answer";
        if (SlurmScheduler.isNotSetUp(text)) {
            throw new Failure(
                    ExitStatus.SCHEDULER_UNREACHABLE,
                    List.of(
                            "Slurm is not set up here: " + text,
                            "set SLURM_CONF, or load the site's module for Slurm"));
        }
        if (giveUpAfter.filter(most -> silentFor.compareTo(most) >= 0).isPresent()) {
            throw new Failure(
                    ExitStatus.SCHEDULER_UNREACHABLE,
                    List.of("Slurm did not answer for "
                            + giveUpAfter.orElseThrow().toSeconds() + " s: " + text));
        }
    }

    /** How long until watching ends, whatever was found. */
    private Duration untilTimeout(QueryAnswer queue) {
        if (until.isEmpty()) {
            return PAUSE_MAX;
        }
        Duration left = Duration.between(app.wiring().clock().instant(), until.get());
        if (!left.isNegative() && !left.isZero()) {
            return left;
        }
        throw new Failure(
                ExitStatus.TIMED_OUT,
                List.of("--timeout passed before Slurm "
                        + (queue instanceof QueryAnswer.NoAnswer no
                                ? "answered: " + no.text()
                                : "and its accounting knew all of the jobs")));
    }

    private static Duration shorter(Duration a, Duration b) {
        return a.compareTo(b) < 0 ? a : b;
    }
}
