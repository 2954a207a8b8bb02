package dev.settle.core.kernel.submission;

import dev.settle.core.kernel.state.Credits;
import dev.settle.core.kernel.state.KernelCommand;
import dev.settle.core.kernel.state.KernelContext;
import dev.settle.core.kernel.state.Policy;
import dev.settle.core.kernel.state.Verdicts;
import dev.settle.core.model.ItemId;
import dev.settle.core.model.ItemReason;
import dev.settle.core.model.Plan;
import dev.settle.core.run.ConfirmedBy;
import dev.settle.core.run.Item;
import dev.settle.core.run.ItemEvent;
import dev.settle.core.run.ItemState;
import dev.settle.core.run.Stop;
import dev.settle.core.scheduler.JobId;
import dev.settle.core.scheduler.LookupAnswer;
import dev.settle.core.scheduler.SubmitAnswer;
import dev.settle.core.scheduler.SubmitToken;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.random.RandomGenerator;

/** Submits what may start: intent first, never twice, alike items together, within the caps. */
public final class SubmissionScheduler {
    /** Submissions on their way at once on a cluster; sbatch calls are cheap, but the controller is everybody's. */
    private static final int OUTSTANDING_MAX = 4;

    private final KernelContext context;
    private final RandomGenerator random;
    private final Credits credits;
    private final Function<Item, Optional<JobId>> startedAs;
    private final InFlightSubmissions inFlight;
    private final ReadyItems ready;
    private final SubmitBackoff backoff;

    /** What the scheduler does not count when it holds the cap for us: jobs that an earlier engine may have started. */
    private final Set<Item> elsewhere = new HashSet<>();
    /** The scheduler returned something without being asked to: it keeps nothing for us any more. */
    private boolean nothingKept;

    /** @param startedAs the job of an intended item that has a record of its own already */
    public SubmissionScheduler(
            KernelContext context, RandomGenerator random, Credits credits, Function<Item, Optional<JobId>> startedAs) {
        this.startedAs = startedAs;
        this.context = context;
        this.random = random;
        this.credits = credits;
        this.inFlight = new InFlightSubmissions(context);
        this.ready = new ReadyItems(context);
        this.backoff = new SubmitBackoff(context, credits);
    }

    public void takeOver() {
        inFlight.takeOver();
        context.state().items().stream()
                .filter(item -> item.state().isLive() || item.isIntended())
                .forEach(elsewhere::add);
    }

    /** The item may start now, or as soon as its pause is over. */
    public void offer(Item item) {
        if (item.state() != ItemState.PENDING
                || item.isIntended()
                || context.state().ended().isPresent()) {
            return;
        }
        if (item.cancelAskedBy().isPresent()) {
            cancelUnsent(item);
            return;
        }
        Optional<JobId> watched = item.plan().jobId().map(JobId::of);
        if (watched.isPresent()) {
            context.emit(new ItemEvent.Submitted(item.id(), watched.get()));
            return;
        }
        Optional<Instant> pause =
                item.notBefore().filter(at -> at.isAfter(context.clock().stamp()));
        if (pause.isPresent()) {
            context.remind(item, context.clock().ofStamp(pause.get()));
            return;
        }
        ready.add(item);
    }

    public void cancelUnsent(Item item) {
        context.emit(new ItemEvent.Settled(
                item.id(),
                Verdicts.neverStarted(
                        ItemState.CANCELLED,
                        ItemReason.CANCELLED_WHILE_PENDING,
                        ConfirmedBy.CONTROLLER,
                        "cancelled by " + item.cancelAskedBy().orElse("settle") + " before it was submitted")));
    }

    /** Starts what may start. */
    public void advance() {
        if (context.state().ended().isPresent()) {
            return;
        }
        inFlight.lookUp();
        if (context.isStopping()) {
            return;
        }
        int taken = context.state().counts().live() + inFlight.intended();
        int room = Math.min(context.policy().maxConcurrent() - taken, backoff.room(taken, inFlight.size()));
        int free = credits.mayStart(room, inFlight.size());
        boolean arrays = context.policy().arrayMax() > 1;
        if (taken == 0 && free > 0 && free == context.policy().maxConcurrent() && mayThrottle()) {
            List<Item> batch = ready.next(backoff.batchMax());
            send(batch, batch.size() > free ? free : 0);
            free -= batch.size();
        }
        while (free > 0 && (!arrays || inFlight.size() < OUTSTANDING_MAX)) {
            List<Item> batch = ready.next(Math.min(free, backoff.batchMax()));
            if (batch.isEmpty()) {
                return;
            }
            send(batch, 0);
            free -= batch.size();
        }
        sendAhead();
    }

    /** Where the scheduler keeps jobs for us its next one starts when one ends, not when we know of it. */
    private void sendAhead() {
        int most = context.policy().maxConcurrent() + context.policy().aheadMax();
        for (int taken = context.state().counts().live() + inFlight.intended();
                taken >= context.policy().maxConcurrent() && taken < most && maySendAhead();
                taken++) {
            List<Item> batch = ready.next(1);
            if (batch.isEmpty()) {
                return;
            }
            send(batch, context.policy().maxConcurrent());
        }
    }

    private boolean maySendAhead() {
        elsewhere.removeIf(item -> !item.state().isLive() && !item.isIntended());
        return context.policy().aheadMax() > 0
                && !nothingKept
                && elsewhere.isEmpty()
                && mayStartWithoutUs()
                && context.state().plan().queue().isEmpty()
                && backoff.areForgotten();
    }

    /** Takes back what waits with the scheduler for a free slot. */
    public void dequeue(Predicate<Item> which) {
        inFlight.dequeue(which);
    }

    /** The scheduler holds the cap on one array: its next task starts when one ends, not when we know of it. */
    private boolean mayThrottle() {
        return context.policy().arrayMax() > 1
                && ready.size() > context.policy().maxConcurrent()
                && mayStartWithoutUs();
    }

    /** What waits with the scheduler already would start past either limit. */
    private boolean mayStartWithoutUs() {
        Plan plan = context.state().plan();
        return plan.maxFailures().isEmpty() && plan.budgetCpuHours().isEmpty();
    }

    private void send(List<Item> batch, int throttle) {
        SubmitToken token = SubmitToken.random(random);
        List<ItemId> ids = new ArrayList<>(batch.size());
        for (Item item : batch) {
            context.emit(new ItemEvent.Intended(item.id(), item.attempt().number(), token));
            ids.add(item.id());
        }
        boolean ahead = throttle > 0 && context.policy().arrayMax() == 1;
        inFlight.start(token, batch, ahead ? InFlightSubmissions.Origin.AHEAD : InFlightSubmissions.Origin.HERE);
        context.perform(new KernelCommand.Submit(token, ids, throttle));
    }

    public void answered(SubmitToken token, SubmitAnswer answer) {
        Optional<InFlightSubmissions.Submission> submission = inFlight.submission(token);
        if (submission.isEmpty()) {
            return;
        }
        switch (answer.kind()) {
            case ACCEPTED -> accepted(token, submission.get(), ((SubmitAnswer.Accepted) answer).jobs());
            case REFUSED -> {
                inFlight.remove(token);
                boolean unasked = ((SubmitAnswer.Refused) answer).refusal() == SubmitAnswer.Refusal.GIVEN_BACK
                        && !submission.get().dequeued;
                nothingKept |= unasked;
                backoff.refused(submission.get().items, (SubmitAnswer.Refused) answer);
                submission.get().items.forEach(this::offer);
            }
            case UNCLEAR -> unclear(submission.get(), (SubmitAnswer.Unclear) answer);
        }
    }

    private void unclear(InFlightSubmissions.Submission submission, SubmitAnswer.Unclear answer) {
        submission.unclear = true;
        submission.unclearAnswer = Optional.of(answer);
        elsewhere.addAll(submission.items);
        submission.items.stream()
                .filter(Item::isIntended)
                .forEach(item -> context.emit(new ItemEvent.Unclear(item.id(), answer.text())));
    }

    private void accepted(SubmitToken token, InFlightSubmissions.Submission submission, List<JobId> jobs) {
        if (jobs.size() != submission.items.size()) {
            throw new IllegalStateException(
                    token + ": " + jobs.size() + " jobs for " + submission.items.size() + " items");
        }
        inFlight.remove(token);
        backoff.accepted(submission.items.size());
        for (int i = 0; i < submission.items.size(); i++) {
            Item item = submission.items.get(i);
            if (item.isIntended()
                    && item.attempt().token().filter(token::equals).isPresent()) {
                submitted(item, jobs.get(i));
            }
        }
    }

    private void submitted(Item item, JobId job) {
        context.emit(new ItemEvent.Submitted(item.id(), job));
        // Quick jobs without an exit record are noticed soon after the start, not a whole interval later.
        context.remind(item, Policy.SUBMIT_GRACE);
    }

    public void found(SubmitToken token, LookupAnswer answer) {
        Optional<InFlightSubmissions.Submission> found = inFlight.submission(token);
        if (found.isEmpty()) {
            return;
        }
        InFlightSubmissions.Submission submission = found.get();
        if (answer.kind() == LookupAnswer.Kind.FOUND) {
            accepted(token, submission, ((LookupAnswer.Found) answer).jobs());
            return;
        }
        if (answer.kind() == LookupAnswer.Kind.NO_ANSWER) {
            if (context.state().counts().live() == 0) {
                backoff.silent(((LookupAnswer.NoAnswer) answer).text());
            }
        } else {
            backoff.answeredAgain();
        }
        if (inFlight.isNotThere(submission, answer.kind())) {
            inFlight.remove(token);
            List<Item> absent = new ArrayList<>();
            for (Item item : submission.items) {
                // A controller that lost its memory knows nothing of a job that has told of itself: it was submitted.
                Optional<JobId> job = item.isIntended() ? startedAs.apply(item) : Optional.empty();
                if (job.isPresent()) {
                    submitted(item, job.get());
                } else if (item.isIntended()) {
                    absent.add(item);
                }
            }
            notThere(submission, absent);
        }
    }

    private void notThere(InFlightSubmissions.Submission submission, List<Item> items) {
        if (submission.orphan) {
            items.forEach(item ->
                    context.emit(new ItemEvent.Refused(item.id(), "the driver died before the submission was sent")));
            items.forEach(this::offer);
            return;
        }
        String words = submission.unclearAnswer.map(SubmitAnswer.Unclear::text).orElse("");
        Optional<SubmitAnswer.Refusal> refusal = submission.unclearAnswer.flatMap(SubmitAnswer.Unclear::ifNotFound);
        if (refusal.isPresent()) {
            backoff.refused(items, new SubmitAnswer.Refused(refusal.get(), words));
            items.forEach(this::offer);
            return;
        }
        items.forEach(item -> Verdicts.failUnstarted(
                context,
                item,
                ItemReason.LOST,
                "the answer to its submission was unclear (" + words + "), and no source ever knew the job"));
    }

    /** Whether a submission is on its way or unclear. */
    public boolean isInFlight() {
        return !inFlight.isEmpty();
    }

    /** The end of the run once the disk has refused for so long that nothing will be submitted any more. */
    public Optional<Stop> storageFailed() {
        return backoff.storageFailed();
    }

    public Instant wakeAt(Instant latest) {
        Instant wake = inFlight.wakeAt(backoff.wakeAt(latest));
        Optional<Instant> pauseEnd = ready.isEmpty() ? Optional.empty() : backoff.pauseEnd();
        return pauseEnd.filter(wake::isAfter).orElse(wake);
    }

    /** Nothing is ready to start, and nothing waits for its pause to end. */
    public boolean isIdle() {
        return inFlight.isEmpty()
                && ready.isEmpty()
                && context.state().items().stream()
                        .noneMatch(item -> item.state() == ItemState.PENDING
                                && item.notBefore().isPresent());
    }
}
