package dev.settle.core.kernel.submission;

import dev.settle.core.kernel.state.KernelCommand;
import dev.settle.core.kernel.state.KernelContext;
import dev.settle.core.kernel.state.Policy;
import dev.settle.core.model.ItemId;
import dev.settle.core.model.Plan.BackendName;
import dev.settle.core.run.Attempt;
import dev.settle.core.run.Item;
import dev.settle.core.scheduler.LookupAnswer;
import dev.settle.core.scheduler.SubmitAnswer;
import dev.settle.core.scheduler.SubmitToken;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/**
 * Submissions whose answer is awaited or unclear. One that is unclear is looked up by its token until it is found, or
 * until everybody has answered for long enough that it is not there; it is never simply sent again.
 */
final class InFlightSubmissions {
    /** The longest pause between two lookups, and the most time that one of them adds to the search. */
    private static final Duration LOOKUP_PAUSE_MAX = Duration.ofSeconds(30);

    /** Who sent a submission, and when. */
    enum Origin {
        HERE,
        /** Before there was room for it. */
        AHEAD,
        EARLIER_ENGINE
    }

    /** One submission. */
    static final class Submission {
        final List<Item> items;
        final Instant since;
        final boolean orphan;
        /** Handed over before there was a free slot: it waits, and can be taken back. */
        final boolean ahead;

        boolean dequeued;
        /** The unclear answer, unless the submission is an earlier engine's. */
        Optional<SubmitAnswer.Unclear> unclearAnswer = Optional.empty();

        boolean unclear;
        private boolean lookupOpen;
        private int lookups;
        private Instant lookAt = Instant.MIN;
        private Duration notFoundFor = Duration.ZERO;
        private Optional<Instant> notFoundAt = Optional.empty();

        private Submission(List<Item> items, Instant since, Origin origin) {
            this.items = items;
            this.since = since;
            this.orphan = origin == Origin.EARLIER_ENGINE;
            this.ahead = origin == Origin.AHEAD;
        }
    }

    private final KernelContext context;
    private final Map<SubmitToken, Submission> inFlight = new LinkedHashMap<>();
    private int intended;

    InFlightSubmissions(KernelContext context) {
        this.context = context;
    }

    /** Takes up what an engine before this one may have sent: each unanswered intent is looked up first. */
    void takeOver() {
        Map<SubmitToken, List<Item>> byToken = new LinkedHashMap<>();
        Map<SubmitToken, Instant> since = new LinkedHashMap<>();
        for (Item item : context.state().items()) {
            // Tasks that have their job already count as well: a task is known by its place in the submission.
            item.earlier().forEach(attempt -> collect(byToken, attempt, item));
            collect(byToken, item.attempt(), item);
            if (item.isIntended()) {
                since.putIfAbsent(
                        item.attempt().token().orElseThrow(),
                        item.attempt().intendedAt().orElse(context.clock().stamp()));
            }
        }
        since.forEach((token, at) -> {
            Submission submission = new Submission(byToken.getOrDefault(token, List.of()), at, Origin.EARLIER_ENGINE);
            submission.unclear = true;
            inFlight.put(token, submission);
            intended += submission.items.size();
        });
    }

    private static void collect(Map<SubmitToken, List<Item>> byToken, Attempt attempt, Item item) {
        if (attempt.token().isPresent()) {
            List<Item> items = byToken.computeIfAbsent(attempt.token().get(), t -> new ArrayList<>(1));
            // A requeued job keeps its token from attempt to attempt.
            if (items.isEmpty() || items.get(items.size() - 1) != item) {
                items.add(item);
            }
        }
    }

    void start(SubmitToken token, List<Item> items, Origin origin) {
        inFlight.put(token, new Submission(items, context.clock().stamp(), origin));
        intended += items.size();
    }

    Optional<Submission> submission(SubmitToken token) {
        return Optional.ofNullable(inFlight.get(token));
    }

    void remove(SubmitToken token) {
        Submission submission = inFlight.remove(token);
        intended -= submission == null ? 0 : submission.items.size();
    }

    boolean isEmpty() {
        return inFlight.isEmpty();
    }

    int size() {
        return inFlight.size();
    }

    /** How many items are on their way. */
    int intended() {
        return intended;
    }

    void lookUp() {
        for (Map.Entry<SubmitToken, Submission> entry : inFlight.entrySet()) {
            Submission submission = entry.getValue();
            if (submission.unclear && !submission.lookupOpen && !context.now().isBefore(submission.lookAt)) {
                submission.lookupOpen = true;
                submission.lookups++;
                List<ItemId> ids = submission.items.stream().map(Item::id).toList();
                context.perform(new KernelCommand.LookUp(entry.getKey(), ids, submission.since));
            }
        }
    }

    /** Takes back what waits for a free slot, once. */
    void dequeue(Predicate<Item> which) {
        Set<SubmitToken> tokens = new HashSet<>();
        inFlight.forEach((token, submission) -> {
            if (submission.ahead
                    && !submission.dequeued
                    && submission.items.stream().anyMatch(which)) {
                submission.dequeued = true;
                tokens.add(token);
            }
        });
        if (!tokens.isEmpty()) {
            context.perform(new KernelCommand.Dequeue(tokens));
        }
    }

    /** Whether the submission is known by now not to have arrived. */
    boolean isNotThere(Submission submission, LookupAnswer.Kind answer) {
        submission.lookupOpen = false;
        Duration pause = Duration.ofSeconds(1L << Math.min(submission.lookups - 1, 5));
        submission.lookAt = context.now().plus(Policy.min(pause, LOOKUP_PAUSE_MAX));
        if (answer == LookupAnswer.Kind.NO_ANSWER) {
            // A search that was not answered says nothing: its bound counts answers only.
            submission.notFoundAt = Optional.empty();
            return false;
        }
        Duration gap = submission
                .notFoundAt
                .map(at -> Duration.between(at, context.now()))
                .orElse(Duration.ZERO);
        submission.notFoundFor =
                submission.notFoundFor.plus(Policy.min(gap, LOOKUP_PAUSE_MAX.plus(Policy.COMMAND_MAX)));
        submission.notFoundAt = Optional.of(context.now());
        Duration left = bound(submission).minus(submission.notFoundFor);
        if (left.compareTo(Duration.ZERO) > 0 && context.now().plus(left).isBefore(submission.lookAt)) {
            submission.lookAt = context.now().plus(left);
        }
        return submission.lookups >= 2
                && submission.notFoundFor.compareTo(bound(submission)) >= 0
                && !mayStillArrive(submission);
    }

    private Duration bound(Submission submission) {
        Duration bound = submission.orphan
                ? orphanBound()
                : submission
                        .unclearAnswer
                        .map(answer -> search(answer.ending()))
                        .orElse(context.policy().lostAfter());
        return Policy.min(bound, context.policy().lostAfter());
    }

    private Duration search(SubmitAnswer.Ending ending) {
        return switch (ending) {
            case REPORTED -> Policy.REPORTED_SEARCH;
            case CUT_OFF -> Policy.CUT_OFF_SEARCH;
            case SILENT -> context.policy().lostAfter();
        };
    }

    private Duration orphanBound() {
        return context.policy().backend() == BackendName.LOCAL
                ? Policy.ORPHAN_INTENT_BOUND_LOCAL
                : Policy.ORPHAN_INTENT_BOUND;
    }

    /** A submission that outlived its driver may still be on its way as long as its command is allowed to take. */
    private boolean mayStillArrive(Submission submission) {
        boolean local = context.policy().backend() == BackendName.LOCAL;
        Duration longest = Policy.min(Policy.COMMAND_MAX, context.policy().lostAfter());
        return submission.orphan && !local && context.clock().stamp().isBefore(submission.since.plus(longest));
    }

    Instant wakeAt(Instant latest) {
        Instant wake = latest;
        for (Submission submission : inFlight.values()) {
            if (submission.unclear && !submission.lookupOpen && submission.lookAt.isBefore(wake)) {
                wake = submission.lookAt;
            }
        }
        return wake;
    }
}
