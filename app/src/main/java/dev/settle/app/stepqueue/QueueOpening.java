package dev.settle.app.stepqueue;

import dev.settle.core.model.QueueSpec;
import dev.settle.core.run.QueueEvent;
import dev.settle.core.run.RunState;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalDouble;

/** How a run gets its run on the service: the credits that the user requires, then a start or a look at the named one. */
final class QueueOpening {
    private final QueueSpec spec;
    private final MainCall main;
    private final QueueTroubles troubles;
    private final RemoteRun remote;
    private boolean balanceSeen;

    QueueOpening(QueueSpec spec, MainCall main, QueueTroubles troubles, RemoteRun remote, StartMode mode) {
        this.spec = spec;
        this.main = main;
        this.troubles = troubles;
        this.remote = remote;
        balanceSeen = spec.asked().requireCredits().isEmpty() || mode == StartMode.TAKEN_OVER;
    }

    /** The run is attached, and its steps can be asked for. */
    boolean isOver(RunState state) {
        return balanceSeen && state.queue().attached().isPresent();
    }

    void next(Feed feed, Instant now) {
        if (!balanceSeen) {
            feed.command(new QueueCommand.Balance(main.begin(QueueCommand.Kind.BALANCE, now)));
        } else if (spec.run().isPresent()) {
            remote.look(feed, spec.run().get(), now);
        } else {
            feed.event(new QueueEvent.Starting());
            feed.command(new QueueCommand.Start(main.begin(QueueCommand.Kind.START, now)));
        }
    }

    /** Only a service that clearly has less keeps the run from beginning. */
    void balanceSeen(Feed feed, Answer<OptionalDouble> answer, Instant now) {
        balanceSeen = true;
        Optional<Trouble> trouble = answer.trouble();
        if (trouble.isPresent()) {
            switch (trouble.get().kind()) {
                case OUT_OF_CREDITS, NOT_AUTHORISED -> troubles.met(feed, trouble.get(), now);
                case CONFLICT, UNAVAILABLE, REFUSED ->
                    feed.notice("the balance cannot be asked, so --require-credits decides nothing: "
                            + trouble.get().text());
            }
            return;
        }
        OptionalDouble balance = answer.body().orElseThrow();
        double required = spec.asked().requireCredits().orElseThrow();
        if (balance.isPresent() && balance.getAsDouble() < required) {
            troubles.tooFewCredits(feed, balance.getAsDouble(), required, now);
        }
    }

    void started(Feed feed, Answer<ServiceBodies.Started> answer, Instant now) {
        if (answer.trouble().isPresent()) {
            troubles.met(feed, answer.trouble().get(), now);
            return;
        }
        main.worked();
        ServiceBodies.Started started = answer.body().orElseThrow();
        remote.runs();
        feed.event(new QueueEvent.Attached(started.run(), started.name(), 0));
    }
}
