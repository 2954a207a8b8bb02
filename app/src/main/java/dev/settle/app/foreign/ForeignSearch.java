package dev.settle.app.foreign;

import dev.settle.core.scheduler.JobId;
import dev.settle.core.scheduler.QueryAnswer;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * What ids to watch stand for, answer by answer. Decides when enough was heard; asks nobody and reads no clock.
 *
 * <p>Of an array squeue knows the tasks that have not long ended and accounting those that have started, so it takes
 * both to know all; and one answer of either that lacks something proves nothing.
 */
final class ForeignSearch {
    private final Set<JobId> asked;
    private final Duration patience;

    private final Map<JobId, String> names = new HashMap<>();
    private Set<JobId> before = Set.of();
    private Duration unknownFor = Duration.ZERO;
    private Optional<Duration> answeredAt = Optional.empty();
    private Optional<Duration> silentSince = Optional.empty();

    /**
     * A search.
     *
     * @param patience how long an id may be unknown to sources that answer, and how long accounting that does not
     *     answer is waited for where squeue knows something of every id
     */
    ForeignSearch(Set<JobId> asked, Duration patience) {
        this.asked = Set.copyOf(asked);
        this.patience = patience;
    }

    /** What follows from the answers so far. */
    sealed interface Step {
        Kind kind();

        /** Which of the three it is. */
        enum Kind {
            FOUND,
            UNKNOWN,
            AGAIN
        }
    }

    /**
     * The jobs to watch.
     *
     * @param jobs tasks in place of their array, in the order of their ids
     * @param lacking what may be missing among them, for people
     */
    record Found(Set<JobId> jobs, Optional<String> lacking) implements Step {
        @Override
        public Kind kind() {
            return Kind.FOUND;
        }
    }

    /** Sources that answer have not known these for as long as patience lasts. */
    record Unknown(List<JobId> jobs) implements Step {
        @Override
        public Kind kind() {
            return Kind.UNKNOWN;
        }
    }

    /**
     * Both are to be asked again.
     *
     * @param within the longest pause that does not outlast patience
     * @param silentFor how long the sources have not both answered; absent where they do
     */
    record Again(Duration within, Optional<Duration> silentFor) implements Step {
        @Override
        public Kind kind() {
            return Kind.AGAIN;
        }
    }

    /** Whether accounting has to be asked as well: a plain id may be an array, and what squeue lacks may have ended. */
    boolean needsAccounting(QueryAnswer queue) {
        return !covers(asked, jobs(queue)) || asked.stream().anyMatch(job -> !job.isTask());
    }

    /**
     * Takes the answers of one round.
     *
     * @param accounting absent where it was not needed
     * @param at when the round's questions were asked, by a counter that nobody sets
     */
    Step heard(QueryAnswer queue, Optional<QueryAnswer> accounting, Duration at) {
        Set<JobId> queued = jobs(queue);
        keepNames(queue);
        accounting.ifPresent(this::keepNames);
        Set<JobId> known = new HashSet<>(queued);
        accounting.ifPresent(answer -> known.addAll(jobs(answer)));
        boolean listed = queue.kind() == QueryAnswer.Kind.ANSWERED;
        boolean answered = listed
                && accounting
                        .filter(answer -> answer.kind() != QueryAnswer.Kind.NO_ANSWER)
                        .isPresent();
        answeredAt.ifPresent(last -> unknownFor = unknownFor.plus(at.minus(last)));
        answeredAt = answered ? Optional.of(at) : Optional.empty();

        boolean covered = covers(asked, known);
        if (covered && (answered || arrays(known).isEmpty())) {
            if (arrays(known).equals(arrays(queued)) || known.equals(before)) {
                return new Found(withoutWholeArrays(known), Optional.empty());
            }
            // Squeue has forgotten an array, or its answer was none: accounting alone may not have all tasks yet.
            before = known;
        }
        if (covered && listed && silentFor(at).compareTo(patience) >= 0) {
            return new Found(
                    withoutWholeArrays(known),
                    Optional.of("accounting does not answer: tasks that ended long ago and that squeue has forgotten"
                            + " are not among those watched"));
        }
        if (answered) {
            silentSince = Optional.empty();
            if (unknownFor.compareTo(patience) >= 0) {
                return new Unknown(unknown(known));
            }
        } else {
            silentSince = Optional.of(silentSince.orElse(at));
        }
        return new Again(patience.minus(unknownFor), silentSince.map(at::minus));
    }

    private void keepNames(QueryAnswer answer) {
        if (answer instanceof QueryAnswer.Answered answered) {
            answered.observations().forEach(each -> each.jobName()
                    .filter(name -> !name.isBlank())
                    .ifPresent(name -> names.put(each.jobId(), name)));
        }
    }

    /** What the job is called in Slurm: a task as its array, where nothing else was heard. */
    Optional<String> nameOf(JobId job) {
        return Optional.ofNullable(names.get(job)).or(() -> Optional.ofNullable(names.get(job.whole())));
    }

    private Duration silentFor(Duration at) {
        return silentSince.map(at::minus).orElse(Duration.ZERO);
    }

    /** The arrays that were asked for by their own id and of which tasks are known. */
    private Set<String> arrays(Set<JobId> known) {
        return known.stream()
                .filter(job -> !isWhole(job) && asked.contains(job.whole()))
                .map(JobId::base)
                .collect(Collectors.toSet());
    }

    private List<JobId> unknown(Set<JobId> known) {
        return asked.stream()
                .filter(job -> !covers(Set.of(job), known))
                .sorted()
                .toList();
    }

    private static Set<JobId> jobs(QueryAnswer answer) {
        Set<JobId> jobs = new HashSet<>();
        if (answer instanceof QueryAnswer.Answered answered) {
            answered.observations().forEach(observation -> jobs.add(observation.jobId()));
        }
        return jobs;
    }

    private static boolean covers(Set<JobId> asked, Set<JobId> known) {
        Set<String> bases = known.stream().map(JobId::base).collect(Collectors.toSet());
        return asked.stream().allMatch(job -> known.contains(job) || (!job.isTask() && bases.contains(job.base())));
    }

    /** Neither a task nor a component. */
    private static boolean isWhole(JobId job) {
        return job.value().equals(job.base());
    }

    /** An array known by its tasks is not a job beside them. */
    private static Set<JobId> withoutWholeArrays(Set<JobId> known) {
        Set<String> arrays =
                known.stream().filter(job -> !isWhole(job)).map(JobId::base).collect(Collectors.toSet());
        Set<JobId> jobs = new TreeSet<>((a, b) -> {
            int byLength = Integer.compare(a.value().length(), b.value().length());
            return byLength != 0 ? byLength : a.compareTo(b);
        });
        known.stream()
                .filter(job -> !isWhole(job) || !arrays.contains(job.base()))
                .forEach(jobs::add);
        return jobs;
    }
}
