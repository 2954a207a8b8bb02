package dev.settle.core.run;

import dev.settle.core.model.ItemId;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;

/** What a run and its step queue have between them, as the journal has left it. Owned by the thread that folds. */
public final class QueueState {
    private final Map<ItemId, Step> steps = new LinkedHashMap<>();
    private Optional<QueueEvent.Attached> attached = Optional.empty();
    private Optional<String> claiming = Optional.empty();
    private final Set<String> lost = new LinkedHashSet<>();
    private Optional<QueueEvent.BestKept> best = Optional.empty();
    private Optional<String> closed = Optional.empty();

    void apply(QueueEvent event) {
        switch (event.kind()) {
            case ATTACHED -> attached = Optional.of((QueueEvent.Attached) event);
            case CLAIMING -> {
                claiming = Optional.of(((QueueEvent.Claiming) event).task());
                lost.remove(((QueueEvent.Claiming) event).task());
            }
            case NOT_CLAIMED -> {
                QueueEvent.NotClaimed not = (QueueEvent.NotClaimed) event;
                claiming = Optional.empty();
                if (not.lost()) {
                    lost.add(not.task());
                }
            }
            case CLAIMED -> claimed((QueueEvent.Claimed) event);
            case STORED -> {
                QueueEvent.Stored stored = (QueueEvent.Stored) event;
                step(stored.item()).stored = Optional.of(stored);
            }
            case SENDING -> step(((QueueEvent.Sending) event).item()).unclear = true;
            case SUBMITTED -> {
                QueueEvent.Submitted submitted = (QueueEvent.Submitted) event;
                step(submitted.item()).submitted = Optional.of(submitted);
            }
            case STARTING, RETRIED -> {
                // Told and kept for explain; they change nothing.
            }
            case BEST_KEPT -> best = Optional.of((QueueEvent.BestKept) event);
            case CLOSED -> closed = Optional.of(((QueueEvent.Closed) event).status());
        }
    }

    private void claimed(QueueEvent.Claimed event) {
        claiming = Optional.empty();
        Step known = steps.get(event.item());
        if (known == null) {
            steps.put(event.item(), new Step(event));
        } else {
            // The service offered a step again that an interrupted run had claimed before.
            known.claim = event;
            known.submitted = Optional.empty();
            known.unclear = false;
        }
    }

    private Step step(ItemId item) {
        Step step = steps.get(item);
        if (step == null) {
            throw new IllegalStateException("a result of a step that was never claimed: " + item);
        }
        return step;
    }

    void resumed() {
        closed = Optional.empty();
    }

    public Optional<QueueEvent.Attached> attached() {
        return attached;
    }

    /** The task that was being claimed when the answer, or the driver, was lost. */
    public Optional<String> claiming() {
        return claiming;
    }

    /** Tasks that may be ours although the answers to their claims were lost. */
    public Set<String> lostClaims() {
        return Collections.unmodifiableSet(lost);
    }

    /** All steps, in the order in which they were claimed. */
    public Collection<Step> steps() {
        return Collections.unmodifiableCollection(steps.values());
    }

    public Optional<Step> stepOf(ItemId item) {
        return Optional.ofNullable(steps.get(item));
    }

    public Optional<Step> stepOfTask(String task) {
        for (Step step : steps.values()) {
            if (step.task().equals(task)) {
                return Optional.of(step);
            }
        }
        return Optional.empty();
    }

    /** How many results the service has from this run. */
    public int submitted() {
        int count = 0;
        for (Step step : steps.values()) {
            count += step.submitted.isPresent() ? 1 : 0;
        }
        return count;
    }

    public Optional<QueueEvent.BestKept> best() {
        return best;
    }

    /** Nothing more comes from the service; holds what its run was last said to be. */
    public Optional<String> closed() {
        return closed;
    }

    /** One claimed step. */
    public static final class Step {
        private QueueEvent.Claimed claim;
        private Optional<QueueEvent.Stored> stored = Optional.empty();
        private Optional<QueueEvent.Submitted> submitted = Optional.empty();
        private boolean unclear;

        private Step(QueueEvent.Claimed claim) {
            this.claim = claim;
        }

        public ItemId item() {
            return claim.item();
        }

        public String task() {
            return claim.task();
        }

        public int number() {
            return claim.step();
        }

        /** The file that holds the candidate, relative to the run's folder. */
        public String revision() {
            return claim.revision();
        }

        public String fingerprint() {
            return claim.fingerprint();
        }

        public List<String> others() {
            return claim.others();
        }

        /** The file that holds the result, relative to the run's folder. */
        public Optional<String> result() {
            return stored.map(QueueEvent.Stored::result);
        }

        public OptionalDouble metric() {
            return stored.map(QueueEvent.Stored::metric).orElse(OptionalDouble.empty());
        }

        /** It was sent and no answer is journalled: the service may have it. */
        public boolean isUnclear() {
            return unclear && submitted.isEmpty();
        }

        public Optional<QueueEvent.Submitted> submitted() {
            return submitted;
        }
    }
}
