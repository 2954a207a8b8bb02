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
 * How a run that stops is closed: end the step under way where that is called for, keep its result where there
 * is one, tell the service, close. Within 2 s when the run was interrupted.
 */
final class RunClosing {
    /** How long a start that is under way is waited for: nothing works on a run of the service whose id is lost. */
    private static final Duration START_PATIENCE = Duration.ofMillis(800);

    /** How long our own disk is waited for. */
    private static final Duration DISK_PATIENCE = Duration.ofSeconds(1);

    private final PendingCall main;
    private final QueueLimits limits;
    private Optional<String> status = Optional.empty();
    private boolean refused;
    private boolean cancelSent;
    private boolean closeSent;
    private Optional<Instant> since = Optional.empty();

    RunClosing(PendingCall main, QueueLimits limits) {
        this.main = main;
        this.limits = limits;
    }

    /** What the service last said of its run's state. */
    void serviceSays(String current) {
        status = Optional.of(current);
    }

    /** A call that may change the state was given up: what the service said before is out of date. */
    void abandoned(QueueCommand.Kind kind) {
        if (kind == QueueCommand.Kind.SUGGEST || kind == QueueCommand.Kind.RESUME) {
            status = Optional.empty();
        }
    }

    /** The service refuses our calls. */
    void serviceRefusesUs() {
        refused = true;
    }

    /** The service knows of the end; false for any other input. */
    boolean take(QueueDecision decision, QueueInput input) {
        if (input instanceof QueueInput.RunClosed said) {
            said.kept().ifPresent(decision::event);
            decision.event(new QueueEvent.Closed(said.text()));
            return true;
        }
        return false;
    }

    void advance(
            QueueDecision decision,
            RunState state,
            Instant now,
            Optional<QueueCommand.Best> best,
            Optional<QueueState.Step> open) {
        Instant began = since.orElse(now);
        since = Optional.of(began);
        Optional<Item> item = open.flatMap(step -> state.item(step.item()));
        boolean running = item.filter(i -> !i.state().isEnd()).isPresent();
        if (running && isUrgent(state) && !cancelSent) {
            cancelSent = true;
            decision.cancel(item.orElseThrow().id());
        }
        if (main.isPending() && !main.isPending(QueueCommand.Kind.CLOSE_RUN)) {
            if (now.isBefore(began.plus(patience()))) {
                return;
            }
            decision.command(new QueueCommand.Abandon(main.number()));
            abandoned(main.giveUp());
        }
        if (closeSent) {
            return;
        }
        boolean keepable = item.filter(
                        i -> i.state().isEnd() && i.cancelAskedBy().isEmpty() && !StepItems.isCutShort(i))
                .filter(i -> i.attempt().outcome().isPresent())
                .isPresent();
        if (keepable && !cancelSent) {
            decision.command(new QueueCommand.Store(
                    main.begin(QueueCommand.Kind.STORE),
                    open.orElseThrow().item(),
                    open.orElseThrow().number()));
        } else if (!running || isUrgent(state)) {
            closeSent = true;
            decision.command(
                    new QueueCommand.CloseRun(main.begin(QueueCommand.Kind.CLOSE_RUN), terminate(state), best));
        }
    }

    /** What is our own is waited for longer than what is the service's. */
    private Duration patience() {
        if (main.isPending(QueueCommand.Kind.START)) {
            return START_PATIENCE;
        }
        boolean disk = main.isPending(QueueCommand.Kind.STORE)
                || main.isPending(QueueCommand.Kind.PREPARE)
                || main.isPending(QueueCommand.Kind.KEEP_BEST);
        return disk ? DISK_PATIENCE : Duration.ZERO;
    }

    Instant wakeAt(Instant now) {
        boolean waits = main.isPending() && !main.isPending(QueueCommand.Kind.CLOSE_RUN);
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

    /** A terminal state of the service is never overwritten, and a service that refuses us is not called. */
    private Optional<QueueCommand.Terminate> terminate(RunState state) {
        Optional<String> run = state.queue().attached().map(QueueEvent.Attached::run);
        if (run.isEmpty() || refused || status.filter(RunStatus::isEnded).isPresent()) {
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
