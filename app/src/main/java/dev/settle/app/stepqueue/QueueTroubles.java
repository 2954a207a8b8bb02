package dev.settle.app.stepqueue;

import dev.settle.core.model.QueueSpec;
import dev.settle.core.run.QueueEvent;
import dev.settle.core.run.Stop;
import dev.settle.core.run.StopReason;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * What a call's trouble means for the run: another attempt after a pause, or a stop, which for want of credits waits
 * until it is known where a top-up is paid.
 */
final class QueueTroubles {
    private final QueueSpec spec;
    private final String queueUrl;
    private final MainCall main;
    private final QueueClosing closing;
    private Optional<Stop> withheld = Optional.empty();

    /** @param queueUrl the service's base URL as {@code settle credits --queue} takes it, for hints */
    QueueTroubles(QueueSpec spec, String queueUrl, MainCall main, QueueClosing closing) {
        this.spec = spec;
        this.queueUrl = queueUrl;
        this.main = main;
        this.closing = closing;
    }

    /** The newest call of the main line, or a heartbeat, met this. */
    void met(Feed feed, Trouble trouble, Instant now) {
        switch (trouble.kind()) {
            case OUT_OF_CREDITS -> outOfCredits(feed, trouble, now);
            case NOT_AUTHORISED -> {
                closing.serviceIsDeaf();
                feed.stop(Stops.of(StopReason.NOT_AUTHORISED, trouble, now));
            }
            case UNAVAILABLE -> {
                Optional<Duration> pause = main.failed(now);
                if (pause.isPresent()) {
                    feed.event(new QueueEvent.Retried(
                            trouble.call(), main.failures(), main.attemptsMax(), pause.get(), trouble.text()));
                } else {
                    feed.stop(Stops.of(StopReason.QUEUE_UNAVAILABLE, trouble, now));
                }
            }
            case CONFLICT, REFUSED -> feed.stop(Stops.of(StopReason.SUBMISSION_REFUSED, trouble, now));
        }
    }

    /** The service's own link, else where it says a top-up is paid, else the run file's. */
    private void outOfCredits(Feed feed, Trouble trouble, Instant now) {
        Stop stop = Stops.outOfCredits(trouble, trouble.link(), queueUrl, now);
        if (trouble.link().isPresent()) {
            feed.stop(stop);
        } else {
            withhold(feed, stop, now);
        }
    }

    /** The balance is below what the user requires. */
    void tooFewCredits(Feed feed, double balance, double required, Instant now) {
        withhold(feed, Stops.tooFewCredits(balance, required, queueUrl, now), now);
    }

    /** The service ended its run, and its record says that it was for want of credits. */
    void endedForCredits(Feed feed, ServiceBodies.RunLook look, Instant now) {
        String because = look.endedBecause().orElse(look.status());
        feed.stop(Stops.endedForCredits(because, spec.topupUrl(), queueUrl, now));
    }

    /** The stop waits until it is known where a top-up is paid. */
    private void withhold(Feed feed, Stop stop, Instant now) {
        withheld = Optional.of(stop);
        feed.command(new QueueCommand.Checkout(main.begin(QueueCommand.Kind.CHECKOUT, now)));
    }

    /** A stop is decided and waits for its link. */
    boolean isStopWithheld() {
        return withheld.isPresent();
    }

    void checkedOut(Feed feed, Optional<String> link) {
        Stop stop = withheld.orElseThrow();
        withheld = Optional.empty();
        feed.stop(new Stop(stop.reason(), stop.detail(), link.or(spec::topupUrl), stop.at(), stop.evidence()));
    }
}
