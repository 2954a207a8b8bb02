package dev.settle.core.kernel.state;

import dev.settle.core.model.Plan.OnExhausted;
import dev.settle.core.run.RunEvent;
import dev.settle.core.run.Stop;

/** What the run does when its allocation is used up: it is interrupted, or waits with a banner. */
public final class Credits {
    private final KernelContext context;

    /** Submissions are refused for lack of credit: only one that is accepted shows that credit came. */
    private boolean refused;

    public Credits(KernelContext context) {
        this.context = context;
        this.refused = isAwaited() && !context.isAnyWaitingForCredit();
    }

    /** Whether the run waits for credit. */
    public boolean isAwaited() {
        return context.state().awaitedCredit().isPresent();
    }

    /** A source with authority reported that the allocation is used up. */
    public void exhausted(Stop stop) {
        if (context.policy().onExhausted() == OnExhausted.INTERRUPT) {
            context.stop(stop);
        } else if (!isAwaited() && !context.isStopping()) {
            context.emit(new RunEvent.CreditAwaited(stop));
        }
    }

    /** A submission was refused for lack of credit. */
    public void refused(Stop stop) {
        refused = true;
        exhausted(stop);
    }

    /** A submission was accepted. */
    public void accepted() {
        refused = false;
        checkBack();
    }

    /** Credit came if nothing waits for it any more. */
    public void checkBack() {
        if (isAwaited() && !refused && !context.isAnyWaitingForCredit()) {
            context.emit(new RunEvent.CreditBack());
        }
    }

    /**
     * How many items may be sent now; while credit is awaited, one to find out whether it came.
     *
     * @param inFlight how many submissions have no answer yet
     */
    public int mayStart(int free, int inFlight) {
        if (!isAwaited()) {
            return free;
        }
        // A refused submission can be asked about in no other way than by sending one item again.
        return context.isAnyWaitingForCredit() || inFlight > 0 ? 0 : Math.min(free, 1);
    }
}
