package dev.settle.app.stepqueue;

import dev.settle.core.run.Stop;
import dev.settle.core.run.StopReason;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Why a queue stops a run, in the words of the table and of the service. */
final class Stops {
    static final String SOURCE = "step queue";

    private Stops() {}

    /** @param link where to top up */
    static Stop outOfCredits(Trouble trouble, Optional<String> link, String queueUrl, Instant at) {
        return new Stop(
                StopReason.OUT_OF_CREDITS,
                Optional.of("the step queue refused " + wish(trouble) + autoTopup(queueUrl)),
                link,
                at,
                List.of(evidence(trouble, at)));
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
                Optional.of("--require-credits asks for " + number(required) + " credits, and nothing was started"
                        + autoTopup(queueUrl)),
                Optional.empty(),
                at,
                List.of(new Stop.Evidence(SOURCE, at, "the balance is " + number(balance) + " credits")));
    }

    private static String autoTopup(String queueUrl) {
        return "; to have it top up by itself: settle credits --queue " + queueUrl + " --auto-topup on";
    }

    /** What the service was asked for, in words and as the call that its operators know. */
    private static String wish(Trouble trouble) {
        String words =
                switch (trouble.call()) {
                    case "POST /runs/" -> "to start a run";
                    case "GET /execution-tasks/" -> "to list the steps that are ready";
                    case "POST /execution-tasks/{id}/claim" -> "to hand out a step";
                    case "POST /runs/{id}/suggest" -> "to take a result";
                    case "POST /runs/{id}/resume" -> "to resume its run";
                    case "PUT /runs/{id}/heartbeat" -> "to keep its run alive";
                    case "GET /runs/{id}" -> "to show its run";
                    default -> "a request";
                };
        return words + " (" + trouble.call() + ")";
    }

    static String number(double value) {
        return value == Math.rint(value) && Math.abs(value) < 1e15
                ? String.format(Locale.ROOT, "%.0f", value)
                : String.format(Locale.ROOT, "%.2f", value);
    }

    static Stop of(StopReason reason, Trouble trouble, Instant at) {
        String what =
                switch (trouble.kind()) {
                    case NOT_AUTHORISED -> "the step queue does not accept the token";
                    case UNAVAILABLE -> "the step queue was unavailable when it was asked " + wish(trouble);
                    case OUT_OF_CREDITS, CONFLICT, REFUSED -> "the step queue refused " + wish(trouble);
                };
        return new Stop(reason, Optional.of(what), trouble.link(), at, List.of(evidence(trouble, at)));
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

    private static Stop.Evidence evidence(Trouble trouble, Instant at) {
        return new Stop.Evidence(SOURCE, at, (trouble.status() == 0 ? "" : trouble.status() + ": ") + trouble.words());
    }
}
