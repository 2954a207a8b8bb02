package dev.settle.core.drive;

import dev.settle.core.item.Item;
import dev.settle.core.item.ItemEvent;
import dev.settle.core.item.ItemState;
import dev.settle.core.plan.Plan.OnExhausted;
import dev.settle.core.port.JobId;
import dev.settle.core.port.WaitReason;
import dev.settle.core.run.RunEvent;
import dev.settle.core.run.Stop;
import dev.settle.core.run.StopReason;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;

/** What happens when the account runs out of credits: interrupt the run, or wait with a banner. */
final class Credits {
    private Credits() {}

    /** Somebody with authority said that the allocation is spent. */
    static void exhausted(Board board, Stop stop) {
        if (board.policy.onExhausted() == OnExhausted.WAIT) {
            if (board.state.awaitedCredit().isEmpty() && !board.isStopping()) {
                board.emit(new RunEvent.CreditAwaited(stop));
            }
            return;
        }
        board.stop(stop);
        withdrawWaiting(board);
    }

    /** Our own jobs that wait for credit are taken back; somebody else's job is never cancelled. */
    private static void withdrawWaiting(Board board) {
        if (board.state.opened().watched()) {
            return;
        }
        Set<JobId> jobs = new HashSet<>();
        for (Item item : board.byJob().values()) {
            if (waitsForCredit(item)) {
                board.track(item).cancelSentAt = Optional.of(board.now());
                item.attempt().jobId().ifPresent(jobs::add);
            }
        }
        if (!jobs.isEmpty()) {
            board.perform(new Command.Cancel(jobs));
        }
    }

    static boolean waitsForCredit(Item item) {
        return item.state() == ItemState.QUEUED
                && item.waitReason()
                        .filter(why -> why.kind() == WaitReason.Kind.CREDITS)
                        .isPresent();
    }

    /** Credit came: nothing waits for it any more. */
    static void checkBack(Board board) {
        if (board.state.awaitedCredit().isPresent() && !someoneWaits(board)) {
            board.emit(new RunEvent.CreditBack());
        }
    }

    static boolean someoneWaits(Board board) {
        return board.byJob().values().stream().anyMatch(Credits::waitsForCredit);
    }

    /** Whether a job that we took back because of credits has gone unstarted. */
    static boolean isWithdrawal(Board board, Item item) {
        return board.state
                        .stopping()
                        .filter(stop ->
                                stop.reason() == StopReason.OUT_OF_CREDITS || stop.reason() == StopReason.BUDGET)
                        .isPresent()
                && item.cancelAskedBy().isEmpty()
                && board.track(item).cancelSentAt.isPresent()
                && item.attempt().startedAt().isEmpty();
    }

    static ItemEvent withdrawn(Board board, Item item) {
        return new ItemEvent.Withdrawn(
                item.id(),
                Ending.reasonOfNotStarting(board.state),
                "taken out of the queue unstarted: "
                        + board.state.stopping().orElseThrow().reason().word());
    }
}
