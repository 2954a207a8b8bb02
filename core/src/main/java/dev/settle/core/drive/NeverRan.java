package dev.settle.core.drive;

import dev.settle.core.item.ConfirmedBy;
import dev.settle.core.item.Item;
import dev.settle.core.item.ItemState;
import dev.settle.core.item.Outcome;
import dev.settle.core.plan.ItemReason;
import dev.settle.core.port.Usage;
import java.util.Optional;
import java.util.OptionalInt;

/** The outcome of an attempt that never had a job; settle itself is its witness. */
final class NeverRan {
    private NeverRan() {}

    static void fail(Board board, Item item, ItemReason reason, String text) {
        ConfirmedBy by = reason == ItemReason.LOST ? ConfirmedBy.NONE : ConfirmedBy.CONTROLLER;
        Settler.give(board, item, outcome(ItemState.FAILED, reason, by, text));
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
