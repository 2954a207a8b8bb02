package dev.settle.core.drive;

import dev.settle.core.item.ConfirmedBy;
import dev.settle.core.item.Item;
import dev.settle.core.item.ItemEvent;
import dev.settle.core.item.ItemState;
import dev.settle.core.plan.ItemReason;
import dev.settle.core.plan.Plan.BackendName;
import dev.settle.core.port.CancelAnswer;
import dev.settle.core.port.JobId;
import dev.settle.core.port.WaitReason;
import dev.settle.core.run.Stop;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What the reasons of waiting jobs mean: most pass, some never will, some say that the allocation is spent. And how
 * settle takes its own waiting jobs back.
 */
final class Waiting {
    /** A reason is believed when it stands in so many answers in a row. */
    private static final int ANSWERS_MIN = 2;

    /** The second answer is asked for so soon. */
    private static final Duration SECOND_LOOK = Duration.ofSeconds(5);

    private final Board board;
    private final Pacing pacing;
    private final Credits credits;
    private final Set<JobId> cancelAgain = new HashSet<>();
    private final Set<JobId> withdrawAgain = new HashSet<>();

    Waiting(Board board, Pacing pacing, Credits credits) {
        this.board = board;
        this.pacing = pacing;
        this.credits = credits;
    }

    /** What is known of the spend came in: whoever waits for credit is judged by it. */
    void spendAnswered(Item item) {
        if (item.state() == ItemState.QUEUED) {
            check(List.of(item));
        }
    }

    void check(List<Item> seen) {
        Set<JobId> back = new HashSet<>();
        for (Item item : seen) {
            boolean asked =
                    item.cancelAskedBy().isPresent() || item.withdrawal().isPresent();
            if (item.state() == ItemState.QUEUED && item.waitReason().isPresent() && !asked) {
                check(item, item.waitReason().get(), back);
            }
        }
        withdraw(back);
        credits.checkBack();
    }

    private void check(Item item, WaitReason why, Set<JobId> back) {
        boolean matters = why.kind() == WaitReason.Kind.CREDITS
                || why.kind() == WaitReason.Kind.NEVER
                || why.kind() == WaitReason.Kind.DEPENDENCY_NEVER;
        if (!matters) {
            return;
        }
        boolean twice = board.track(item).waitAnswers >= ANSWERS_MIN || !board.doctrine.holds(Check.WAIT_REASON_TWICE);
        if (!twice) {
            pacing.controller().want(board.now().plus(SECOND_LOOK));
            return;
        }
        String says = "squeue says that " + item.id() + " waits for " + why.raw();
        if (why.kind() != WaitReason.Kind.CREDITS) {
            hopeless(item, why, says, back);
        } else if (board.isStopping()) {
            takeBack(item, Optional.of(ItemReason.OUT_OF_CREDITS), says, back);
        } else {
            credits.waits(item, "squeue", why.raw(), says);
        }
    }

    /** Our own job is taken back, somebody else's is left; the item fails either way. */
    private void hopeless(Item item, WaitReason why, String says, Set<JobId> back) {
        ItemReason reason = why.kind() == WaitReason.Kind.DEPENDENCY_NEVER
                ? ItemReason.DEPENDENCY_NEVER_SATISFIED
                : ItemReason.CAN_NEVER_START;
        if (board.state.opened().watched()) {
            Settler.give(board, item, NeverRan.outcome(ItemState.FAILED, reason, ConfirmedBy.CONTROLLER, says));
        } else {
            takeBack(item, Optional.of(reason), says, back);
        }
    }

    /** The run stops: what has not started is taken out of the queue, so that a resume can submit it anew. */
    void takeBackAll(Stop stop) {
        Optional<ItemReason> reason = Ending.reasonOfNotStarting(board.state);
        String message = "taken out of the queue unstarted: " + stop.reason().phrase();
        Set<JobId> back = new HashSet<>();
        for (Item item : board.byJob().all()) {
            boolean waits = item.state() == ItemState.SUBMITTED || item.state() == ItemState.QUEUED;
            boolean asked =
                    item.cancelAskedBy().isPresent() || item.withdrawal().isPresent();
            // A job that ran and was requeued is not one that never started: it runs to its end.
            if (waits && !asked && item.attempt().restarts() == 0 && isOurs(item)) {
                takeBack(item, reason, message, back);
            }
        }
        withdraw(back);
    }

    private boolean isOurs(Item item) {
        return item.attempt().token().isPresent() && board.policy.backend() != BackendName.LOCAL;
    }

    private void takeBack(Item item, Optional<ItemReason> reason, String message, Set<JobId> back) {
        if (!isOurs(item)) {
            return;
        }
        board.emit(new ItemEvent.WithdrawAsked(item.id(), reason, message));
        sent(item);
        item.attempt().jobId().ifPresent(back::add);
    }

    private void withdraw(Set<JobId> jobs) {
        if (!jobs.isEmpty()) {
            board.perform(new Command.Withdraw(jobs));
        }
    }

    /** Sends a cancellation that did not take once more. */
    void again(Item item) {
        boolean waits = item.state() == ItemState.SUBMITTED || item.state() == ItemState.QUEUED;
        Track track = board.track(item);
        // Of a job that has left the queue it is still to be known whether that was our doing.
        boolean untaken =
                item.state() == ItemState.SETTLING && track.end().cancelTakenAt.isEmpty();
        boolean cancels = item.cancelAskedBy().isPresent() && (waits || untaken || item.state() == ItemState.RUNNING);
        if (!cancels && !(item.withdrawal().isPresent() && (waits || untaken))) {
            return;
        }
        Duration pause = Policy.CANCEL_AGAIN.multipliedBy(1L << Math.min(Math.max(0, track.end().cancels - 1), 3));
        if (track.end()
                .cancelSentAt
                .filter(at -> board.now().isBefore(at.plus(pause)))
                .isPresent()) {
            return;
        }
        item.attempt().jobId().ifPresent(cancels ? cancelAgain::add : withdrawAgain::add);
        sent(item);
    }

    /** A cancellation was taken, or was not answered. */
    void answered(Input.CancelAnswered answered) {
        if (!(answered.answer() instanceof CancelAnswer.Sent sent)) {
            return;
        }
        for (JobId job : answered.jobs()) {
            for (Item item : board.byJob().of(job)) {
                Track track = board.track(item);
                boolean asked = track.end().cancelSentAt.isPresent();
                track.end().waitedWhenCancelled |= asked && sent.waited().contains(job);
                if (asked && track.end().cancelTakenAt.isEmpty()) {
                    track.end().cancelTakenAt = Optional.of(board.now());
                    board.remind(item, Policy.ACCOUNTING_WARM_UP);
                }
            }
        }
    }

    /** What is to be cancelled again goes out in one command each. */
    void send() {
        if (!cancelAgain.isEmpty()) {
            board.perform(new Command.Cancel(cancelAgain));
            cancelAgain.clear();
        }
        withdraw(withdrawAgain);
        withdrawAgain.clear();
    }

    /** A cancellation is on its way: whether it took is looked at soon. */
    void sent(Item item) {
        Track track = board.track(item);
        if (track.end().cancelSentAt.isEmpty()) {
            track.end().cancelSentAt = Optional.of(board.now());
        }
        track.end().cancels++;
        board.remind(item, Policy.CANCEL_AGAIN.multipliedBy(1L << Math.min(track.end().cancels - 1, 3)));
        pacing.controller().want(board.now().plusSeconds(1));
    }
}
