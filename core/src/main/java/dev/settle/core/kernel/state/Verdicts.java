package dev.settle.core.kernel.state;

import dev.settle.core.model.ItemReason;
import dev.settle.core.run.ConfirmedBy;
import dev.settle.core.run.Item;
import dev.settle.core.run.ItemEvent;
import dev.settle.core.run.ItemState;
import dev.settle.core.run.Outcome;
import dev.settle.core.scheduler.Usage;
import java.util.Optional;
import java.util.OptionalInt;

/** Gives an item its verdict, or another attempt where the plan has one left for it. */
public final class Verdicts {
    private Verdicts() {}

    public static void give(KernelContext context, Item item, Outcome outcome) {
        if (isRetried(context, item, outcome)) {
            retry(context, item, outcome);
        } else {
            context.emit(new ItemEvent.Settled(item.id(), outcome));
        }
    }

    /** Whether the plan makes another attempt after such an outcome. */
    public static boolean isRetried(KernelContext context, Item item, Outcome outcome) {
        return outcome.state() == ItemState.FAILED
                && item.plan().retries().covers(outcome.reason())
                && item.retriesUsed() < item.plan().retries().max()
                && isOver(outcome)
                && item.cancelAskedBy().isEmpty()
                && item.plan().jobId().isEmpty()
                && context.state().ended().isEmpty()
                && !context.isStopping();
    }

    /** Makes another attempt. */
    public static void retry(KernelContext context, Item item, Outcome outcome) {
        context.emit(new ItemEvent.Retried(
                item.id(),
                outcome,
                item.attempt().number() + 1,
                context.clock().stamp().plus(item.plan().retries().delay())));
    }

    /** A job that may still start again is not run a second time beside itself; of one that is lost nobody knows. */
    private static boolean isOver(Outcome outcome) {
        return outcome.isConfirmed()
                || outcome.reason() == ItemReason.LOST
                || outcome.reason() == ItemReason.UNKNOWN_STATE;
    }

    /** An attempt that never had a job fails; settle itself is its witness. */
    public static void failUnstarted(KernelContext context, Item item, ItemReason reason, String text) {
        ConfirmedBy by = reason == ItemReason.LOST ? ConfirmedBy.NONE : ConfirmedBy.CONTROLLER;
        give(context, item, neverStarted(ItemState.FAILED, reason, by, text));
    }

    /** The outcome of an attempt that never had a job. */
    public static Outcome neverStarted(ItemState state, ItemReason reason, ConfirmedBy by, String text) {
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
