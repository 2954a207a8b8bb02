package dev.settle.app.stepqueue;

import dev.settle.app.stepqueue.client.Answer;
import dev.settle.app.stepqueue.client.CallFailure;
import dev.settle.app.stepqueue.client.ServiceBodies;
import dev.settle.core.model.QueueSpec;
import dev.settle.core.run.QueueEvent;
import dev.settle.core.run.RunState;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalDouble;

/** How a run gets its run on the service: the credits that the user requires, then a start or a look at the named one. */
final class RunOpening {
    private final QueueSpec spec;
    private final PendingCall main;
    private final FailureHandler failures;
    private final RemoteRun remote;
    private boolean balanceSeen;

    RunOpening(QueueSpec spec, PendingCall main, FailureHandler failures, RemoteRun remote, StartMode mode) {
        this.spec = spec;
        this.main = main;
        this.failures = failures;
        this.remote = remote;
        balanceSeen = spec.asked().requireCredits().isEmpty() || mode == StartMode.TAKEN_OVER;
    }

    /** The run is attached, and its steps can be asked for. */
    boolean isOver(RunState state) {
        return balanceSeen && state.queue().attached().isPresent();
    }

    void next(QueueDecision decision) {
        if (!balanceSeen) {
            decision.command(new QueueCommand.Balance(main.begin(QueueCommand.Kind.BALANCE)));
        } else if (spec.run().isPresent()) {
            remote.look(decision, spec.run().get());
        } else {
            decision.event(new QueueEvent.Starting());
            decision.command(new QueueCommand.Start(main.begin(QueueCommand.Kind.START)));
        }
    }

    /** Only a service that clearly has less keeps the run from beginning. */
    void balanceSeen(QueueDecision decision, Answer<OptionalDouble> answer, Instant now) {
        balanceSeen = true;
        Optional<CallFailure> failure = answer.failure();
        if (failure.isPresent()) {
            switch (failure.get().kind()) {
                case OUT_OF_CREDITS, NOT_AUTHORISED -> failures.met(decision, failure.get(), now);
                case CONFLICT, UNAVAILABLE, REFUSED ->
                    decision.notice("the balance cannot be asked, so --require-credits decides nothing: "
                            + failure.get().text());
            }
            return;
        }
        OptionalDouble balance = answer.body().orElseThrow();
        double required = spec.asked().requireCredits().orElseThrow();
        if (balance.isPresent() && balance.getAsDouble() < required) {
            failures.tooFewCredits(decision, balance.getAsDouble(), required, now);
        }
    }

    void started(QueueDecision decision, Answer<ServiceBodies.Started> answer, Instant now) {
        if (answer.failure().isPresent()) {
            failures.met(decision, answer.failure().get(), now);
            return;
        }
        main.worked();
        ServiceBodies.Started started = answer.body().orElseThrow();
        remote.runs();
        decision.event(new QueueEvent.Attached(started.run(), started.name(), 0));
    }
}
