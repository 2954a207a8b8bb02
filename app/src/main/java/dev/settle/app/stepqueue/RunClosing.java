package dev.settle.app.stepqueue;

import dev.settle.app.stepqueue.client.QueueLimits;
import dev.settle.app.stepqueue.client.RunStatus;
import dev.settle.core.run.Item;
import dev.settle.core.run.QueueEvent;
import dev.settle.core.run.QueueState;
import dev.settle.core.run.RunState;
import dev.settle.core.run.Stop;
import dev.settle.core.run.StopReason;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * How a feeder leaves a run that stops: end the step under way where that is called for, keep its result where there
 * is one, tell the service, close. Within 2 s when the run was interrupted.
 */
final class RunClosing {
    /** How long a start that is under way is waited for: a run of the service whose id is lost is fed by nobody. */
    private static final Duration START_PATIENCE = Duration.ofMillis(800);

    /** How long our own disk is waited for. */
    private static final Duration DISK_PATIENCE = Duration.ofSeconds(1);

    private final PendingCall main;
    private final QueueLimits limits;
    private Optional<String> status = Optional.empty();
    private boolean deaf;
    private boolean cancelSent;
    private boolean farewell;
    private Optional<Instant> since = Optional.empty();

    RunClosing(PendingCall main, QueueLimits limits) {
        this.main = main;
        this.limits = limits;
    }

    /** What the service last said of its run's state. */
    void serviceSays(String word) {
        status = Optional.of(word);
    }

    /** A call that may change the state was given up: what the service said before is out of date. */
    void abandoned(QueueCommand.Kind kind) {
        if (kind == QueueCommand.Kind.SUGGEST || kind == QueueCommand.Kind.RESUME) {
            status = Optional.empty();
        }
    }

    /** The service does not listen to us. */
    void serviceIsDeaf() {
        deaf = true;
    }

    /** The end of the farewell; false when the input is not for us. */
    boolean take(QueueDecision feed, QueueInput input) {
        if (input instanceof QueueInput.FarewellSaid said) {
            said.kept().ifPresent(feed::event);
            feed.event(new QueueEvent.Closed(said.text()));
            return true;
        }
        return false;
    }

    void advance(
            QueueDecision feed, RunState state, Instant now, Optional<QueueCommand.Best> best, Optional<QueueState.Step> open) {
        Instant began = since.orElse(now);
        since = Optional.of(began);
        Optional<Item> item = open.flatMap(step -> state.item(step.item()));
        boolean running = item.filter(i -> !i.state().isEnd()).isPresent();
        if (running && isUrgent(state) && !cancelSent) {
            cancelSent = true;
            feed.cancel(item.orElseThrow().id());
        }
        if (main.isFlying() && !main.isFlying(QueueCommand.Kind.FAREWELL)) {
            if (now.isBefore(began.plus(patience()))) {
                return;
            }
            feed.command(new QueueCommand.Abandon(main.number()));
            abandoned(main.giveUp());
        }
        if (farewell) {
            return;
        }
        boolean keepable = item.filter(
                        i -> i.state().isEnd() && i.cancelAskedBy().isEmpty() && !StepItems.isCutShort(i))
                .filter(i -> i.attempt().outcome().isPresent())
                .isPresent();
        if (keepable && !cancelSent) {
            feed.command(new QueueCommand.Store(
                    main.begin(QueueCommand.Kind.STORE, now),
                    open.orElseThrow().item(),
                    open.orElseThrow().number()));
        } else if (!running || isUrgent(state)) {
            farewell = true;
            feed.command(
                    new QueueCommand.Farewell(main.begin(QueueCommand.Kind.FAREWELL, now), terminate(state), best));
        }
    }

    /** What is our own is waited for longer than what is the service's. */
    private Duration patience() {
        if (main.isFlying(QueueCommand.Kind.START)) {
            return START_PATIENCE;
        }
        boolean disk = main.isFlying(QueueCommand.Kind.STORE)
                || main.isFlying(QueueCommand.Kind.PREPARE)
                || main.isFlying(QueueCommand.Kind.KEEP_BEST);
        return disk ? DISK_PATIENCE : Duration.ZERO;
    }

    Instant wakeAt(Instant now) {
        boolean waits = main.isFlying() && !main.isFlying(QueueCommand.Kind.FAREWELL);
        return waits ? since.orElse(now).plus(patience()) : now.plus(limits.heartbeat());
    }

    /** Whether the step under way is ended at once; else it is settled first, as everywhere. */
    static boolean isUrgent(RunState state) {
        if (state.cancelAskedBy().isPresent()) {
            return true;
        }
        StopReason reason = state.stopping().orElseThrow().reason();
        return switch (reason) {
            case DRIVER_STOPPED, STOPPED_REMOTELY, NOT_AUTHORISED, QUEUE_UNAVAILABLE, STORAGE_FAILED -> true;
            // Of the queue's credits; where the cluster's are spent, nothing that runs is worth less for it.
            case OUT_OF_CREDITS ->
                state.stopping().orElseThrow().evidence().stream()
                        .anyMatch(evidence -> evidence.source().equals(QueueStops.SOURCE));
            case COMPLETED,
                    ITEMS_FAILED,
                    MAX_FAILURES,
                    BUDGET,
                    CANCELLED_BY_USER,
                    CANCELLED_BY_OTHER,
                    SUBMISSION_REFUSED,
                    DRIVER_DIED,
                    SCHEDULER_UNREACHABLE,
                    UNCONFIRMED -> false;
        };
    }

    /** A terminal state of the service is never overwritten, and who does not listen is not told. */
    private Optional<QueueCommand.Terminate> terminate(RunState state) {
        Optional<String> run = state.queue().attached().map(QueueEvent.Attached::run);
        if (run.isEmpty() || deaf || status.filter(RunStatus::isEnded).isPresent()) {
            return Optional.empty();
        }
        Optional<Stop> stop = state.stopping();
        String reason = stop.map(s -> s.reason().word()).orElse(StopReason.CANCELLED_BY_USER.word());
        StringBuilder details = new StringBuilder(stop.flatMap(Stop::detail)
                .or(() -> state.cancelAskedBy().map(who -> "cancelled by " + who))
                .orElse(reason));
        stop.ifPresent(s -> s.evidence()
                .forEach(
                        evidence -> details.append(" [").append(evidence.text()).append(']')));
        return Optional.of(new QueueCommand.Terminate(run.get(), status.isPresent(), reason, details.toString()));
    }
}
