package dev.settle.core.kernel.evidence;

import dev.settle.core.kernel.polling.Polling;
import dev.settle.core.kernel.state.Credits;
import dev.settle.core.kernel.state.KernelContext;
import dev.settle.core.kernel.state.Verdicts;
import dev.settle.core.model.ItemReason;
import dev.settle.core.model.Plan.BackendName;
import dev.settle.core.run.ConfirmedBy;
import dev.settle.core.run.Item;
import dev.settle.core.run.ItemEvent;
import dev.settle.core.run.ItemState;
import dev.settle.core.run.Stop;
import dev.settle.core.scheduler.JobId;
import dev.settle.core.scheduler.WaitReason;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** What the reasons of waiting jobs mean: most pass, some never will, some report that the allocation is used up. */
public final class PendingReasons {
    /** A reason is believed when it stands in so many answers in a row. */
    private static final int ANSWERS_MIN = 2;

    /** The second answer is asked for so soon. */
    private static final Duration SECOND_LOOK = Duration.ofSeconds(5);

    private final KernelContext context;
    private final LiveItems liveItems;
    private final Polling polling;
    private final VerdictAssigner verdicts;
    private final Cancellations cancellations;
    private final CreditEvidence creditEvidence;
    private final Credits credits;

    public PendingReasons(
            KernelContext context,
            LiveItems liveItems,
            Polling polling,
            VerdictAssigner verdicts,
            Cancellations cancellations,
            CreditEvidence creditEvidence,
            Credits credits) {
        this.context = context;
        this.liveItems = liveItems;
        this.polling = polling;
        this.verdicts = verdicts;
        this.cancellations = cancellations;
        this.creditEvidence = creditEvidence;
        this.credits = credits;
    }

    /** The usage of a limit was answered: a job that waits for credit is judged by it. */
    public void limitUsageAnswered(Item item) {
        if (item.state() == ItemState.QUEUED) {
            check(List.of(item));
        }
    }

    /** Looks at the reasons of the jobs that an answer listed as waiting. */
    public void check(List<Item> seen) {
        Set<JobId> withdrawn = new HashSet<>();
        for (Item item : seen) {
            boolean requested =
                    item.cancelAskedBy().isPresent() || item.withdrawal().isPresent();
            if (item.state() == ItemState.QUEUED && item.waitReason().isPresent() && !requested) {
                check(item, item.waitReason().get(), withdrawn);
            }
        }
        cancellations.withdraw(withdrawn);
        credits.checkBack();
    }

    private void check(Item item, WaitReason why, Set<JobId> withdrawn) {
        boolean matters = why.kind() == WaitReason.Kind.CREDITS
                || why.kind() == WaitReason.Kind.NEVER
                || why.kind() == WaitReason.Kind.DEPENDENCY_NEVER;
        if (!matters) {
            return;
        }
        if (liveItems.of(item).waitAnswers() < ANSWERS_MIN) {
            polling.controller().want(context.now().plus(SECOND_LOOK));
            return;
        }
        String says = "squeue says that " + item.id() + " waits for " + why.raw();
        if (why.kind() != WaitReason.Kind.CREDITS) {
            neverStarts(item, why, says, withdrawn);
        } else if (context.isStopping()) {
            withdraw(item, Optional.of(ItemReason.OUT_OF_CREDITS), says, withdrawn);
        } else {
            creditEvidence.waits(item, "squeue", why.raw(), says);
        }
    }

    /** Our own job is taken out of the queue, somebody else's is left; the item fails either way. */
    private void neverStarts(Item item, WaitReason why, String says, Set<JobId> withdrawn) {
        ItemReason reason = why.kind() == WaitReason.Kind.DEPENDENCY_NEVER
                ? ItemReason.DEPENDENCY_NEVER_SATISFIED
                : ItemReason.CAN_NEVER_START;
        if (context.state().opened().watched()) {
            verdicts.give(item, Verdicts.neverStarted(ItemState.FAILED, reason, ConfirmedBy.CONTROLLER, says));
        } else {
            withdraw(item, Optional.of(reason), says, withdrawn);
        }
    }

    /** The run stops: what has not started is taken out of the queue, so that a resume can submit it again. */
    public void withdrawAll(Stop stop) {
        Optional<ItemReason> reason = context.reasonOfNotStarting();
        String message = "taken out of the queue unstarted: " + stop.reason().phrase();
        Set<JobId> withdrawn = new HashSet<>();
        for (Item item : context.byJob().all()) {
            boolean waits = item.state() == ItemState.SUBMITTED || item.state() == ItemState.QUEUED;
            boolean requested =
                    item.cancelAskedBy().isPresent() || item.withdrawal().isPresent();
            // A job that ran and was requeued is not one that never started: it runs to its end.
            if (waits && !requested && item.attempt().restarts() == 0 && isOurs(item)) {
                withdraw(item, reason, message, withdrawn);
            }
        }
        cancellations.withdraw(withdrawn);
    }

    private boolean isOurs(Item item) {
        return item.attempt().token().isPresent() && context.policy().backend() != BackendName.LOCAL;
    }

    private void withdraw(Item item, Optional<ItemReason> reason, String message, Set<JobId> withdrawn) {
        if (!isOurs(item)) {
            return;
        }
        context.emit(new ItemEvent.WithdrawAsked(item.id(), reason, message));
        cancellations.sent(item);
        item.attempt().jobId().ifPresent(withdrawn::add);
    }
}
