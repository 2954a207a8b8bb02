package dev.settle.core.kernel;

import dev.settle.core.kernel.evidence.Cancellations;
import dev.settle.core.kernel.evidence.CreditEvidence;
import dev.settle.core.kernel.evidence.JobRecord;
import dev.settle.core.kernel.evidence.LiveItems;
import dev.settle.core.kernel.evidence.ObservationHandler;
import dev.settle.core.kernel.evidence.PendingReasons;
import dev.settle.core.kernel.evidence.VerdictAssigner;
import dev.settle.core.kernel.polling.Polling;
import dev.settle.core.kernel.state.ClockReading;
import dev.settle.core.kernel.state.Consequences;
import dev.settle.core.kernel.state.Credits;
import dev.settle.core.kernel.state.ItemFiles;
import dev.settle.core.kernel.state.KernelContext;
import dev.settle.core.kernel.state.Policy;
import dev.settle.core.kernel.state.Verdicts;
import dev.settle.core.kernel.submission.Dependencies;
import dev.settle.core.kernel.submission.SubmissionScheduler;
import dev.settle.core.model.ItemId;
import dev.settle.core.model.ItemReason;
import dev.settle.core.model.PlanItem;
import dev.settle.core.run.Entry;
import dev.settle.core.run.Item;
import dev.settle.core.run.ItemEvent;
import dev.settle.core.run.ItemState;
import dev.settle.core.run.RunEvent;
import dev.settle.core.run.RunState;
import dev.settle.core.scheduler.JobId;
import dev.settle.core.scheduler.QueryAnswer;
import dev.settle.core.scheduler.Source.Role;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.random.RandomGenerator;

/**
 * Decides everything about one run. Pure: no clock, no files, no processes; an input and a time go in, events and
 * commands come out, and the events are already folded into the state.
 *
 * <p>The caller forces the events to disk before it performs a command or shows anything. One thread.
 */
public final class Kernel {
    /** Without anything to wait for, the kernel is ticked this often. */
    private static final Duration IDLE_MAX = Duration.ofSeconds(60);

    private final KernelContext context;
    private final Dependencies dependencies;
    private final SubmissionScheduler submissions;
    private final LiveItems liveItems;
    private final Polling polling;
    private final ObservationHandler observations;
    private final VerdictAssigner verdicts;
    private final CreditEvidence creditEvidence;
    private final Cancellations cancellations;
    private final PendingReasons pendingReasons;
    private final RunCompletion completion;
    private boolean begun;

    /**
     * A kernel for a run as its journal left it.
     *
     * @param state folded and owned by this kernel from now on
     * @param random for tokens and jitter
     */
    public Kernel(RunState state, Policy policy, RandomGenerator random, ClockReading now) {
        context = new KernelContext(state, policy, now);
        dependencies = new Dependencies(context);
        Credits credits = new Credits(context);
        liveItems = new LiveItems(context);
        polling = new Polling(context, random, liveItems::mayLearnFromAccounting);
        observations = new ObservationHandler(context, liveItems, polling);
        submissions = new SubmissionScheduler(context, random, credits, observations::startedAs);
        creditEvidence = new CreditEvidence(context, liveItems, credits);
        verdicts = new VerdictAssigner(context, liveItems, polling, creditEvidence);
        cancellations = new Cancellations(context, liveItems, polling);
        pendingReasons =
                new PendingReasons(context, liveItems, polling, verdicts, cancellations, creditEvidence, credits);
        completion = new RunCompletion(context, submissions);
    }

    public RunState state() {
        return context.state();
    }

    /**
     * Takes one input.
     *
     * @throws IllegalStateException when the input cannot belong to this run
     */
    public Decision step(Input input, ClockReading now) {
        context.begin(now);
        boolean over = context.state().ended().isPresent();
        begin();
        take(input);
        flow();
        if (!over || !context.events().isEmpty()) {
            completion.check();
        }
        return new Decision(
                context.events(), context.commands(), context.state().lastNumber(), wakeAt());
    }

    private void take(Input input) {
        switch (input.kind()) {
            case TICK -> {}
            case CANCEL_ANSWERED -> {
                Input.CancelAnswered answered = (Input.CancelAnswered) input;
                cancellations.answered(answered.jobs(), answered.answer());
            }
            case SUBMIT_ANSWERED -> {
                Input.SubmitAnswered answered = (Input.SubmitAnswered) input;
                submissions.answered(answered.token(), answered.answer());
            }
            case LOOKUP_ANSWERED -> {
                Input.LookupAnswered answered = (Input.LookupAnswered) input;
                submissions.found(answered.token(), answered.answer());
            }
            case OBSERVED -> observed(((Input.Observed) input).answer());
            case HELD_BACK -> {
                if (context.state().ended().isEmpty()) {
                    Input.HeldBack held = (Input.HeldBack) input;
                    observations.heldBack(held.source(), held.until(), held.text());
                }
            }
            case RECORD_SEEN -> recordSeen((Input.RecordSeen) input);
            case START_SEEN -> startSeen((Input.StartSeen) input);
            case RECORDS_READ -> {
                Input.RecordsRead read = (Input.RecordsRead) input;
                read.start().ifPresent(this::startSeen);
                read.end().ifPresent(this::recordSeen);
                verdicts.recordsRead(context.item(read.item()));
            }
            case FILES_READ -> {
                Input.FilesRead read = (Input.FilesRead) input;
                verdicts.filesRead(context.item(read.item()), read.files());
            }
            case GENERATED_READ -> {
                Input.GeneratedRead read = (Input.GeneratedRead) input;
                offerNew(verdicts.generated(context.item(read.item()), read.items(), read.problems()));
            }
            case LIMIT_USAGE_ANSWERED -> {
                Input.LimitUsageAnswered answered = (Input.LimitUsageAnswered) input;
                Item item = context.item(answered.item());
                if (item.state().isLive()) {
                    creditEvidence.answered(item, answered.answer());
                    verdicts.judge(item);
                    pendingReasons.limitUsageAnswered(item);
                }
            }
            case CANCEL_ASKED -> requestCancel((Input.CancelAsked) input);
            case STOP_ASKED -> context.stop(((Input.StopAsked) input).stop());
            case FROM_SOURCE -> fromSource((Input.FromSource) input);
        }
    }

    /** Records of an item that a resume took out of the run are still on disk; they matter no more. */
    private void recordSeen(Input.RecordSeen seen) {
        JobRecord end = new JobRecord(seen.token(), seen.restarts(), seen.observation(), seen.files());
        context.state().item(seen.item()).ifPresent(item -> ended(item, end));
    }

    private void startSeen(Input.StartSeen seen) {
        JobRecord start = new JobRecord(seen.token(), seen.restarts(), seen.observation(), ItemFiles.NONE);
        context.state().item(seen.item()).ifPresent(item -> started(item, start));
    }

    private void ended(Item item, JobRecord end) {
        observations.ended(item, end);
        verdicts.recordCame(item);
    }

    private void started(Item item, JobRecord start) {
        observations.started(item, start);
        verdicts.recordCame(item);
    }

    private void begin() {
        if (begun) {
            return;
        }
        begun = true;
        if (context.state().ended().isPresent()) {
            polling.accounting().lookOnceMore();
            return;
        }
        submissions.takeOver();
        dependencies.take(context.state().items()).forEach(submissions::offer);
        for (Item item : List.copyOf(context.state().items())) {
            if (item.state() == ItemState.SETTLING) {
                polling.accounting().want(item);
                context.remind(item, context.policy().settleTimeout());
            } else if (item.state().isLive()) {
                context.remind(item, context.now());
            } else if (item.isUnconfirmed()) {
                // It ended long ago, and accounting has had its time.
                polling.accounting().want(item, context.now());
                completion.awaitAccountingOn(item);
            }
            if (item.state().isEnd()) {
                dependencies.ended(item).forEach(submissions::offer);
            }
        }
        context.state().stopping().ifPresent(pendingReasons::withdrawAll);
        completion.limits();
    }

    private void observed(QueryAnswer answer) {
        List<Item> touched = observations.take(answer);
        touched.forEach(verdicts::judge);
        if (answer.source().role() == Role.ACCOUNTING) {
            completion.accountingAnswered();
        }
        boolean answered = answer.kind() == QueryAnswer.Kind.ANSWERED || answer.kind() == QueryAnswer.Kind.BY_CLUSTER;
        if (answered && answer.source().role() == Role.CONTROLLER) {
            pendingReasons.check(touched);
        }
    }

    private void offerNew(List<PlanItem> added) {
        if (!added.isEmpty()) {
            List<Item> items =
                    added.stream().map(plan -> context.item(plan.id())).toList();
            dependencies.take(items).forEach(submissions::offer);
            // What they depend on may have failed long ago.
            items.stream()
                    .flatMap(item -> item.plan().deps().stream())
                    .distinct()
                    .map(context::item)
                    .filter(dep -> dep.state().isEnd())
                    .forEach(dep -> dependencies.ended(dep).forEach(submissions::offer));
        }
    }

    private void fromSource(Input.FromSource decided) {
        decided.events().forEach(context::emit);
        decided.metrics().forEach(this::measured);
        if (!decided.items().isEmpty()) {
            context.emit(new RunEvent.Appended(Optional.empty(), decided.items()));
            offerNew(decided.items());
        }
        for (ItemId id : decided.reopened()) {
            context.emit(new ItemEvent.Reopened(id));
            submissions.offer(context.item(id));
        }
        decided.refused()
                .forEach(
                        (id, why) -> Verdicts.failUnstarted(context, context.item(id), ItemReason.LAUNCH_FAILURE, why));
        decided.stop().ifPresent(context::stop);
        if (!decided.cancelled().isEmpty()) {
            requestCancel(
                    new Input.CancelAsked(decided.cancelled(), context.policy().user()));
        }
    }

    /** What the source measured is shown like what the item reported. */
    private void measured(ItemId id, Map<String, Double> measured) {
        Item item = context.item(id);
        Map<String, Double> metrics = new HashMap<>(measured);
        metrics.putAll(item.metrics());
        if (!metrics.equals(item.metrics())) {
            context.emit(new ItemEvent.MetricsRead(id, metrics));
        }
    }

    private void requestCancel(Input.CancelAsked asked) {
        if (context.state().ended().isPresent()) {
            return;
        }
        if (asked.items().isEmpty() && context.state().cancelAskedBy().isEmpty()) {
            context.emit(new RunEvent.CancelAsked(asked.by()));
        }
        Collection<Item> items = asked.items().isEmpty()
                ? List.copyOf(context.state().items())
                : asked.items().stream()
                        .flatMap(id -> context.state().item(id).stream())
                        .toList();
        Set<JobId> jobs = new HashSet<>();
        for (Item item : items) {
            if (item.state().isEnd() || item.cancelAskedBy().isPresent()) {
                continue;
            }
            context.emit(new ItemEvent.CancelAsked(item.id(), asked.by()));
            if (item.state().isLive()) {
                item.attempt().jobId().ifPresent(jobs::add);
                cancellations.sent(item);
            } else if (!item.isIntended()) {
                submissions.cancelUnsent(item);
            }
        }
        submissions.dequeue(item -> item.cancelAskedBy().isPresent());
        cancellations.cancel(jobs);
    }

    /** Carries out what follows from what happened, until nothing follows. */
    private void flow() {
        Consequences consequences = context.consequences();
        for (Item item : context.takeReminded()) {
            reminded(item);
        }
        cancellations.flush();
        submitted(consequences.takeSubmitted());
        for (List<Item> ended = consequences.takeEnded(); !ended.isEmpty(); ended = consequences.takeEnded()) {
            for (Item item : ended) {
                dependencies.ended(item).forEach(submissions::offer);
                if (liveItems.mayLearnFromAccounting(item)) {
                    polling.accounting().want(item);
                }
            }
        }
        completion.limits();
        for (Item item : consequences.takeRetried()) {
            dependencies.retried(item);
            submissions.offer(item);
        }
        consequences.takeStop().ifPresent(stop -> {
            pendingReasons.withdrawAll(stop);
            submissions.dequeue(item -> true);
        });
        consequences.takeAttemptsOver().forEach(liveItems::forget);
        submissions.advance();
        polling.query();
    }

    private void reminded(Item item) {
        if (item.state() == ItemState.PENDING) {
            submissions.offer(item);
        } else if (item.state() == ItemState.SETTLING) {
            if (liveItems.isSettleTimeOver(item)) {
                // Those who could know better have the last word.
                polling.accounting().want(item, context.now());
                if (context.isAccountingOff() || liveItems.mayStartAgain(item)) {
                    polling.controller().want(context.now());
                }
            }
            verdicts.judge(item);
        } else if (item.state() == ItemState.SUBMITTED
                && item.attempt().observations().isEmpty()) {
            polling.controller().wantNewcomers();
        }
        if (item.state().isLive()) {
            cancellations.sendAgain(item);
        }
    }

    /** A cancellation, and a record, that came while the submission was on its way take effect now. */
    private void submitted(List<Item> items) {
        Set<JobId> cancelled = new HashSet<>();
        for (Item item : items) {
            polling.controller().submitted(item);
            if (item.cancelAskedBy().isPresent() && item.state().isLive()) {
                item.attempt().jobId().ifPresent(cancelled::add);
                cancellations.sent(item);
            }
        }
        cancellations.cancel(cancelled);
        for (Item item : items) {
            observations.takeEarlyStart(item).ifPresent(start -> started(item, start));
            observations.takeEarlyEnd(item).ifPresent(end -> ended(item, end));
        }
        if (!items.isEmpty()) {
            context.state().stopping().ifPresent(pendingReasons::withdrawAll);
        }
    }

    /** Folds in an event that the driver itself has to tell: that it took the run, leaves it, or could not record it. */
    public Entry record(RunEvent event, ClockReading now) {
        context.begin(now);
        context.emit(event);
        return context.events().get(0);
    }

    private Instant wakeAt() {
        Instant latest = context.now().plus(IDLE_MAX);
        if (context.state().ended().isPresent()) {
            return context.clock().toWall(latest);
        }
        return context.clock().toWall(polling.wakeAt(submissions.wakeAt(context.wakeAt(completion.wakeAt(latest)))));
    }
}
