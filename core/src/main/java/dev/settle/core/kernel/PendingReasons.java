package dev.settle.core.kernel;

import dev.settle.core.model.ItemReason;
import dev.settle.core.model.Plan.BackendName;
import dev.settle.core.run.ConfirmedBy;
import dev.settle.core.run.Item;
import dev.settle.core.run.ItemEvent;
import dev.settle.core.run.ItemState;
import dev.settle.core.run.Stop;
import dev.settle.core.scheduler.CancelAnswer;
import dev.settle.core.scheduler.JobId;
import dev.settle.core.scheduler.WaitReason;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What the reasons of waiting jobs mean: most pass, some never will, some say that the allocation is spent. And how
 * settle takes its own waiting jobs back.
 */
final class PendingReasons {
    /** A reason is believed when it stands in so many answers in a row. */
    private static final int ANSWERS_MIN = 2;

    /** The second answer is asked for so soon. */
    private static final Duration SECOND_LOOK = Duration.ofSeconds(5);

    private final KernelContext context;
    private final Polling pacing;
    private final Credits credits;
    private final Set<JobId> cancelAgain = new HashSet<>();
    private final Set<JobId> withdrawAgain = new HashSet<>();

    PendingReasons(KernelContext context, Polling pacing, Credits credits) {
        this.context = context;
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
        if (context.live(item).waitAnswers < ANSWERS_MIN) {
            pacing.controller().want(context.now().plus(SECOND_LOOK));
            return;
        }
        String says = "squeue says that " + item.id() + " waits for " + why.raw();
        if (why.kind() != WaitReason.Kind.CREDITS) {
            hopeless(item, why, says, back);
        } else if (context.isStopping()) {
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
        if (context.state.opened().watched()) {
            VerdictAssigner.give(
                    context, item, NeverStarted.outcome(ItemState.FAILED, reason, ConfirmedBy.CONTROLLER, says));
        } else {
            takeBack(item, Optional.of(reason), says, back);
        }
    }

    /** The run stops: what has not started is taken out of the queue, so that a resume can submit it anew. */
    void takeBackAll(Stop stop) {
        Optional<ItemReason> reason = RunCompletion.reasonOfNotStarting(context.state);
        String message = "taken out of the queue unstarted: " + stop.reason().phrase();
        Set<JobId> back = new HashSet<>();
        for (Item item : context.byJob().all()) {
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
        return item.attempt().token().isPresent() && context.policy.backend() != BackendName.LOCAL;
    }

    private void takeBack(Item item, Optional<ItemReason> reason, String message, Set<JobId> back) {
        if (!isOurs(item)) {
            return;
        }
        context.emit(new ItemEvent.WithdrawAsked(item.id(), reason, message));
        sent(item);
        item.attempt().jobId().ifPresent(back::add);
    }

    private void withdraw(Set<JobId> jobs) {
        if (!jobs.isEmpty()) {
            context.perform(new KernelCommand.Withdraw(jobs));
        }
    }

    /** Sends a cancellation that did not take once more. */
    void again(Item item) {
        boolean waits = item.state() == ItemState.SUBMITTED || item.state() == ItemState.QUEUED;
        LiveItemState live = context.live(item);
        // Of a job that has left the queue it is still to be known whether that was our doing.
        boolean untaken =
                item.state() == ItemState.SETTLING && live.end().cancelTakenAt.isEmpty();
        boolean cancels = item.cancelAskedBy().isPresent() && (waits || untaken || item.state() == ItemState.RUNNING);
        if (!cancels && !(item.withdrawal().isPresent() && (waits || untaken))) {
            return;
        }
        Duration pause = Policy.CANCEL_AGAIN.multipliedBy(1L << Math.min(Math.max(0, live.end().cancels - 1), 3));
        if (live.end()
                .cancelSentAt
                .filter(at -> context.now().isBefore(at.plus(pause)))
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
            for (Item item : context.byJob().of(job)) {
                LiveItemState live = context.live(item);
                boolean asked = live.end().cancelSentAt.isPresent();
                live.end().waitedWhenCancelled |= asked && sent.waited().contains(job);
                if (asked && live.end().cancelTakenAt.isEmpty()) {
                    live.end().cancelTakenAt = Optional.of(context.now());
                    context.remind(item, Policy.ACCOUNTING_WARM_UP);
                }
            }
        }
    }

    /** What is to be cancelled again goes out in one command each. */
    void send() {
        if (!cancelAgain.isEmpty()) {
            context.perform(new KernelCommand.Cancel(cancelAgain));
            cancelAgain.clear();
        }
        withdraw(withdrawAgain);
        withdrawAgain.clear();
    }

    /** A cancellation is on its way: whether it took is looked at soon. */
    void sent(Item item) {
        LiveItemState live = context.live(item);
        if (live.end().cancelSentAt.isEmpty()) {
            live.end().cancelSentAt = Optional.of(context.now());
        }
        live.end().cancels++;
        context.remind(item, Policy.CANCEL_AGAIN.multipliedBy(1L << Math.min(live.end().cancels - 1, 3)));
        pacing.controller().want(context.now().plusSeconds(1));
    }
}
