package dev.settle.core.run;

import dev.settle.core.model.ItemReason;
import dev.settle.core.scheduler.Usage;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * How an attempt ended, once that is settled.
 *
 * @param state {@code COMPLETED}, {@code FAILED} or {@code CANCELLED}
 * @param exitCode absent beside a signal and where no source gave one
 * @param signal number of the signal
 * @param schedulerState the scheduler's own word
 * @param rule the rule of evidence that decided, as {@code explain} shows it
 */
public record Outcome(
        ItemState state,
        ItemReason reason,
        OptionalInt exitCode,
        OptionalInt signal,
        ConfirmedBy confirmedBy,
        Optional<String> message,
        Optional<String> schedulerState,
        Optional<Instant> startedAt,
        Optional<Instant> finishedAt,
        Optional<String> node,
        Usage usage,
        String rule) {

    public Outcome {
        if (state != ItemState.COMPLETED && state != ItemState.FAILED && state != ItemState.CANCELLED) {
            throw new IllegalArgumentException("not an outcome: " + state);
        }
        if (state == ItemState.COMPLETED && reason != ItemReason.OK && reason != ItemReason.UNCONFIRMED) {
            throw new IllegalArgumentException("completed for a reason of failure: " + reason);
        }
    }

    public boolean isConfirmed() {
        return confirmedBy != ConfirmedBy.NONE;
    }

    /**
     * How it ended in a few words, so that ends of one kind read alike: {@code exit code 3},
     * {@code signal 9 (SIGKILL)}, {@code out of memory}.
     */
    public String phrase() {
        if (reason == ItemReason.EXIT_CODE && exitCode.isPresent()) {
            // A case may be bad in spite of exit code 0: the plan expects something else; the message says what.
            return exitCode.getAsInt() == 0 ? "expectation not met" : "exit code " + exitCode.getAsInt();
        }
        if (reason == ItemReason.SIGNAL && signal.isPresent()) {
            return Signals.told(signal.getAsInt());
        }
        return reason.phrase();
    }

    /** As {@link #phrase}, with the code or signal that came with it: {@code time limit, signal 15 (SIGTERM)}. */
    public String fullPhrase() {
        String phrase = phrase();
        if (signal.isPresent() && signal.getAsInt() != 0 && reason != ItemReason.SIGNAL) {
            return phrase + ", " + Signals.told(signal.getAsInt());
        }
        if (exitCode.isPresent() && exitCode.getAsInt() != 0 && reason != ItemReason.EXIT_CODE) {
            return phrase + ", exit code " + exitCode.getAsInt();
        }
        return phrase;
    }

    /** The same outcome, for which nobody with authority vouches. */
    public Outcome unconfirmed() {
        return new Outcome(
                state,
                reason,
                exitCode,
                signal,
                ConfirmedBy.NONE,
                message,
                schedulerState,
                startedAt,
                finishedAt,
                node,
                usage,
                rule);
    }

    /** The same outcome told otherwise. */
    public Outcome with(ItemState newState, ItemReason newReason, Optional<String> newMessage) {
        return new Outcome(
                newState,
                newReason,
                exitCode,
                signal,
                confirmedBy,
                newMessage,
                schedulerState,
                startedAt,
                finishedAt,
                node,
                usage,
                rule);
    }
}
