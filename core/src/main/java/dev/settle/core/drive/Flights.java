package dev.settle.core.drive;

import dev.settle.core.item.Attempt;
import dev.settle.core.item.Item;
import dev.settle.core.plan.ItemId;
import dev.settle.core.plan.Plan.BackendName;
import dev.settle.core.port.FindAnswer;
import dev.settle.core.port.SubmitAnswer;
import dev.settle.core.port.SubmitToken;
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
final class Flights {
    /** The longest pause between two lookups, and the most time that one of them adds to the search. */
    private static final Duration LOOKUP_PAUSE_MAX = Duration.ofSeconds(30);

    /** Who sent a submission, and when. */
    enum Origin {
        HERE,
        /** Before there was room for it. */
        AHEAD,
        EARLIER_DRIVER
    }

    /** One submission. */
    static final class Flight {
        final List<Item> items;
        final Instant since;
        final boolean orphan;
        /** Handed over before there was room for it: it waits, and can be had back. */
        final boolean ahead;

        boolean recalled;
        /** What was said, unless the submission is an earlier driver's. */
        Optional<SubmitAnswer.Unclear> said = Optional.empty();

        boolean unclear;
        private boolean asking;
        private int lookups;
        private Instant lookAt = Instant.MIN;
        private Duration notFoundFor = Duration.ZERO;
        private Optional<Instant> notFoundAt = Optional.empty();

        private Flight(List<Item> items, Instant since, Origin origin) {
            this.items = items;
            this.since = since;
            this.orphan = origin == Origin.EARLIER_DRIVER;
            this.ahead = origin == Origin.AHEAD;
        }
    }

    private final Board board;
    private final Map<SubmitToken, Flight> flights = new LinkedHashMap<>();
    private int intended;

    Flights(Board board) {
        this.board = board;
    }

    /** Takes up what a driver before this one may have sent: each unanswered intent is looked up first. */
    void takeOver() {
        Map<SubmitToken, List<Item>> byToken = new LinkedHashMap<>();
        Map<SubmitToken, Instant> since = new LinkedHashMap<>();
        for (Item item : board.state.items()) {
            // Tasks that have their job already count as well: a task is known by its place in the submission.
            item.earlier().forEach(attempt -> collect(byToken, attempt, item));
            collect(byToken, item.attempt(), item);
            if (item.isIntended()) {
                since.putIfAbsent(
                        item.attempt().token().orElseThrow(),
                        item.attempt().intendedAt().orElse(board.stamp()));
            }
        }
        since.forEach((token, at) -> {
            Flight flight = new Flight(byToken.getOrDefault(token, List.of()), at, Origin.EARLIER_DRIVER);
            flight.unclear = true;
            flights.put(token, flight);
            intended += flight.items.size();
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
        flights.put(token, new Flight(items, board.stamp(), origin));
        intended += items.size();
    }

    Optional<Flight> flight(SubmitToken token) {
        return Optional.ofNullable(flights.get(token));
    }

    void land(SubmitToken token) {
        Flight flight = flights.remove(token);
        intended -= flight == null ? 0 : flight.items.size();
    }

    boolean isEmpty() {
        return flights.isEmpty();
    }

    int size() {
        return flights.size();
    }

    /** How many items are on their way. */
    int intended() {
        return intended;
    }

    void lookUp() {
        for (Map.Entry<SubmitToken, Flight> entry : flights.entrySet()) {
            Flight flight = entry.getValue();
            if (flight.unclear && !flight.asking && !board.now().isBefore(flight.lookAt)) {
                flight.asking = true;
                flight.lookups++;
                List<ItemId> ids = flight.items.stream().map(Item::id).toList();
                board.perform(new Command.Find(entry.getKey(), ids, flight.since));
            }
        }
    }

    /** Asks for what waits for a free place back, once. */
    void recall(Predicate<Item> which) {
        Set<SubmitToken> tokens = new HashSet<>();
        flights.forEach((token, flight) -> {
            if (flight.ahead && !flight.recalled && flight.items.stream().anyMatch(which)) {
                flight.recalled = true;
                tokens.add(token);
            }
        });
        if (!tokens.isEmpty()) {
            board.perform(new Command.Recall(tokens));
        }
    }

    /** Whether the submission is known by now not to have arrived. */
    boolean isNotThere(Flight flight, FindAnswer.Kind answer) {
        flight.asking = false;
        Duration pause = Duration.ofSeconds(1L << Math.min(flight.lookups - 1, 5));
        flight.lookAt = board.now().plus(Policy.min(pause, LOOKUP_PAUSE_MAX));
        if (answer == FindAnswer.Kind.NO_ANSWER) {
            // A search that was not answered says nothing: its bound counts answers only.
            if (board.doctrine.holds(Check.SEARCH_COUNTS_ANSWERS)) {
                flight.notFoundAt = Optional.empty();
            }
            return false;
        }
        Duration gap =
                flight.notFoundAt.map(at -> Duration.between(at, board.now())).orElse(Duration.ZERO);
        boolean counted = board.doctrine.holds(Check.SEARCH_COUNTS_ANSWERS);
        flight.notFoundFor =
                flight.notFoundFor.plus(counted ? Policy.min(gap, LOOKUP_PAUSE_MAX.plus(Policy.COMMAND_MAX)) : gap);
        flight.notFoundAt = Optional.of(board.now());
        Duration left = bound(flight).minus(flight.notFoundFor);
        if (left.compareTo(Duration.ZERO) > 0 && board.now().plus(left).isBefore(flight.lookAt)) {
            flight.lookAt = board.now().plus(left);
        }
        return flight.lookups >= 2 && flight.notFoundFor.compareTo(bound(flight)) >= 0 && !mayStillArrive(flight);
    }

    private Duration bound(Flight flight) {
        Duration bound = flight.orphan
                ? orphanBound()
                : flight.said.map(said -> search(said.ending())).orElse(board.policy.lostAfter());
        return Policy.min(bound, board.policy.lostAfter());
    }

    private Duration search(SubmitAnswer.Ending ending) {
        return switch (ending) {
            case REPORTED -> Policy.REPORTED_SEARCH;
            case CUT_OFF -> Policy.CUT_OFF_SEARCH;
            case SILENT -> board.policy.lostAfter();
        };
    }

    private Duration orphanBound() {
        return board.policy.backend() == BackendName.LOCAL
                ? Policy.ORPHAN_INTENT_BOUND_LOCAL
                : Policy.ORPHAN_INTENT_BOUND;
    }

    /** A submission that outlived its driver may still be on its way as long as its command is allowed to take. */
    private boolean mayStillArrive(Flight flight) {
        boolean local = board.policy.backend() == BackendName.LOCAL;
        Duration longest = Policy.min(Policy.COMMAND_MAX, board.policy.lostAfter());
        return flight.orphan && !local && board.stamp().isBefore(flight.since.plus(longest));
    }

    Instant wakeAt(Instant latest) {
        Instant wake = latest;
        for (Flight flight : flights.values()) {
            if (flight.unclear && !flight.asking && flight.lookAt.isBefore(wake)) {
                wake = flight.lookAt;
            }
        }
        return wake;
    }
}
