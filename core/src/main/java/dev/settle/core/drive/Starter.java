package dev.settle.core.drive;

import dev.settle.core.item.ConfirmedBy;
import dev.settle.core.item.Item;
import dev.settle.core.item.ItemEvent;
import dev.settle.core.item.ItemState;
import dev.settle.core.item.Outcome;
import dev.settle.core.plan.ItemId;
import dev.settle.core.plan.ItemReason;
import dev.settle.core.plan.Plan;
import dev.settle.core.plan.Resources;
import dev.settle.core.port.FindAnswer;
import dev.settle.core.port.JobId;
import dev.settle.core.port.Source;
import dev.settle.core.port.SubmitAnswer;
import dev.settle.core.port.SubmitToken;
import dev.settle.core.port.Usage;
import dev.settle.core.run.RunEvent;
import dev.settle.core.run.Stop;
import dev.settle.core.run.StopReason;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.random.RandomGenerator;

/** Submits what may start: intent first, never twice, alike items together, within the caps. */
final class Starter {
    /** Submissions on their way at once on a cluster; sbatch calls are cheap, but the controller is everybody's. */
    private static final int OUTSTANDING_MAX = 4;

    private static final Duration BACKOFF_MIN = Duration.ofSeconds(2);
    private static final Duration BACKOFF_MAX = Duration.ofMinutes(2);
    private static final Duration CREDIT_BACKOFF_MIN = Duration.ofSeconds(15);
    private static final int EMPTY_SCRIPT_TRIES = 3;

    private final Board board;
    private final RandomGenerator random;
    private final Credits credits;
    private final Flights flights;
    private final TreeSet<Integer> ready = new TreeSet<>();
    private final Map<Resources, TreeSet<Integer>> alike = new HashMap<>();
    private int refusalsInARow;
    /** Since when the disk has refused what submissions need, and what it said last. */
    private Optional<Instant> storageRefusal = Optional.empty();

    private String storageText = "";
    /** Most tasks of one submission; a limit on submitted jobs that refuses an array may let half of it pass. */
    private int batchMax;

    /** As many of our jobs as were there when the scheduler took not even one more; what ends makes room. */
    private int liveMax = Integer.MAX_VALUE;

    private Instant notBefore = Instant.MIN;

    /** What the scheduler does not count when it holds the cap for us: jobs that an earlier driver may have started. */
    private final Set<Item> elsewhere = new HashSet<>();
    /** The scheduler gave something back that nobody had asked for: it keeps nothing for us any more. */
    private boolean handedBack;

    Starter(Board board, RandomGenerator random, Credits credits) {
        this.board = board;
        this.random = random;
        this.credits = credits;
        this.flights = new Flights(board);
        this.batchMax = board.policy.arrayMax();
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
        Optional<JobId> watched = item.plan().jobId().map(JobId::new);
        if (watched.isPresent()) {
            board.emit(new ItemEvent.Submitted(item.id(), watched.get()));
            return;
        }
        Optional<Instant> pause = item.notBefore().filter(at -> at.isAfter(board.stamp()));
        if (pause.isPresent()) {
            board.remind(item, board.ofStamp(pause.get()));
            return;
        }
        ready.add(item.index());
        alike.computeIfAbsent(item.plan().resources(), r -> new TreeSet<>()).add(item.index());
    }

    void cancelUnsent(Item item) {
        board.emit(new ItemEvent.Settled(
                item.id(),
                neverRan(
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
        int room = Math.min(board.policy.maxConcurrent() - taken, refusedRoom(taken));
        int free = credits.mayStart(room, !flights.isEmpty());
        boolean arrays = board.policy.arrayMax() > 1;
        if (taken == 0 && free > 0 && free == board.policy.maxConcurrent() && mayThrottle()) {
            List<Item> batch = nextBatch(batchMax);
            send(batch, batch.size() > free ? free : 0);
            free -= batch.size();
        }
        while (free > 0 && (!arrays || flights.size() < OUTSTANDING_MAX)) {
            List<Item> batch = nextBatch(Math.min(free, batchMax));
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
            List<Item> batch = nextBatch(1);
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
                && liveMax == Integer.MAX_VALUE
                && storageRefusal.isEmpty()
                && !board.now().isBefore(notBefore);
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

    /** After a refusal: nothing until its pause is over, but where a limit on jobs was met, what has ended since. */
    private int refusedRoom(int taken) {
        if (liveMax == Integer.MAX_VALUE) {
            return board.now().isBefore(notBefore) ? 0 : Integer.MAX_VALUE;
        }
        // Others share the limit: once the pause is over one more is tried.
        return Math.max(liveMax - taken, board.now().isBefore(notBefore) || !flights.isEmpty() ? 0 : 1);
    }

    /** The first item that is ready, and those after it that ask the scheduler for the same. */
    private List<Item> nextBatch(int most) {
        List<Item> batch = new ArrayList<>();
        while (batch.isEmpty() && !ready.isEmpty()) {
            Resources resources = itemAt(ready.first()).plan().resources();
            TreeSet<Integer> group = alike.getOrDefault(resources, new TreeSet<>());
            while (batch.size() < most && !group.isEmpty()) {
                Item item = itemAt(group.first());
                group.pollFirst();
                ready.remove(item.index());
                if (item.state() == ItemState.PENDING && !item.isIntended()) {
                    batch.add(item);
                }
            }
            if (group.isEmpty()) {
                alike.remove(resources);
            }
        }
        return batch;
    }

    private Item itemAt(int index) {
        return board.state.items().get(index);
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
                refused(flight.get().items, (SubmitAnswer.Refused) answer);
            }
            case UNCLEAR -> {
                if (board.doctrine.holds(Check.LOOK_UP_BEFORE_SENDING)) {
                    flight.get().unclear = true;
                    elsewhere.addAll(flight.get().items);
                } else {
                    flights.land(token);
                    pause(flight.get().items, ((SubmitAnswer.Unclear) answer).text());
                }
            }
        }
    }

    private void accepted(SubmitToken token, Flights.Flight flight, List<JobId> jobs) {
        if (jobs.size() != flight.items.size()) {
            throw new IllegalStateException(token + ": " + jobs.size() + " jobs for " + flight.items.size() + " items");
        }
        flights.land(token);
        refusalsInARow = 0;
        storageRefusal = Optional.empty();
        batchMax = Math.min(board.policy.arrayMax(), batchMax * 2);
        if (board.state.counts().live() + flight.items.size() > liveMax) {
            liveMax = Integer.MAX_VALUE;
        }
        answeredAgain();
        credits.accepted();
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

    private void refused(List<Item> items, SubmitAnswer.Refused answer) {
        switch (answer.refusal()) {
            case CREDITS -> {
                liveMax = Integer.MAX_VALUE;
                items.forEach(item -> board.emit(new ItemEvent.Refused(item.id(), answer.text())));
                outOfCredits(answer.text());
                items.forEach(this::offer);
            }
            case TEMPORARY -> {
                batchMax = Math.max(1, Math.min(batchMax, items.size()) / 2);
                answeredAgain();
                if (items.size() > 1) {
                    // Whether a smaller one passes shows at once.
                    items.forEach(item -> board.emit(new ItemEvent.Refused(item.id(), answer.text())));
                    items.forEach(this::offer);
                } else {
                    liveMax = board.state.counts().live();
                    pause(items, answer.text());
                }
            }
            case GIVEN_BACK -> {
                items.forEach(item -> board.emit(new ItemEvent.Refused(item.id(), answer.text())));
                items.forEach(this::offer);
            }
            case UNREACHABLE -> {
                liveMax = Integer.MAX_VALUE;
                silent(answer.text());
                pause(items, answer.text());
            }
            case STORAGE -> {
                storageRefusal = storageRefusal.or(() -> Optional.of(board.now()));
                storageText = answer.text();
                pause(items, answer.text());
            }
            case NO_SCHEDULER -> noScheduler(items, answer.text());
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

    /** Where a submission was ever taken this is an outage; else nothing will ever be submitted from here. */
    private void noScheduler(List<Item> items, String text) {
        boolean wasThere = board.state.items().stream()
                .anyMatch(item -> item.attempt().jobId().isPresent());
        if (wasThere) {
            silent(text);
            pause(items, text);
            return;
        }
        items.forEach(item -> board.emit(new ItemEvent.Refused(item.id(), text)));
        board.stop(new Stop(
                StopReason.SUBMISSION_REFUSED,
                Optional.of("nothing can be submitted from here: " + text),
                Optional.empty(),
                board.stamp(),
                List.of(new Stop.Evidence("sbatch", board.stamp(), text))));
        items.forEach(this::offer);
    }

    private void pause(List<Item> items, String text) {
        items.forEach(item -> board.emit(new ItemEvent.Refused(item.id(), text)));
        notBefore =
                board.now().plus(Policy.min(BACKOFF_MIN.multipliedBy(1L << Math.min(refusalsInARow, 6)), BACKOFF_MAX));
        refusalsInARow++;
        items.forEach(this::offer);
    }

    private void outOfCredits(String text) {
        credits.refused(new Stop(
                StopReason.OUT_OF_CREDITS,
                Optional.of("sbatch refused the submission: " + text),
                board.state.plan().credits().topupUrl(),
                board.stamp(),
                List.of(new Stop.Evidence("sbatch", board.stamp(), text))));
        // Waiting for credit: a submission that is refused again is the only way to ask.
        Duration pause = CREDIT_BACKOFF_MIN.multipliedBy(1L << Math.min(refusalsInARow, 6));
        notBefore = board.now().plus(Policy.min(pause, BACKOFF_MAX));
        refusalsInARow++;
    }

    /** With no job in the queue nobody asks the controller: that sbatch cannot reach it is all there is to hear. */
    private void silent(String text) {
        if (!board.state.silent().containsKey(Source.SQUEUE)) {
            board.emit(new RunEvent.Silent(Source.SQUEUE, text));
        }
    }

    private void answeredAgain() {
        if (board.state.silent().containsKey(Source.SQUEUE)) {
            board.emit(new RunEvent.Answered(Source.SQUEUE));
        }
    }

    void fail(Item item, ItemReason reason, String text) {
        ConfirmedBy by = reason == ItemReason.LOST ? ConfirmedBy.NONE : ConfirmedBy.CONTROLLER;
        Settler.give(board, item, neverRan(ItemState.FAILED, reason, by, text));
    }

    /** The outcome of an attempt that never had a job; settle itself is its witness. */
    static Outcome neverRan(ItemState state, ItemReason reason, ConfirmedBy by, String text) {
        return new Outcome(
                state,
                reason,
                OptionalInt.empty(),
                OptionalInt.empty(),
                by,
                Optional.of(text),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Usage.NONE,
                "never_submitted");
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
                silent(((FindAnswer.NoAnswer) answer).text());
            }
        } else {
            answeredAgain();
        }
        if (flights.isNotThere(flight, answer.kind())) {
            flights.land(token);
            flight.items.stream().filter(Item::isIntended).forEach(item -> notThere(item, flight));
        }
    }

    private void notThere(Item item, Flights.Flight flight) {
        if (flight.orphan) {
            board.emit(new ItemEvent.Refused(item.id(), "the driver died before the submission was sent"));
            offer(item);
        } else {
            fail(item, ItemReason.LOST, "the answer to its submission was unclear, and no source ever knew the job");
        }
    }

    /** Whether a submission is on its way or unclear. */
    boolean isFlying() {
        return !flights.isEmpty();
    }

    /** The end of the run once the disk has refused for so long that nothing will be submitted any more. */
    Optional<Stop> storageFailed() {
        return storageRefusal
                .filter(since -> !board.now().isBefore(since.plus(Policy.STORAGE_PATIENCE)))
                .map(since -> Stop.of(
                        StopReason.STORAGE_FAILED, "nothing more could be submitted: " + storageText, board.stamp()));
    }

    Instant wakeAt(Instant soonest) {
        Instant latest = storageRefusal
                .map(since -> since.plus(Policy.STORAGE_PATIENCE))
                .filter(at -> at.isBefore(soonest))
                .orElse(soonest);
        Instant wake = flights.wakeAt(latest);
        return !ready.isEmpty() && notBefore.isAfter(board.now()) && notBefore.isBefore(wake) ? notBefore : wake;
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
