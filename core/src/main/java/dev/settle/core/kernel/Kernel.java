package dev.settle.core.kernel;

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
import java.util.ArrayList;
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
    private final SubmissionScheduler starter;
    private final Polling pacing;
    private final ObservationHandler observationHandler;
    private final VerdictAssigner verdicts;
    private final Credits credits;
    private final PendingReasons waiting;
    private final RunCompletion ending;
    private boolean begun;

    /**
     * A kernel for a run as its journal left it.
     *
     * @param state folded and owned by this kernel from now on
     * @param random for tokens and jitter
     */
    public Kernel(RunState state, Policy policy, RandomGenerator random, ClockReading now) {
        this(state, policy, random, now, Doctrine.WHOLE);
    }

    Kernel(RunState state, Policy policy, RandomGenerator random, ClockReading now, Doctrine doctrine) {
        context = new KernelContext(state, policy, doctrine, now);
        dependencies = new Dependencies(context);
        pacing = new Polling(context, random);
        credits = new Credits(context);
        starter = new SubmissionScheduler(context, random, credits);
        observationHandler = new ObservationHandler(context, pacing);
        verdicts = new VerdictAssigner(context, pacing, credits);
        waiting = new PendingReasons(context, pacing, credits);
        ending = new RunCompletion(context, starter);
    }

    public RunState state() {
        return context.state;
    }

    /**
     * Takes one input.
     *
     * @throws IllegalStateException when the input cannot belong to this run
     */
    public Decision step(Input input, ClockReading now) {
        context.begin(now);
        boolean over = context.state.ended().isPresent();
        begin();
        take(input);
        flow();
        if (!over || !context.events().isEmpty()) {
            ending.check();
        }
        return new Decision(context.events(), context.commands(), wakeAt());
    }

    private void take(Input input) {
        switch (input.kind()) {
            case TICK -> {}
            case CANCEL_ANSWERED -> waiting.answered((Input.CancelAnswered) input);
            case SUBMIT_ANSWERED -> {
                Input.SubmitAnswered answered = (Input.SubmitAnswered) input;
                starter.answered(answered.token(), answered.answer());
            }
            case FIND_ANSWERED -> {
                Input.FindAnswered answered = (Input.FindAnswered) input;
                starter.found(answered.token(), answered.answer());
            }
            case OBSERVED -> observed(((Input.Observed) input).answer());
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
                Item item = context.item(read.item());
                LiveItemState.End end = context.live(item).end();
                if ((item.state().isLive() || item.isUnconfirmed()) && end.filesAsked) {
                    end.files = Optional.of(end.files
                            .map(known -> known.withLinesOf(read.files()))
                            .orElse(read.files()));
                    verdicts.judge(item);
                }
            }
            case GENERATED_READ -> {
                List<PlanItem> added = verdicts.generated((Input.GeneratedRead) input);
                offerNew(added);
            }
            case SPEND_ANSWERED -> {
                Input.SpendAnswered answered = (Input.SpendAnswered) input;
                Item item = context.item(answered.item());
                if (item.state().isLive()) {
                    credits.answered(item, answered.answer());
                    verdicts.judge(item);
                    waiting.spendAnswered(item);
                }
            }
            case CANCEL_ASKED -> cancelAsked((Input.CancelAsked) input);
            case STOP_ASKED -> context.stop(((Input.StopAsked) input).stop());
            case FROM_SOURCE -> fromSource((Input.FromSource) input);
        }
    }

    /** Records of an item that a resume took out of the run are still on disk; they concern nobody any more. */
    private void recordSeen(Input.RecordSeen seen) {
        context.state.item(seen.item()).ifPresent(item -> {
            observationHandler.record(seen);
            verdicts.recordCame(item);
        });
    }

    private void startSeen(Input.StartSeen seen) {
        context.state.item(seen.item()).ifPresent(item -> {
            observationHandler.started(seen);
            verdicts.recordCame(item);
        });
    }

    private void begin() {
        if (begun) {
            return;
        }
        begun = true;
        if (context.state.ended().isPresent()) {
            pacing.accounting().lookOnceMore();
            return;
        }
        starter.takeOver();
        dependencies.take(context.state.items()).forEach(starter::offer);
        for (Item item : List.copyOf(context.state.items())) {
            if (item.state() == ItemState.SETTLING) {
                pacing.accounting().want(item);
                context.remind(item, context.policy.settleTimeout());
            } else if (item.state().isLive()) {
                context.remind(item, context.now());
            } else if (item.isUnconfirmed()) {
                // It ended long ago, and accounting has had its time.
                pacing.accounting().want(item, context.now());
                ending.awaitAccountingOn(item);
            }
            if (item.state().isEnd()) {
                dependencies.ended(item).forEach(starter::offer);
            }
        }
        context.state.stopping().ifPresent(waiting::takeBackAll);
        ending.limits();
    }

    private void observed(QueryAnswer answer) {
        List<Item> touched = observationHandler.take(answer);
        touched.forEach(verdicts::judge);
        if (answer.source().role() == Role.ACCOUNTING) {
            ending.accountingHeard();
        }
        boolean answered = answer.kind() == QueryAnswer.Kind.ANSWERED || answer.kind() == QueryAnswer.Kind.BY_CLUSTER;
        if (answered && answer.source().role() == Role.CONTROLLER) {
            waiting.check(touched);
        }
    }

    private void offerNew(List<PlanItem> added) {
        if (!added.isEmpty()) {
            List<Item> items =
                    added.stream().map(plan -> context.item(plan.id())).toList();
            dependencies.take(items).forEach(starter::offer);
            // What they depend on may have failed long ago.
            items.stream()
                    .flatMap(item -> item.plan().deps().stream())
                    .distinct()
                    .map(context::item)
                    .filter(dep -> dep.state().isEnd())
                    .forEach(dep -> dependencies.ended(dep).forEach(starter::offer));
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
            starter.offer(context.item(id));
        }
        decided.refused()
                .forEach((id, why) -> NeverStarted.fail(context, context.item(id), ItemReason.LAUNCH_FAILURE, why));
        decided.stop().ifPresent(context::stop);
        if (!decided.cancelled().isEmpty()) {
            cancelAsked(new Input.CancelAsked(decided.cancelled(), context.policy.user()));
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

    private void cancelAsked(Input.CancelAsked asked) {
        if (context.state.ended().isPresent()) {
            return;
        }
        if (asked.items().isEmpty() && context.state.cancelAskedBy().isEmpty()) {
            context.emit(new RunEvent.CancelAsked(asked.by()));
        }
        Collection<Item> items = asked.items().isEmpty()
                ? List.copyOf(context.state.items())
                : asked.items().stream()
                        .flatMap(id -> context.state.item(id).stream())
                        .toList();
        Set<JobId> jobs = new HashSet<>();
        for (Item item : items) {
            if (item.state().isEnd() || item.cancelAskedBy().isPresent()) {
                continue;
            }
            context.emit(new ItemEvent.CancelAsked(item.id(), asked.by()));
            if (item.state().isLive()) {
                item.attempt().jobId().ifPresent(jobs::add);
                waiting.sent(item);
            } else if (!item.isIntended()) {
                starter.cancelUnsent(item);
            }
        }
        starter.recall(item -> item.cancelAskedBy().isPresent());
        if (!jobs.isEmpty()) {
            context.perform(new KernelCommand.Cancel(jobs));
        }
    }

    /** Carries on what follows from what happened, until nothing follows. */
    private void flow() {
        for (Item item : context.takeReminded()) {
            reminded(item);
        }
        waiting.send();
        afterSubmitting();
        for (List<Item> ended = context.takeEnded(); !ended.isEmpty(); ended = context.takeEnded()) {
            for (Item item : ended) {
                dependencies.ended(item).forEach(starter::offer);
                if (item.isUnconfirmed() || context.isMeasured(item)) {
                    pacing.accounting().want(item);
                }
            }
        }
        ending.limits();
        followEvents();
        starter.advance();
        pacing.ask();
    }

    private void reminded(Item item) {
        if (item.state() == ItemState.PENDING) {
            starter.offer(item);
        } else if (item.state() == ItemState.SETTLING) {
            if (!context.now().isBefore(context.settlesSince(item).plus(context.policy.settleTimeout()))) {
                // The clock has run out: those who could know better have the last word.
                pacing.accounting().want(item, context.now());
                boolean mayStartAgain =
                        context.live(item).end().requeueOpenSince.isPresent();
                if (context.isAccountingOff() || mayStartAgain) {
                    pacing.controller().want(context.now());
                }
            }
            verdicts.judge(item);
        } else if (item.state() == ItemState.SUBMITTED
                && item.attempt().observations().isEmpty()) {
            pacing.controller().wantNewcomers();
        }
        if (item.state().isLive()) {
            waiting.again(item);
        }
    }

    /** What has to be done about events of this step, whoever emitted them. */
    private void followEvents() {
        for (Entry entry : List.copyOf(context.events())) {
            if (entry.event() instanceof RunEvent.Stopping stopping) {
                waiting.takeBackAll(stopping.stop());
                starter.recall(item -> true);
            } else if (entry.event() instanceof RunEvent.OfItem of && of.event().kind() == ItemEvent.Kind.RETRIED) {
                Item item = context.item(of.event().item());
                dependencies.retried(item);
                starter.offer(item);
            }
        }
    }

    /** A cancellation, and an exit record, that came while the submission was on its way take effect now. */
    private void afterSubmitting() {
        Set<JobId> cancelled = new HashSet<>();
        List<Item> submittedNow = new ArrayList<>();
        context.events().forEach(entry -> {
            if (entry.event() instanceof RunEvent.OfItem of && of.event() instanceof ItemEvent.Submitted submitted) {
                Item item = context.item(submitted.item());
                pacing.controller().submitted(item);
                submittedNow.add(item);
                if (item.cancelAskedBy().isPresent() && item.state().isLive()) {
                    cancelled.add(submitted.jobId());
                    waiting.sent(item);
                }
            }
        });
        if (!cancelled.isEmpty()) {
            context.perform(new KernelCommand.Cancel(cancelled));
        }
        for (Item item : submittedNow) {
            context.live(item).takeEarlyStart().ifPresent(this::startSeen);
            context.live(item).takeEarlyRecord().ifPresent(this::recordSeen);
        }
        if (!submittedNow.isEmpty()) {
            context.state.stopping().ifPresent(waiting::takeBackAll);
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
        if (context.state.ended().isPresent()) {
            return context.said(latest);
        }
        return context.said(pacing.wakeAt(starter.wakeAt(context.nextReminder(ending.wakeAt(latest)))));
    }
}
