package dev.settle.app.command;

import dev.settle.app.process.App;
import dev.settle.app.process.ExitStatus;
import dev.settle.app.process.Failure;
import dev.settle.app.session.Backends;
import dev.settle.app.session.Schedulers;
import dev.settle.core.plan.Plan;
import dev.settle.core.plan.Plan.BackendName;
import dev.settle.core.plan.PlanItem;
import dev.settle.core.port.JobId;
import dev.settle.core.port.Scheduler;
import dev.settle.core.port.SightAnswer;
import dev.settle.core.port.Source;
import dev.settle.slurm.JobIdList;
import dev.settle.slurm.SlurmScheduler;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * Slurm jobs that settle did not submit: finds out which jobs the ids stand for, so that an array becomes an item a
 * task, and makes a plan of them.
 */
final class ForeignJobs {
    /** How long an id may be unknown to sources that answer: a job may not have appeared yet. */
    private static final Duration UNKNOWN_MAX = Duration.ofSeconds(30);

    private static final Duration PAUSE_MIN = Duration.ofSeconds(1);
    private static final Duration PAUSE_MAX = Duration.ofSeconds(8);

    private final App app;
    private final Scheduler slurm;
    private final Duration patience;
    private final Optional<Duration> giveUpAfter;
    private final Optional<Instant> until;

    /**
     * A search.
     *
     * @param options its settle timeout bounds the search where it is shorter than the usual bound
     * @param until when watching ends, whatever was found
     */
    ForeignJobs(App app, DriveOptions options, Optional<Instant> until) {
        List<String> missing = Backends.missingTools(Plans.path(app));
        if (!missing.isEmpty()) {
            throw new Failure(
                    ExitStatus.SCHEDULER_UNREACHABLE,
                    List.of(
                            "the Slurm tools are not on PATH: " + String.join(" ", missing),
                            "load the site's module for Slurm"));
        }
        this.app = app;
        this.slurm = Schedulers.slurmToAsk(app, options.interval());
        this.patience = options.settleTimeout()
                .filter(t -> t.compareTo(UNKNOWN_MAX) < 0)
                .orElse(UNKNOWN_MAX);
        this.giveUpAfter = options.giveUpAfter();
        this.until = until;
    }

    /** The ids of a command line. */
    static Set<JobId> parse(List<String> words) {
        Set<JobId> jobs = JobIdList.parse(words)
                .orElseThrow(() -> Failure.usage(
                        "--job: '" + String.join(" ", words) + "' is no list of job ids",
                        "Write a number, an array task such as 4711_3 or 4711_[1-5], or several with commas."));
        if (jobs.isEmpty()) {
            throw Failure.usage("--job: no job id", "Write: settle watch --job ID[,ID...]");
        }
        return jobs;
    }

    /** The plan with an item for each job that the ids stand for. */
    Plan plan(Set<JobId> asked) throws InterruptedException {
        Set<JobId> found = find(asked);
        List<PlanItem> items = new ArrayList<>();
        for (JobId job : found) {
            items.add(PlanItem.watched(job.value()));
        }
        String name = "job-"
                + String.join("-", asked.stream().map(JobId::value).limit(3).toList());
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

    private Set<JobId> find(Set<JobId> asked) throws InterruptedException {
        Duration unknownFor = Duration.ZERO;
        Optional<Instant> silentSince = Optional.empty();
        Duration pause = PAUSE_MIN;
        Set<JobId> before = Set.of();
        while (true) {
            Instant from = app.wiring().clock().instant();
            Set<JobId> known = new TreeSet<>();
            SightAnswer queue = slurm.sight(Source.Role.CONTROLLER, asked);
            take(queue, known);
            Set<JobId> queued = Set.copyOf(known);
            boolean books = false;
            if (!covers(asked, known) || asked.stream().anyMatch(job -> !job.isTask())) {
                SightAnswer accounting = slurm.sight(Source.Role.ACCOUNTING, asked);
                take(accounting, known);
                books = accounting.kind() != SightAnswer.Kind.NO_ANSWER;
            }
            boolean listed = queue.kind() == SightAnswer.Kind.ANSWERED;
            boolean answered = listed && books;
            if (covers(asked, known) && (answered || !hasArrays(asked, known))) {
                if (arrays(asked, known).equals(arrays(asked, queued)) || known.equals(before)) {
                    return withoutWholeArrays(known);
                }
                // Squeue has forgotten an array, or its answer was none: accounting alone may not have all tasks yet.
                before = known;
            }
            boolean waitedLong = silentSince
                    .filter(since -> !from.isBefore(since.plus(patience)))
                    .isPresent();
            if (covers(asked, known) && listed && waitedLong) {
                app.console()
                        .notice("settle: accounting does not answer: tasks that ended long ago and that squeue has"
                                + " forgotten are not among those watched");
                return withoutWholeArrays(known);
            }
            if (answered && unknownFor.compareTo(patience) >= 0) {
                throw Failure.notFound(unknown(asked, known), "the id may be mistyped, or accounting has forgotten it");
            }
            if (answered) {
                silentSince = Optional.empty();
            } else {
                if (silentSince.isEmpty()) {
                    app.console().notice("settle: Slurm does not answer yet; asking again");
                    silentSince = Optional.of(from);
                }
                stillSilent(queue, silentSince.get());
            }
            Thread.sleep(Math.min(
                    pause.toMillis(), Math.max(1, patience.minus(unknownFor).toMillis())));
            if (answered) {
                unknownFor = unknownFor.plus(
                        Duration.between(from, app.wiring().clock().instant()));
            }
            pause = pause.multipliedBy(2).compareTo(PAUSE_MAX) < 0 ? pause.multipliedBy(2) : PAUSE_MAX;
        }
    }

    /** Leaves where no answer will come, or none came for as long as the user waits. */
    private void stillSilent(SightAnswer queue, Instant since) {
        String text = queue instanceof SightAnswer.NoAnswer no ? no.text() : "accounting does not answer";
        if (SlurmScheduler.isNotSetUp(text)) {
            throw new Failure(
                    ExitStatus.SCHEDULER_UNREACHABLE,
                    List.of(
                            "Slurm is not set up here: " + text,
                            "set SLURM_CONF, or load the site's module for Slurm"));
        }
        Instant now = app.wiring().clock().instant();
        if (giveUpAfter.filter(most -> !now.isBefore(since.plus(most))).isPresent()) {
            throw new Failure(
                    ExitStatus.SCHEDULER_UNREACHABLE,
                    List.of("Slurm did not answer for "
                            + giveUpAfter.orElseThrow().toSeconds() + " s: " + text));
        }
        if (until.filter(at -> !now.isBefore(at)).isPresent()) {
            throw new Failure(ExitStatus.TIMED_OUT, List.of("--timeout passed before Slurm answered: " + text));
        }
    }

    /**
     * Whether an array was asked for by its own id: of its tasks the queue knows those that have not long ended, and
     * accounting those that have started, so it takes both to know all.
     */
    private static boolean hasArrays(Set<JobId> asked, Set<JobId> known) {
        return !arrays(asked, known).isEmpty();
    }

    /** The arrays that were asked for by their own id and of which tasks are known. */
    private static Set<String> arrays(Set<JobId> asked, Set<JobId> known) {
        return known.stream()
                .filter(job -> !job.value().equals(job.base()) && asked.contains(new JobId(job.base())))
                .map(JobId::base)
                .collect(Collectors.toSet());
    }

    private static void take(SightAnswer answer, Set<JobId> known) {
        if (answer instanceof SightAnswer.Answered answered) {
            answered.sightings().forEach(sighting -> known.add(sighting.jobId()));
        }
    }

    private static boolean covers(Set<JobId> asked, Set<JobId> known) {
        Set<String> bases = new HashSet<>();
        known.forEach(job -> bases.add(job.base()));
        return asked.stream().allMatch(job -> known.contains(job) || (!job.isTask() && bases.contains(job.base())));
    }

    /** An array known by its tasks is not a job beside them. */
    private static Set<JobId> withoutWholeArrays(Set<JobId> known) {
        Set<String> arrays = new HashSet<>();
        known.stream().filter(job -> !job.value().equals(job.base())).forEach(job -> arrays.add(job.base()));
        Set<JobId> jobs = new TreeSet<>((a, b) -> {
            int byLength = Integer.compare(a.value().length(), b.value().length());
            return byLength != 0 ? byLength : a.compareTo(b);
        });
        known.stream()
                .filter(job -> !job.value().equals(job.base()) || !arrays.contains(job.base()))
                .forEach(jobs::add);
        return jobs;
    }

    private static String unknown(Set<JobId> asked, Set<JobId> known) {
        List<String> missing = asked.stream()
                .filter(job -> !covers(Set.of(job), known))
                .map(JobId::value)
                .toList();
        return "neither squeue nor sacct knows job " + String.join(", ", missing);
    }
}
