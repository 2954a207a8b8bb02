package dev.settle.core.kernel;

import dev.settle.core.model.ItemReason;
import dev.settle.core.run.ConfirmedBy;
import dev.settle.core.run.Item;
import dev.settle.core.run.ItemState;
import dev.settle.core.run.Outcome;
import dev.settle.core.scheduler.Usage;
import java.util.Optional;
import java.util.OptionalInt;

/** The outcome of an attempt that never had a job; settle itself is its witness. */
final class NeverStarted {
    private NeverStarted() {}

    static void fail(KernelContext context, Item item, ItemReason reason, String text) {
        ConfirmedBy by = reason == ItemReason.LOST ? ConfirmedBy.NONE : ConfirmedBy.CONTROLLER;
        VerdictAssigner.give(context, item, outcome(ItemState.FAILED, reason, by, text));
    }

    static Outcome outcome(ItemState state, ItemReason reason, ConfirmedBy by, String text) {
        return new Outcome(
                state,
                reason,
                OptionalInt.empty(),
                OptionalInt.empty(),
                by,
                Optional.of(text),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Usage.NONE,
                "never_submitted");
    }
}
