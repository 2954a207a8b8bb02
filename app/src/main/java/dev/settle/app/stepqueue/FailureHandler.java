package dev.settle.app.stepqueue;

import dev.settle.app.stepqueue.client.CallFailure;
import dev.settle.app.stepqueue.client.ServiceBodies;
import dev.settle.core.model.QueueSpec;
import dev.settle.core.run.QueueEvent;
import dev.settle.core.run.Stop;
import dev.settle.core.run.StopReason;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * What a call's failure means for the run: another attempt after a pause, or a stop, which for want of credits waits
 * until it is known where a top-up is paid.
 */
final class FailureHandler {
    private final QueueSpec spec;
    private final String queueUrl;
    private final PendingCall main;
    private final RunClosing closing;
    private Optional<Stop> withheld = Optional.empty();

    /** @param queueUrl the service's base URL as {@code settle credits --queue} takes it, for hints */
    FailureHandler(QueueSpec spec, String queueUrl, PendingCall main, RunClosing closing) {
        this.spec = spec;
        this.queueUrl = queueUrl;
        this.main = main;
        this.closing = closing;
    }

    /** The newest call of the main line, or a heartbeat, met this. */
    void met(QueueDecision decision, CallFailure failure, Instant now) {
        switch (failure.kind()) {
            case OUT_OF_CREDITS -> outOfCredits(decision, failure, now);
            case NOT_AUTHORISED -> {
                closing.serviceRefusesUs();
                decision.stop(QueueStops.of(StopReason.NOT_AUTHORISED, failure, now));
            }
            case UNAVAILABLE -> {
                Optional<Duration> pause = main.failed(now);
                if (pause.isPresent()) {
                    decision.event(new QueueEvent.Retried(
                            failure.call(), main.failures(), main.attemptsMax(), pause.get(), failure.text()));
                } else {
                    decision.stop(QueueStops.of(StopReason.QUEUE_UNAVAILABLE, failure, now));
                }
            }
            case CONFLICT, REFUSED -> decision.stop(QueueStops.of(StopReason.SUBMISSION_REFUSED, failure, now));
        }
    }

    /** The service's own link, else where it says a top-up is paid, else the run file's. */
    private void outOfCredits(QueueDecision decision, CallFailure failure, Instant now) {
        Stop stop = QueueStops.outOfCredits(failure, failure.link(), queueUrl, now);
        if (failure.link().isPresent()) {
            decision.stop(stop);
        } else {
            withhold(decision, stop);
        }
    }

    /** The balance is below what the user requires. */
    void tooFewCredits(QueueDecision decision, double balance, double required, Instant now) {
        withhold(decision, QueueStops.tooFewCredits(balance, required, queueUrl, now));
    }

    /** The service ended its run, and its record says that it was for want of credits. */
    void endedForCredits(QueueDecision decision, ServiceBodies.RunLook look, Instant now) {
        String because = look.endedBecause().orElse(look.status());
        decision.stop(QueueStops.endedForCredits(because, spec.topupUrl(), queueUrl, now));
    }

    /** The stop waits until it is known where a top-up is paid. */
    private void withhold(QueueDecision decision, Stop stop) {
        withheld = Optional.of(stop);
        decision.command(new QueueCommand.Checkout(main.begin(QueueCommand.Kind.CHECKOUT)));
    }

    /** A stop is decided and waits for its link. */
    boolean isStopWithheld() {
        return withheld.isPresent();
    }

    void checkedOut(QueueDecision decision, Optional<String> link) {
        Stop stop = withheld.orElseThrow();
        withheld = Optional.empty();
        decision.stop(new Stop(stop.reason(), stop.detail(), link.or(spec::topupUrl), stop.at(), stop.evidence()));
    }
}
