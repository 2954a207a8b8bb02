package dev.settle.core.drive;

import dev.settle.core.item.ConfirmedBy;
import dev.settle.core.item.Item;
import dev.settle.core.item.ItemEvent;
import dev.settle.core.item.ItemState;
import dev.settle.core.plan.ItemId;
import dev.settle.core.plan.ItemReason;
import dev.settle.core.plan.Plan;
import dev.settle.core.port.FindAnswer;
import dev.settle.core.port.JobId;
import dev.settle.core.port.SubmitAnswer;
import dev.settle.core.port.SubmitToken;
import dev.settle.core.run.Stop;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.random.RandomGenerator;

/** Submits what may start: intent first, never twice, alike items together, within the caps. */
final class Starter {
    /** Submissions on their way at once on a cluster; sbatch calls are cheap, but the controller is everybody's. */
    private static final int OUTSTANDING_MAX = 4;

    private final Board board;
    private final RandomGenerator random;
    private final Credits credits;
    private final Flights flights;
    private final ReadyItems ready;
    private final Refusals refusals;

    /** What the scheduler does not count when it holds the cap for us: jobs that an earlier driver may have started. */
    private final Set<Item> elsewhere = new HashSet<>();
    /** The scheduler gave something back that nobody had asked for: it keeps nothing for us any more. */
    private boolean handedBack;

    Starter(Board board, RandomGenerator random, Credits credits) {
        this.board = board;
        this.random = random;
        this.credits = credits;
        this.flights = new Flights(board);
        this.ready = new ReadyItems(board);
        this.refusals = new Refusals(board, credits);
    }

    void takeOver() {
        flights.takeOver();
        board.state.items().stream()
                .filter(item -> item.state().isLive() || item.isIntended())
                .forEach(elsewhere::add);
    }

    /** The item may start now, or as soon as its pause is over. */
    void offer(Item item) {
        if (item.state() != ItemState.PENDING
                || item.isIntended()
                || board.state.ended().isPresent()) {
            return;
        }
        if (item.cancelAskedBy().isPresent()) {
            cancelUnsent(item);
            return;
        }
        Optional<JobId> watched = item.plan().jobId().map(JobId::of);
        if (watched.isPresent()) {
            board.emit(new ItemEvent.Submitted(item.id(), watched.get()));
            return;
        }
        Optional<Instant> pause = item.notBefore().filter(at -> at.isAfter(board.stamp()));
        if (pause.isPresent()) {
            board.remind(item, board.ofStamp(pause.get()));
            return;
        }
        ready.add(item);
    }

    void cancelUnsent(Item item) {
        board.emit(new ItemEvent.Settled(
                item.id(),
                NeverRan.outcome(
                        ItemState.CANCELLED,
                        ItemReason.CANCELLED_WHILE_PENDING,
                        ConfirmedBy.CONTROLLER,
                        "cancelled by " + item.cancelAskedBy().orElse("settle") + " before it was submitted")));
    }

    /** Starts what may start. */
    void advance() {
        if (board.state.ended().isPresent()) {
            return;
        }
        flights.lookUp();
        if (board.isStopping()) {
            return;
        }
        int taken = board.state.counts().live() + flights.intended();
        int room = Math.min(board.policy.maxConcurrent() - taken, refusals.room(taken, isFlying()));
        int free = credits.mayStart(room, !flights.isEmpty());
        boolean arrays = board.policy.arrayMax() > 1;
        if (taken == 0 && free > 0 && free == board.policy.maxConcurrent() && mayThrottle()) {
            List<Item> batch = ready.next(refusals.batchMax());
            send(batch, batch.size() > free ? free : 0);
            free -= batch.size();
        }
        while (free > 0 && (!arrays || flights.size() < OUTSTANDING_MAX)) {
            List<Item> batch = ready.next(Math.min(free, refusals.batchMax()));
            if (batch.isEmpty()) {
                return;
            }
            send(batch, 0);
            free -= batch.size();
        }
        sendAhead();
    }

    /** Where the scheduler keeps jobs for us its next one starts when one ends, not when we know of it. */
    private void sendAhead() {
        int most = board.policy.maxConcurrent() + board.policy.aheadMax();
        for (int taken = board.state.counts().live() + flights.intended();
                taken >= board.policy.maxConcurrent() && taken < most && maySendAhead();
                taken++) {
            List<Item> batch = ready.next(1);
            if (batch.isEmpty()) {
                return;
            }
            send(batch, board.policy.maxConcurrent());
        }
    }

    private boolean maySendAhead() {
        elsewhere.removeIf(item -> !item.state().isLive() && !item.isIntended());
        return board.policy.aheadMax() > 0
                && !handedBack
                && elsewhere.isEmpty()
                && mayStartUnasked()
                && board.state.plan().queue().isEmpty()
                && refusals.areForgotten();
    }

    /** A place that the driver asked for is wanted no longer. */
    void recall(Predicate<Item> which) {
        flights.recall(which);
    }

    /** The scheduler holds the cap on one array: its next task starts when one ends, not when we know of it. */
    private boolean mayThrottle() {
        return board.policy.arrayMax() > 1 && ready.size() > board.policy.maxConcurrent() && mayStartUnasked();
    }

    /** What waits with the scheduler already would start past either limit. */
    private boolean mayStartUnasked() {
        Plan plan = board.state.plan();
        return plan.maxFailures().isEmpty() && plan.budgetCpuHours().isEmpty();
    }

    private void send(List<Item> batch, int throttle) {
        SubmitToken token = SubmitToken.random(random);
        List<ItemId> ids = new ArrayList<>(batch.size());
        for (Item item : batch) {
            board.emit(new ItemEvent.Intended(item.id(), item.attempt().number(), token));
            ids.add(item.id());
        }
        boolean ahead = throttle > 0 && board.policy.arrayMax() == 1;
        flights.start(token, batch, ahead ? Flights.Origin.AHEAD : Flights.Origin.HERE);
        board.perform(new Command.Submit(token, ids, throttle));
    }

    void answered(SubmitToken token, SubmitAnswer answer) {
        Optional<Flights.Flight> flight = flights.flight(token);
        if (flight.isEmpty()) {
            return;
        }
        switch (answer.kind()) {
            case ACCEPTED -> accepted(token, flight.get(), ((SubmitAnswer.Accepted) answer).jobs());
            case REFUSED -> {
                flights.land(token);
                boolean unasked = ((SubmitAnswer.Refused) answer).refusal() == SubmitAnswer.Refusal.GIVEN_BACK
                        && !flight.get().recalled;
                handedBack |= unasked;
                refusals.refused(flight.get().items, (SubmitAnswer.Refused) answer);
                flight.get().items.forEach(this::offer);
            }
            case UNCLEAR -> unclear(token, flight.get(), (SubmitAnswer.Unclear) answer);
        }
    }

    private void unclear(SubmitToken token, Flights.Flight flight, SubmitAnswer.Unclear answer) {
        if (!board.doctrine.holds(Check.LOOK_UP_BEFORE_SENDING)) {
            flights.land(token);
            refusals.pause(flight.items, answer.text());
            flight.items.forEach(this::offer);
            return;
        }
        flight.unclear = true;
        flight.said = Optional.of(answer);
        elsewhere.addAll(flight.items);
        flight.items.stream()
                .filter(Item::isIntended)
                .forEach(item -> board.emit(new ItemEvent.Unclear(item.id(), answer.text())));
    }

    private void accepted(SubmitToken token, Flights.Flight flight, List<JobId> jobs) {
        if (jobs.size() != flight.items.size()) {
            throw new IllegalStateException(token + ": " + jobs.size() + " jobs for " + flight.items.size() + " items");
        }
        flights.land(token);
        refusals.accepted(flight.items.size());
        for (int i = 0; i < flight.items.size(); i++) {
            Item item = flight.items.get(i);
            if (item.isIntended()
                    && item.attempt().token().filter(token::equals).isPresent()) {
                board.emit(new ItemEvent.Submitted(item.id(), jobs.get(i)));
                // Quick jobs without an exit record are noticed soon after the start, not a whole interval later.
                board.remind(item, Policy.SUBMIT_GRACE);
            }
        }
    }

    void found(SubmitToken token, FindAnswer answer) {
        Optional<Flights.Flight> found = flights.flight(token);
        if (found.isEmpty()) {
            return;
        }
        Flights.Flight flight = found.get();
        if (answer.kind() == FindAnswer.Kind.FOUND) {
            accepted(token, flight, ((FindAnswer.Found) answer).jobs());
            return;
        }
        if (answer.kind() == FindAnswer.Kind.NO_ANSWER) {
            if (board.state.counts().live() == 0) {
                refusals.silent(((FindAnswer.NoAnswer) answer).text());
            }
        } else {
            refusals.answeredAgain();
        }
        if (flights.isNotThere(flight, answer.kind())) {
            flights.land(token);
            notThere(flight, flight.items.stream().filter(Item::isIntended).toList());
        }
    }

    private void notThere(Flights.Flight flight, List<Item> items) {
        if (flight.orphan) {
            items.forEach(item ->
                    board.emit(new ItemEvent.Refused(item.id(), "the driver died before the submission was sent")));
            items.forEach(this::offer);
            return;
        }
        String words = flight.said.map(SubmitAnswer.Unclear::text).orElse("");
        Optional<SubmitAnswer.Refusal> refusal = flight.said.flatMap(SubmitAnswer.Unclear::ifNotFound);
        if (refusal.isPresent()) {
            refusals.refused(items, new SubmitAnswer.Refused(refusal.get(), words));
            items.forEach(this::offer);
            return;
        }
        items.forEach(item -> NeverRan.fail(
                board,
                item,
                ItemReason.LOST,
                "the answer to its submission was unclear (" + words + "), and no source ever knew the job"));
    }

    /** Whether a submission is on its way or unclear. */
    boolean isFlying() {
        return !flights.isEmpty();
    }

    /** The end of the run once the disk has refused for so long that nothing will be submitted any more. */
    Optional<Stop> storageFailed() {
        return refusals.storageFailed();
    }

    Instant wakeAt(Instant latest) {
        Instant wake = flights.wakeAt(refusals.wakeAt(latest));
        Optional<Instant> pauseEnd = ready.isEmpty() ? Optional.empty() : refusals.pauseEnd();
        return pauseEnd.filter(wake::isAfter).orElse(wake);
    }

    /** Nothing is ready to start, and nothing waits for its pause to end. */
    boolean isIdle() {
        return flights.isEmpty()
                && ready.isEmpty()
                && board.state.items().stream()
                        .noneMatch(item -> item.state() == ItemState.PENDING
                                && item.notBefore().isPresent());
    }
}
