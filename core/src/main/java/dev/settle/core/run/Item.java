package dev.settle.core.run;

import dev.settle.core.model.ItemId;
import dev.settle.core.model.ItemReason;
import dev.settle.core.model.PlanItem;
import dev.settle.core.model.Resources;
import dev.settle.core.scheduler.Usage;
import dev.settle.core.scheduler.WaitReason;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** An item as the journal's events have left it: the fold of its {@link ItemEvent}s, live and replayed alike. */
public final class Item {
    private PlanItem plan;
    private int index;
    private ItemState state = ItemState.PENDING;
    private Attempt attempt;
    private List<Attempt> earlier = List.of();
    private int retriesUsed;
    private int refusals;
    private @Nullable WaitReason waitReason;
    private @Nullable Instant notBefore;
    private @Nullable String cancelAskedBy;
    private ItemEvent.@Nullable WithdrawAsked withdrawal;
    private @Nullable ItemReason reason;
    private @Nullable String message;
    private @Nullable Instant settledAt;
    private @Nullable Instant changedAt;
    private Usage usage = Usage.NONE;
    private Map<String, Double> metrics = Map.of();

    public Item(PlanItem plan, int index) {
        this(plan, index, new Attempt(1));
    }

    private Item(PlanItem plan, int index, Attempt attempt) {
        this.plan = plan;
        this.index = index;
        this.attempt = attempt;
    }

    /** An item out of a snapshot, with what the methods of the same names say of it. */
    public static Item restored(
            PlanItem plan,
            int index,
            ItemState state,
            Attempt attempt,
            List<Attempt> earlier,
            int retriesUsed,
            int refusals,
            Optional<WaitReason> waitReason,
            Optional<Instant> notBefore,
            Optional<String> cancelAskedBy,
            Optional<ItemEvent.WithdrawAsked> withdrawal,
            Optional<ItemReason> reason,
            Optional<String> message,
            Optional<Instant> settledAt,
            Optional<Instant> changedAt,
            Usage usage,
            Map<String, Double> metrics) {
        Item item = new Item(plan, index, attempt);
        item.state = state;
        item.earlier = earlier.isEmpty() ? List.of() : new ArrayList<>(earlier);
        item.retriesUsed = retriesUsed;
        item.refusals = refusals;
        item.waitReason = waitReason.orElse(null);
        item.notBefore = notBefore.orElse(null);
        item.cancelAskedBy = cancelAskedBy.orElse(null);
        item.withdrawal = withdrawal.orElse(null);
        item.reason = reason.orElse(null);
        item.message = message.orElse(null);
        item.settledAt = settledAt.orElse(null);
        item.changedAt = changedAt.orElse(null);
        item.usage = usage;
        item.metrics = metrics;
        return item;
    }

    /** It is done otherwise from here on, or stands in another place. */
    public void replan(PlanItem other, int place) {
        if (!other.id().equals(plan.id())) {
            throw new IllegalArgumentException(other.id() + " in place of " + plan.id());
        }
        plan = other;
        index = place;
    }

    /** Whether what it does next can still be changed: it has not completed and has no job, nor may have one. */
    public boolean isReplannable() {
        return state != ItemState.COMPLETED && !state.isLive() && !isIntended();
    }

    /**
     * Folds one event in.
     *
     * @throws IllegalStateException when the transition table forbids it
     */
    public void apply(ItemEvent event, Instant at) {
        ItemState before = state;
        state = Transitions.next(state, event.kind(), wanted(event));
        if (before != state) {
            changedAt = at;
        }
        switch (event.kind()) {
            case INTENDED -> intended((ItemEvent.Intended) event, at);
            case SUBMITTED -> {
                attempt.jobId = ((ItemEvent.Submitted) event).jobId();
                attempt.submittedAt = at;
                refusals = 0;
                message = null;
            }
            case REFUSED -> {
                attempt.token = null;
                refusals++;
                message = ((ItemEvent.Refused) event).text();
            }
            case UNCLEAR -> message = ((ItemEvent.Unclear) event).text();
            case OBSERVED -> attempt.observed(((ItemEvent.Observed) event).observation());
            case QUEUED -> {
                waitReason = ((ItemEvent.Queued) event).why().orElse(null);
                attempt.alive();
            }
            case STARTED -> started((ItemEvent.Started) event);
            case LEFT -> {
                attempt.left = new Attempt.Left(at, ((ItemEvent.Left) event).why());
                waitReason = null;
            }
            case REQUEUED -> requeued((ItemEvent.Requeued) event, at);
            case RETRIED -> retried((ItemEvent.Retried) event);
            case SETTLED -> settled(((ItemEvent.Settled) event).outcome(), at);
            case CORRECTED -> corrected(((ItemEvent.Corrected) event).outcome(), at);
            case DEP_FAILED ->
                ended(
                        Optional.of(ItemReason.DEPENDENCY_FAILED),
                        Optional.of(
                                "depends on " + ((ItemEvent.DepFailed) event).because() + ", which did not complete"),
                        at);
            case NOT_STARTED ->
                ended(
                        ((ItemEvent.NotStarted) event).reason(),
                        Optional.of(((ItemEvent.NotStarted) event).message()),
                        at);
            case WITHDRAWN ->
                ended(((ItemEvent.Withdrawn) event).reason(), Optional.of(((ItemEvent.Withdrawn) event).message()), at);
            case REOPENED -> reopened();
            case WITHDRAW_ASKED -> withdrawal = (ItemEvent.WithdrawAsked) event;
            case CANCEL_ASKED -> cancelAskedBy = ((ItemEvent.CancelAsked) event).by();
            case MEASURED -> usage = ((ItemEvent.Measured) event).usage();
            case METRICS_READ -> metrics = ((ItemEvent.MetricsRead) event).metrics();
        }
    }

    private static ItemState wanted(ItemEvent event) {
        if (event instanceof ItemEvent.Settled settled) {
            return settled.outcome().state();
        }
        if (event instanceof ItemEvent.Corrected corrected) {
            return corrected.outcome().state();
        }
        return ItemState.PENDING;
    }

    private void intended(ItemEvent.Intended event, Instant at) {
        if (event.attempt() != attempt.number()) {
            throw new IllegalStateException(
                    plan.id() + ": attempt " + event.attempt() + " intended, but " + attempt.number() + " is next");
        }
        attempt.token = event.token();
        attempt.intendedAt = at;
        notBefore = null;
    }

    private void started(ItemEvent.Started event) {
        attempt.startedAt = event.startedAt();
        attempt.node = event.node().orElse(null);
        waitReason = null;
        attempt.alive();
    }

    private void requeued(ItemEvent.Requeued event, Instant at) {
        next(event.attempt(), attempt.requeued(at, event.runAt()));
        waitReason = event.why().orElse(null);
    }

    private void retried(ItemEvent.Retried event) {
        refuseIfConfirmed();
        reason = null;
        message = null;
        settledAt = null;
        usage = Usage.NONE;
        attempt.outcome = event.outcome();
        next(event.attempt(), new Attempt(event.attempt()));
        retriesUsed++;
        notBefore = event.notBefore();
        waitReason = null;
        withdrawal = null;
        metrics = Map.of();
    }

    private void next(int number, Attempt next) {
        if (number != attempt.number() + 1) {
            throw new IllegalStateException(plan.id() + ": attempt " + number + " after " + attempt.number());
        }
        if (earlier.isEmpty()) {
            earlier = new ArrayList<>(1);
        }
        earlier.add(attempt);
        attempt = next;
    }

    private void settled(Outcome outcome, Instant at) {
        attempt.outcome = outcome;
        attempt.startedAt = outcome.startedAt().orElse(attempt.startedAt);
        attempt.node = outcome.node().orElse(attempt.node);
        usage = outcome.usage();
        ended(Optional.of(outcome.reason()), outcome.message(), at);
    }

    private void corrected(Outcome outcome, Instant at) {
        refuseIfConfirmed();
        settled(outcome, at);
    }

    private void refuseIfConfirmed() {
        if (attempt.outcome().filter(Outcome::isConfirmed).isPresent()) {
            throw new IllegalStateException(plan.id() + ": a confirmed verdict never changes");
        }
    }

    private void ended(Optional<ItemReason> why, Optional<String> text, Instant at) {
        reason = why.orElse(null);
        message = text.orElse(null);
        settledAt = at;
        waitReason = null;
    }

    private void reopened() {
        boolean hadJob = attempt.jobId != null || attempt.outcome != null;
        if (hadJob) {
            next(attempt.number() + 1, new Attempt(attempt.number() + 1));
        }
        retriesUsed = 0;
        refusals = 0;
        reason = null;
        message = null;
        settledAt = null;
        cancelAskedBy = null;
        withdrawal = null;
        notBefore = null;
        usage = Usage.NONE;
        metrics = Map.of();
    }

    public ItemId id() {
        return plan.id();
    }

    public PlanItem plan() {
        return plan;
    }

    /** Its place in the run, from 0, in the order of the plan. */
    public int index() {
        return index;
    }

    public ItemState state() {
        return state;
    }

    public Attempt attempt() {
        return attempt;
    }

    /** The attempts before the current one, oldest first. */
    public List<Attempt> earlier() {
        return Collections.unmodifiableList(earlier);
    }

    /** A submission is on its way or its fate is unclear: the token is journalled and no job id is known. */
    public boolean isIntended() {
        return state == ItemState.PENDING && attempt.token().isPresent();
    }

    public int retriesUsed() {
        return retriesUsed;
    }

    /** What the current attempt asks the scheduler for: what the plan says, grown with each retry. */
    public Resources requested() {
        return plan.retries().growth().of(plan.resources(), retriesUsed);
    }

    /** How often in a row the scheduler refused this attempt for a while. */
    public int refusals() {
        return refusals;
    }

    public Optional<WaitReason> waitReason() {
        return Optional.ofNullable(waitReason);
    }

    public Optional<Instant> notBefore() {
        return Optional.ofNullable(notBefore);
    }

    public Optional<String> cancelAskedBy() {
        return Optional.ofNullable(cancelAskedBy);
    }

    /** Why settle takes the item's waiting job back, while it does. */
    public Optional<ItemEvent.WithdrawAsked> withdrawal() {
        return Optional.ofNullable(withdrawal);
    }

    public Optional<ItemReason> reason() {
        return Optional.ofNullable(reason);
    }

    /** How it ended in a few words ({@code exit code 3}); empty while it has not. */
    public Optional<String> phrase() {
        if (reason == null) {
            return Optional.empty();
        }
        Outcome outcome = attempt.outcome;
        return Optional.of(outcome != null && outcome.reason() == reason ? outcome.phrase() : reason.phrase());
    }

    public Optional<String> message() {
        return Optional.ofNullable(message);
    }

    public Optional<Instant> settledAt() {
        return Optional.ofNullable(settledAt);
    }

    public Optional<Instant> changedAt() {
        return Optional.ofNullable(changedAt);
    }

    public Usage usage() {
        return usage;
    }

    public Map<String, Double> metrics() {
        return metrics;
    }

    /** Had a job, ended, and nobody with authority vouches for how. */
    public boolean isUnconfirmed() {
        return state.isEnd()
                && attempt.jobId().isPresent()
                && attempt.outcome().isPresent()
                && !attempt.outcome().get().isConfirmed();
    }
}
