package dev.settle.app.stepqueue;

import dev.settle.core.run.RunState;
import java.time.Instant;
import java.util.Optional;

/** Tells the service that somebody feeds its run, beside whatever else is under way. */
final class QueueHeartbeats {
    private final QueueLimits limits;
    private final MainCall main;
    private final QueueClosing closing;
    private final QueueTroubles troubles;
    private final RemoteRun remote;
    private Instant nextAt = Instant.MIN;
    /** The heartbeat whose answer is waited for; 0 when none is. */
    private long flying;

    QueueHeartbeats(QueueLimits limits, MainCall main, QueueClosing closing, QueueTroubles troubles, RemoteRun remote) {
        this.limits = limits;
        this.main = main;
        this.closing = closing;
        this.troubles = troubles;
        this.remote = remote;
    }

    void advance(Feed feed, RunState state, Instant now) {
        if (!mayBeat(state) || now.isBefore(nextAt)) {
            return;
        }
        flying = main.newNumber();
        nextAt = now.plus(limits.heartbeat());
        feed.command(new QueueCommand.Heartbeat(
                flying, state.queue().attached().get().run()));
    }

    /** When {@link #advance} has something to do. */
    Optional<Instant> wakeAt(RunState state) {
        return mayBeat(state) ? Optional.of(nextAt) : Optional.empty();
    }

    private boolean mayBeat(RunState state) {
        return flying == 0 && remote.wantsHeartbeats(state);
    }

    void answered(Feed feed, QueueInput.HeartbeatAnswered input, RunState state, Instant now) {
        if (input.call() != flying) {
            return;
        }
        flying = 0;
        boolean over = state.stopping().isPresent() || troubles.isStopWithheld() || remote.isCompleted();
        Optional<Trouble> trouble = input.answer().trouble();
        if (trouble.isEmpty() || over) {
            return;
        }
        switch (trouble.get().kind()) {
            case OUT_OF_CREDITS, NOT_AUTHORISED -> {
                if (main.isFlying()) {
                    feed.command(new QueueCommand.Abandon(main.number()));
                    closing.abandoned(main.giveUp());
                }
                troubles.met(feed, trouble.get(), now);
                StepEvaluation.openStep(state)
                        .flatMap(step -> state.item(step.item()))
                        .filter(item -> !item.state().isEnd())
                        .ifPresent(item -> feed.cancel(item.id()));
            }
            case CONFLICT -> remote.doubt();
            // The next one is due soon, and a step under way needs no service.
            case UNAVAILABLE, REFUSED -> {}
        }
    }
}
