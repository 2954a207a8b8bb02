package dev.settle.core.drive;

import dev.settle.core.item.ConfirmedBy;
import dev.settle.core.item.Item;
import dev.settle.core.item.ItemEvent;
import dev.settle.core.item.ItemState;
import dev.settle.core.item.Outcome;
import dev.settle.core.plan.ItemId;
import dev.settle.core.plan.ItemReason;
import dev.settle.core.plan.Resources;
import dev.settle.core.port.FindAnswer;
import dev.settle.core.port.JobId;
import dev.settle.core.port.SubmitAnswer;
import dev.settle.core.port.SubmitToken;
import dev.settle.core.port.Usage;
import dev.settle.core.run.Stop;
import dev.settle.core.run.StopReason;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.TreeSet;
import java.util.random.RandomGenerator;

/** Submits what may start: intent first, never twice, alike items together, within the caps. */
final class Starter {
    /** Submissions on their way at once on a cluster; sbatch calls are cheap, but the controller is everybody's. */
    private static final int OUTSTANDING_MAX = 4;

    private static final Duration BACKOFF_MIN = Duration.ofSeconds(2);
    private static final Duration BACKOFF_MAX = Duration.ofMinutes(2);
    private static final int EMPTY_SCRIPT_TRIES = 3;

    /** A submission whose answer is awaited or unclear. */
    private static final class Flight {
        final List<Item> items;
        final Instant since;
        /** Absent while the answer is awaited. */
        Optional<Instant> unclearSince = Optional.empty();

        Duration bound = Duration.ZERO;
        int lookups;
        boolean asking;

        Flight(List<Item> items, Instant since) {
            this.items = items;
            this.since = since;
        }
    }

    private final Board board;
    private final RandomGenerator random;
    private final Map<SubmitToken, Flight> flights = new LinkedHashMap<>();
    private final Map<Resources, TreeSet<Integer>> ready = new LinkedHashMap<>();
    private int intended;
    private int refusalsInARow;
    private Instant notBefore = Instant.MIN;

    Starter(Board board, RandomGenerator random) {
        this.board = board;
        this.random = random;
    }

    /** Takes up what a driver before this one may have sent: each unanswered intent is looked up first. */
    void takeOver() {
        for (Item item : board.state.items()) {
            if (item.isIntended()) {
                SubmitToken token = item.attempt().token().orElseThrow();
                Flight flight = flights.computeIfAbsent(
                        token,
                        t -> new Flight(
                                new ArrayList<>(), item.attempt().intendedAt().orElse(board.now())));
                flight.items.add(item);
                flight.unclearSince = Optional.of(board.now());
                flight.bound = min(Policy.ORPHAN_INTENT_BOUND, board.policy.lostAfter());
                intended++;
            }
        }
    }

    /** The item may start now, or as soon as its pause is over. */
    void offer(Item item) {
        if (item.state() != ItemState.PENDING || item.isIntended()) {
            return;
        }
        Optional<JobId> watched = item.plan().jobId().map(JobId::new);
        if (watched.isPresent()) {
            board.emit(new ItemEvent.Submitted(item.id(), watched.get()));
            return;
        }
        Optional<Instant> pause = item.notBefore().filter(at -> at.isAfter(board.now()));
        if (pause.isPresent()) {
            board.remind(item, pause.get());
            return;
        }
        ready.computeIfAbsent(item.plan().resources(), r -> new TreeSet<>()).add(item.index());
    }

    /** Starts what may start. */
    void advance() {
        lookUp();
        if (board.isStopping() || board.now().isBefore(notBefore)) {
            return;
        }
        int free = board.policy.maxConcurrent() - board.state.counts().live() - intended;
        if (board.state.awaitedCredit().isPresent()) {
            // A refused submission can be asked about in no other way than by sending one item again.
            free = Credits.someoneWaits(board) || isFlying() ? 0 : Math.min(free, 1);
        }
        boolean arrays = board.policy.arrayMax() > 1;
        while (free > 0 && (!arrays || flights.size() < OUTSTANDING_MAX)) {
            List<Item> batch = nextBatch(Math.min(free, board.policy.arrayMax()));
            if (batch.isEmpty()) {
                return;
            }
            send(batch);
            free -= batch.size();
        }
    }

    private List<Item> nextBatch(int most) {
        TreeSet<Integer> group = null;
        for (Iterator<TreeSet<Integer>> groups = ready.values().iterator(); groups.hasNext(); ) {
            TreeSet<Integer> each = groups.next();
            if (each.isEmpty()) {
                groups.remove();
            } else if (group == null || each.first() < group.first()) {
                group = each;
            }
        }
        List<Item> batch = new ArrayList<>();
        while (group != null && batch.size() < most && !group.isEmpty()) {
            Item item = board.state.items().get(group.pollFirst());
            if (item.state() == ItemState.PENDING && !item.isIntended()) {
                batch.add(item);
            }
        }
        return batch;
    }

    private void send(List<Item> batch) {
        SubmitToken token = SubmitToken.random(random);
        List<ItemId> ids = new ArrayList<>(batch.size());
        for (Item item : batch) {
            board.emit(new ItemEvent.Intended(item.id(), item.attempt().number(), token));
            ids.add(item.id());
        }
        flights.put(token, new Flight(batch, board.now()));
        intended += batch.size();
        board.perform(new Command.Submit(token, ids));
    }

    void answered(SubmitToken token, SubmitAnswer answer) {
        Flight flight = flights.get(token);
        if (flight == null) {
            return;
        }
        switch (answer.kind()) {
            case ACCEPTED -> accepted(token, flight, ((SubmitAnswer.Accepted) answer).jobs());
            case REFUSED -> {
                land(token, flight);
                refused(flight.items, (SubmitAnswer.Refused) answer);
            }
            case UNCLEAR -> {
                flight.unclearSince = Optional.of(board.now());
                flight.bound = board.policy.lostAfter();
            }
        }
    }

    private void accepted(SubmitToken token, Flight flight, List<JobId> jobs) {
        land(token, flight);
        refusalsInARow = 0;
        Credits.checkBack(board);
        for (int i = 0; i < flight.items.size(); i++) {
            Item item = flight.items.get(i);
            if (item.state() == ItemState.PENDING) {
                board.emit(new ItemEvent.Submitted(item.id(), jobs.get(i)));
                // Quick jobs without an exit record are noticed soon after the start, not a whole interval later.
                board.remind(item, Policy.SUBMIT_GRACE);
            }
        }
    }

    private void land(SubmitToken token, Flight flight) {
        flights.remove(token);
        intended -= flight.items.size();
    }

    private void refused(List<Item> items, SubmitAnswer.Refused answer) {
        switch (answer.refusal()) {
            case CREDITS -> {
                items.forEach(item -> board.emit(new ItemEvent.Refused(item.id(), answer.text())));
                outOfCredits(answer.text());
                items.forEach(this::offer);
            }
            case TEMPORARY, UNREACHABLE -> pause(items, answer.text());
            case EMPTY_SCRIPT -> {
                if (items.get(0).refusals() < EMPTY_SCRIPT_TRIES) {
                    pause(items, answer.text());
                } else {
                    items.forEach(item -> fail(item, ItemReason.SUBMISSION_REFUSED, answer.text()));
                }
            }
            case CAN_NEVER_START -> items.forEach(item -> fail(item, ItemReason.CAN_NEVER_START, answer.text()));
            case FOR_GOOD -> items.forEach(item -> fail(item, ItemReason.SUBMISSION_REFUSED, answer.text()));
            case LAUNCH_FAILURE -> items.forEach(item -> fail(item, ItemReason.LAUNCH_FAILURE, answer.text()));
        }
    }

    private void pause(List<Item> items, String text) {
        items.forEach(item -> board.emit(new ItemEvent.Refused(item.id(), text)));
        Duration wait = min(BACKOFF_MIN.multipliedBy(1L << Math.min(refusalsInARow, 6)), BACKOFF_MAX);
        refusalsInARow++;
        notBefore = board.now().plus(wait);
        items.forEach(this::offer);
        board.remind(items.get(0), notBefore);
    }

    private void outOfCredits(String text) {
        Stop stop = new Stop(
                StopReason.OUT_OF_CREDITS,
                Optional.of("sbatch refused the submission: " + text),
                board.state.plan().credits().topupUrl(),
                board.now(),
                List.of(new Stop.Evidence("sbatch", board.now(), text)));
        Credits.exhausted(board, stop);
        // Waiting for credit: a refused submission is the only way to ask again.
        notBefore = board.now().plus(BACKOFF_MAX);
    }

    private void fail(Item item, ItemReason reason, String text) {
        board.emit(new ItemEvent.Settled(item.id(), neverRan(ItemState.FAILED, reason, text)));
    }

    /** The outcome of an attempt that never had a job; settle itself is its witness. */
    static Outcome neverRan(ItemState state, ItemReason reason, String text) {
        return new Outcome(
                state,
                reason,
                OptionalInt.empty(),
                OptionalInt.empty(),
                ConfirmedBy.CONTROLLER,
                Optional.of(text),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Usage.NONE,
                "never_submitted");
    }

    private void lookUp() {
        for (Map.Entry<SubmitToken, Flight> entry : flights.entrySet()) {
            Flight flight = entry.getValue();
            if (flight.unclearSince.isPresent()
                    && !flight.asking
                    && !board.now().isBefore(nextLookup(flight))) {
                flight.asking = true;
                flight.lookups++;
                List<ItemId> ids = flight.items.stream().map(Item::id).toList();
                board.perform(new Command.Find(entry.getKey(), ids, flight.since));
            }
        }
    }

    /** Looks at once, then after 1, 2, 4 ... 30 s. */
    private static Instant nextLookup(Flight flight) {
        Instant since = flight.unclearSince.orElseThrow();
        if (flight.lookups == 0) {
            return since;
        }
        long seconds = (1L << Math.min(flight.lookups, 5)) - 1 + 30L * Math.max(0, flight.lookups - 5);
        return since.plusSeconds(seconds);
    }

    void found(SubmitToken token, FindAnswer answer) {
        Flight flight = flights.get(token);
        if (flight == null) {
            return;
        }
        flight.asking = false;
        Instant until = flight.unclearSince.orElse(board.now()).plus(flight.bound);
        switch (answer.kind()) {
            case FOUND -> accepted(token, flight, ((FindAnswer.Found) answer).jobs());
            // A search that was not answered says nothing; its bound counts answers only.
            case NO_ANSWER ->
                flight.unclearSince =
                        flight.unclearSince.map(at -> max(at, board.now().minus(flight.bound)));
            case NOT_FOUND -> {
                if (!board.now().isBefore(until) && flight.lookups >= 2) {
                    land(token, flight);
                    notThere(flight);
                }
            }
        }
    }

    private void notThere(Flight flight) {
        boolean orphan = flight.bound.compareTo(board.policy.lostAfter()) < 0;
        for (Item item : flight.items) {
            if (orphan) {
                board.emit(new ItemEvent.Refused(item.id(), "the driver died before the submission was sent"));
                offer(item);
            } else {
                fail(
                        item,
                        ItemReason.LOST,
                        "the answer to its submission was unclear, and no source ever knew the job");
            }
        }
    }

    /** Whether a submission is on its way or unclear. */
    boolean isFlying() {
        return !flights.isEmpty();
    }

    Instant wakeAt(Instant latest) {
        Instant wake = latest;
        for (Flight flight : flights.values()) {
            if (flight.unclearSince.isPresent() && !flight.asking) {
                wake = min(wake, nextLookup(flight));
            }
        }
        boolean waiting = ready.values().stream().anyMatch(group -> !group.isEmpty());
        return waiting && notBefore.isAfter(board.now()) ? min(wake, notBefore) : wake;
    }

    /** Nothing is ready to start, and nothing waits for its pause to end. */
    boolean isIdle() {
        return flights.isEmpty()
                && ready.values().stream().allMatch(TreeSet::isEmpty)
                && board.state.items().stream()
                        .noneMatch(item -> item.state() == ItemState.PENDING
                                && item.notBefore().isPresent());
    }

    private static Duration min(Duration a, Duration b) {
        return a.compareTo(b) <= 0 ? a : b;
    }

    private static Instant min(Instant a, Instant b) {
        return a.isBefore(b) ? a : b;
    }

    private static Instant max(Instant a, Instant b) {
        return a.isAfter(b) ? a : b;
    }
}
