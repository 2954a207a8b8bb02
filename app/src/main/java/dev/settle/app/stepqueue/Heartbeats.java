package dev.settle.app.stepqueue;

import dev.settle.app.stepqueue.client.CallFailure;
import dev.settle.app.stepqueue.client.QueueLimits;
import dev.settle.core.run.RunState;
import java.time.Instant;
import java.util.Optional;

/** Tells the service that its run is being worked on, beside whatever else is under way. */
final class Heartbeats {
    private final QueueLimits limits;
    private final PendingCall main;
    private final RunClosing closing;
    private final FailureHandler failures;
    private final RemoteRun remote;
    private Instant nextAt = Instant.MIN;
    /** The heartbeat whose answer is waited for; 0 when none is. */
    private long pending;

    Heartbeats(QueueLimits limits, PendingCall main, RunClosing closing, FailureHandler failures, RemoteRun remote) {
        this.limits = limits;
        this.main = main;
        this.closing = closing;
        this.failures = failures;
        this.remote = remote;
    }

    void advance(QueueDecision decision, RunState state, Instant now) {
        if (!mayBeat(state) || now.isBefore(nextAt)) {
            return;
        }
        pending = main.newNumber();
        nextAt = now.plus(limits.heartbeat());
        decision.command(new QueueCommand.Heartbeat(
                pending, state.queue().attached().get().run()));
    }

    /** When {@link #advance} has something to do. */
    Optional<Instant> wakeAt(RunState state) {
        return mayBeat(state) ? Optional.of(nextAt) : Optional.empty();
    }

    private boolean mayBeat(RunState state) {
        return pending == 0 && remote.wantsHeartbeats(state);
    }

    void answered(QueueDecision decision, QueueInput.HeartbeatAnswered input, RunState state, Instant now) {
        if (input.call() != pending) {
            return;
        }
        pending = 0;
        boolean over = state.stopping().isPresent() || failures.isStopWithheld() || remote.isCompleted();
        Optional<CallFailure> failure = input.answer().failure();
        if (failure.isEmpty() || over) {
            return;
        }
        switch (failure.get().kind()) {
            case OUT_OF_CREDITS, NOT_AUTHORISED -> {
                if (main.isPending()) {
                    decision.command(new QueueCommand.Abandon(main.number()));
                    closing.abandoned(main.giveUp());
                }
                failures.met(decision, failure.get(), now);
                StepEvaluation.openStep(state)
                        .flatMap(step -> state.item(step.item()))
                        .filter(item -> !item.state().isEnd())
                        .ifPresent(item -> decision.cancel(item.id()));
            }
            case CONFLICT -> remote.doubt();
            // The next one is due soon, and a step under way needs no service.
            case UNAVAILABLE, REFUSED -> {}
        }
    }
}
