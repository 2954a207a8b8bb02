package dev.settle.app.reader;

import dev.settle.core.text.Wildcard;
import dev.settle.core.view.RunList;
import dev.settle.core.view.RunSummary;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/**
 * Which runs of a list are shown, and in which order.
 *
 * @param states empty for all
 * @param name a name, or a pattern for names
 * @param since only runs that were created then or later
 * @param limit so many of the first
 */
public record RunQuery(
        Set<String> states, Optional<String> name, Optional<Instant> since, Sort sort, OptionalInt limit) {
    /** The states that a run in a list can have. */
    public static final List<String> STATES =
            List.of("running", "stalled", "completed", "failed", "interrupted", "cancelled", "damaged", "unreadable");

    /** What comes first. */
    public enum Sort {
        /** The newest. */
        CREATED,
        /** By the alphabet; of one name the newest. */
        NAME,
        /** In the order of {@link #STATES}, the newest of each. */
        STATE,
        /** The longest. */
        DURATION;

        public static List<String> words() {
            return Arrays.stream(values()).map(Sort::word).toList();
        }

        private String word() {
            return name().toLowerCase(Locale.ROOT);
        }

        public static Optional<Sort> ofWord(String word) {
            return Arrays.stream(values())
                    .filter(sort -> sort.word().equals(word))
                    .findFirst();
        }
    }

    public RunQuery {
        states = Set.copyOf(states);
    }

    /**
     * The runs that are asked for. Of a run that cannot be read neither name nor age are known: it is shown unless one of them is asked
     * for.
     *
     * @param now for the duration of runs that go on
     */
    public RunList of(RunList all, Instant now) {
        List<RunSummary> runs = all.runs().stream()
                .filter(this::isAskedFor)
                .sorted(order(now))
                .limit(limit.orElse(Integer.MAX_VALUE))
                .toList();
        List<RunList.Unreadable> unreadable = name.isPresent() || since.isPresent()
                ? List.of()
                : all.unreadable().stream()
                        .filter(run -> states.isEmpty() || states.contains(run.state()))
                        .limit(limit.orElse(Integer.MAX_VALUE) - runs.size())
                        .toList();
        return new RunList(runs, unreadable);
    }

    private boolean isAskedFor(RunSummary run) {
        return (states.isEmpty() || states.contains(run.state()))
                && name.filter(pattern -> !isNamed(run.name(), pattern)).isEmpty()
                && since.filter(run.createdAt()::isBefore).isEmpty();
    }

    private static boolean isNamed(String name, String pattern) {
        return name.equals(pattern) || new Wildcard(pattern).matches(name);
    }

    private Comparator<RunSummary> order(Instant now) {
        Comparator<RunSummary> newest =
                Comparator.comparing(RunSummary::createdAt).reversed();
        return switch (sort) {
            case CREATED -> newest;
            case NAME -> Comparator.comparing(RunSummary::name).thenComparing(newest);
            case STATE ->
                Comparator.comparing((RunSummary run) -> STATES.indexOf(run.state()))
                        .thenComparing(newest);
            case DURATION ->
                Comparator.comparing((RunSummary run) -> Duration.between(
                                run.createdAt(), run.finishedAt().orElse(now)))
                        .reversed()
                        .thenComparing(newest);
        };
    }
}
