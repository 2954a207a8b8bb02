package dev.settle.core.kernel.evidence;

import dev.settle.core.kernel.state.KernelContext;
import dev.settle.core.model.ItemId;
import dev.settle.core.run.Item;
import dev.settle.core.run.ItemEvent;
import dev.settle.core.run.ItemState;
import dev.settle.core.scheduler.JobId;
import dev.settle.core.scheduler.JobObservation;
import dev.settle.core.scheduler.Source.Role;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The items of which evidence is still being collected, and what is remembered of each. */
public final class LiveItems {
    private final KernelContext context;

    /** When this engine began: what was before it has not been observed by it. */
    private final Instant since;

    /** By the index of the item in the run; absent for items of which nothing is remembered. */
    private @Nullable LiveItemState[] states = {};

    private final Set<ItemId> awaitingFigures = new HashSet<>();
    private final Set<JobId> arraysWithRows = new HashSet<>();

    public LiveItems(KernelContext context) {
        this.context = context;
        this.since = context.now();
        for (Item item : context.state().items()) {
            if (item.attempt().latest(Role.ACCOUNTING).isPresent()) {
                accountingHasRow(item);
            }
        }
    }

    LiveItemState of(Item item) {
        int index = item.index();
        if (index >= states.length) {
            // A step queue and generated items make a run grow.
            states = Arrays.copyOf(
                    states, Math.max(2 * states.length, context.state().items().size()));
        }
        LiveItemState known = states[index];
        if (known == null) {
            known = new LiveItemState();
            states[index] = known;
        }
        return known;
    }

    /** Records what a source reports, if it reports anything new. */
    void remember(Item item, JobObservation observation) {
        Optional<JobObservation> known =
                item.attempt().latest(observation.source().role());
        if (known.isEmpty() || !known.get().saysTheSameAs(observation)) {
            context.emit(new ItemEvent.Observed(item.id(), observation));
        }
    }

    /** Nothing about the item's last attempt matters any more. */
    public void forget(Item item) {
        if (item.index() < states.length) {
            states[item.index()] = null;
        }
    }

    /** Whether accounting may still report something about the item that matters. */
    public boolean mayLearnFromAccounting(Item item) {
        if (item.state().isEnd()) {
            return item.isUnconfirmed() || awaitsFigures(item);
        }
        return item.state() == ItemState.SETTLING || (item.state() == ItemState.SUBMITTED && isUnknown(item));
    }

    private boolean isUnknown(Item item) {
        return of(item).endIfAny().filter(EndEvidence::isUnknown).isPresent();
    }

    /** Accounting's figures of an item that has its verdict are still lacking. */
    void awaitFigures(Item item) {
        if (awaitingFigures.add(item.id())) {
            context.byJob().add(item);
        }
    }

    /** The figures came, or are no longer waited for. */
    void figuresDone(Item item) {
        if (awaitingFigures.remove(item.id()) && !item.isUnconfirmed()) {
            context.byJob().remove(item);
        }
    }

    boolean awaitsFigures(Item item) {
        return awaitingFigures.contains(item.id());
    }

    /** Accounting has a row of the item's job: of an array it is known now that it keeps its tasks. */
    void accountingHasRow(Item item) {
        item.attempt().jobId().filter(JobId::isTask).ifPresent(job -> arraysWithRows.add(job.whole()));
    }

    /** Whether the item is a task of an array of which accounting has rows. */
    boolean hasSiblingsWithRows(Item item) {
        return item.attempt()
                .jobId()
                .filter(job -> job.isTask() && arraysWithRows.contains(job.whole()))
                .isPresent();
    }

    /**
     * Since when the item settles, as far as this engine observed it: for those that it took over settling the time begins
     * anew, because nobody was asked in between.
     */
    Instant settlesSince(Item item) {
        return of(item).end().leftAt().orElse(since);
    }

    /** Whether the item has settled for as long as it may. */
    public boolean isSettleTimeOver(Item item) {
        return !context.now().isBefore(settlesSince(item).plus(context.policy().settleTimeout()));
    }

    /** Whether the item's end is one that a requeue may still undo. */
    public boolean mayStartAgain(Item item) {
        return of(item).end().requeueOpenSince().isPresent();
    }
}
