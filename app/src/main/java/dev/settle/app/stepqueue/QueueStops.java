package dev.settle.app.stepqueue;

import dev.settle.app.stepqueue.client.CallFailure;
import dev.settle.core.run.Stop;
import dev.settle.core.run.StopReason;
import dev.settle.core.view.Amounts;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** The stops that a queue causes: reason, sentence, link, and the service's own text as evidence. */
final class QueueStops {
    static final String SOURCE = "step queue";

    private QueueStops() {}

    /** @param link where to top up */
    static Stop outOfCredits(CallFailure failure, Optional<String> link, String queueUrl, Instant at) {
        return new Stop(
                StopReason.OUT_OF_CREDITS,
                Optional.of("the step queue refused " + wish(failure) + autoTopup(queueUrl)),
                link,
                at,
                List.of(evidence(failure, at)));
    }

    /** The service ended the run because the account is out of credits, and says so in its record. */
    static Stop endedForCredits(String because, Optional<String> link, String queueUrl, Instant at) {
        return new Stop(
                StopReason.OUT_OF_CREDITS,
                Optional.of("the step queue ended its run" + autoTopup(queueUrl)),
                link,
                at,
                List.of(new Stop.Evidence(SOURCE, at, because)));
    }

    static Stop tooFewCredits(double balance, double required, String queueUrl, Instant at) {
        return new Stop(
                StopReason.OUT_OF_CREDITS,
                Optional.of("--require-credits asks for " + Amounts.credits(required)
                        + " credits, and nothing was started" + autoTopup(queueUrl)),
                Optional.empty(),
                at,
                List.of(new Stop.Evidence(SOURCE, at, "the balance is " + Amounts.credits(balance) + " credits")));
    }

    private static String autoTopup(String queueUrl) {
        return "; to have it top up by itself: settle credits --queue " + queueUrl + " --auto-topup on";
    }

    /** What the service was asked for, in words and as the call that its operators know. */
    private static String wish(CallFailure failure) {
        String words =
                switch (failure.call()) {
                    case "POST /runs/" -> "to start a run";
                    case "GET /execution-tasks/" -> "to list the steps that are ready";
                    case "POST /execution-tasks/{id}/claim" -> "to hand out a step";
                    case "POST /runs/{id}/suggest" -> "to take a result";
                    case "POST /runs/{id}/resume" -> "to resume its run";
                    case "PUT /runs/{id}/heartbeat" -> "to keep its run alive";
                    case "GET /runs/{id}" -> "to show its run";
                    default -> "a request";
                };
        return words + " (" + failure.call() + ")";
    }

    static Stop of(StopReason reason, CallFailure failure, Instant at) {
        String what =
                switch (failure.kind()) {
                    case NOT_AUTHORISED -> "the step queue does not accept the token";
                    case UNAVAILABLE -> "the step queue was unavailable when settle asked it " + wish(failure);
                    case OUT_OF_CREDITS, CONFLICT, REFUSED -> "the step queue refused " + wish(failure);
                };
        return new Stop(reason, Optional.of(what), failure.link(), at, List.of(evidence(failure, at)));
    }

    static Stop stoppedRemotely(String status, Optional<String> because, String state, Instant at) {
        return new Stop(
                StopReason.STOPPED_REMOTELY,
                Optional.of("the step queue says that its run is " + status + state),
                Optional.empty(),
                at,
                because.map(text -> List.of(new Stop.Evidence(SOURCE, at, text)))
                        .orElse(List.of()));
    }

    private static Stop.Evidence evidence(CallFailure failure, Instant at) {
        return new Stop.Evidence(SOURCE, at, (failure.status() == 0 ? "" : failure.status() + ": ") + failure.words());
    }
}
