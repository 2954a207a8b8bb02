package dev.settle.core.kernel.evidence;

import dev.settle.core.kernel.polling.Polling;
import dev.settle.core.kernel.state.KernelCommand;
import dev.settle.core.kernel.state.KernelContext;
import dev.settle.core.kernel.state.Policy;
import dev.settle.core.run.Item;
import dev.settle.core.run.ItemState;
import dev.settle.core.scheduler.CancelAnswer;
import dev.settle.core.scheduler.JobId;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;

/** Cancellations that were sent, whether they took effect, and those that have to be sent again. */
public final class Cancellations {
    /** The queue is looked at so soon after a cancellation. */
    private static final Duration LOOK_AFTER = Duration.ofSeconds(1);

    private final KernelContext context;
    private final LiveItems liveItems;
    private final Polling polling;
    private final Set<JobId> cancelAgain = new HashSet<>();
    private final Set<JobId> withdrawAgain = new HashSet<>();

    public Cancellations(KernelContext context, LiveItems liveItems, Polling polling) {
        this.context = context;
        this.liveItems = liveItems;
        this.polling = polling;
    }

    /** Cancels jobs. */
    public void cancel(Set<JobId> jobs) {
        if (!jobs.isEmpty()) {
            context.perform(new KernelCommand.Cancel(jobs));
        }
    }

    /** Takes jobs out of the queue that still wait. */
    void withdraw(Set<JobId> jobs) {
        if (!jobs.isEmpty()) {
            context.perform(new KernelCommand.CancelPending(jobs));
        }
    }

    /** A cancellation of the item's job is sent: whether it took effect is looked at soon. */
    public void sent(Item item) {
        Duration pause = liveItems.of(item).end().cancellation().sent(context.now());
        context.remind(item, pause);
        polling.controller().want(context.now().plus(LOOK_AFTER));
    }

    /** Sends a cancellation that did not take effect once more, if it is time. */
    public void sendAgain(Item item) {
        boolean waits = item.state() == ItemState.SUBMITTED || item.state() == ItemState.QUEUED;
        Cancellation cancellation = liveItems.of(item).end().cancellation();
        // Of a job that has left the queue it is still to be known whether that was our doing.
        boolean untaken =
                item.state() == ItemState.SETTLING && cancellation.takenAt().isEmpty();
        boolean cancels = item.cancelAskedBy().isPresent() && (waits || untaken || item.state() == ItemState.RUNNING);
        boolean withdraws = item.withdrawal().isPresent() && (waits || untaken);
        if ((cancels || withdraws) && !cancellation.isTooSoonAgain(context.now())) {
            item.attempt().jobId().ifPresent(cancels ? cancelAgain::add : withdrawAgain::add);
            sent(item);
        }
    }

    /** What has to be sent again goes out as one command of each kind. */
    public void flush() {
        cancel(cancelAgain);
        cancelAgain.clear();
        withdraw(withdrawAgain);
        withdrawAgain.clear();
    }

    /** A cancellation was taken, or was not answered. */
    public void answered(Set<JobId> jobs, CancelAnswer answer) {
        if (!(answer instanceof CancelAnswer.Sent sent)) {
            return;
        }
        for (JobId job : jobs) {
            for (Item item : context.byJob().of(job)) {
                boolean waited = sent.waited().contains(job);
                if (liveItems.of(item).end().cancellation().taken(context.now(), waited)) {
                    context.remind(item, Policy.ACCOUNTING_WARM_UP);
                }
            }
        }
    }
}
