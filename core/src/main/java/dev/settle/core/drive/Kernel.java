package dev.settle.core.drive;

import dev.settle.core.item.Item;
import dev.settle.core.item.ItemEvent;
import dev.settle.core.item.ItemState;
import dev.settle.core.plan.ItemId;
import dev.settle.core.plan.ItemReason;
import dev.settle.core.plan.PlanItem;
import dev.settle.core.port.JobId;
import dev.settle.core.port.SightAnswer;
import dev.settle.core.port.Source.Role;
import dev.settle.core.run.Entry;
import dev.settle.core.run.QueueEvent;
import dev.settle.core.run.RunEvent;
import dev.settle.core.run.RunState;
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

    private final Board board;
    private final Dependencies dependencies;
    private final Starter starter;
    private final Pacing pacing;
    private final Sights sights;
    private final Settler settler;
    private final Credits credits;
    private final Waiting waiting;
    private final Ending ending;
    private boolean begun;

    /**
     * A kernel for a run as its journal left it.
     *
     * @param state folded and owned by this kernel from now on
     * @param random for tokens and jitter
     */
    public Kernel(RunState state, Policy policy, RandomGenerator random, Moment now) {
        this(state, policy, random, now, Doctrine.WHOLE);
    }

    Kernel(RunState state, Policy policy, RandomGenerator random, Moment now, Doctrine doctrine) {
        board = new Board(state, policy, doctrine, now);
        dependencies = new Dependencies(board);
        pacing = new Pacing(board, random);
        credits = new Credits(board);
        starter = new Starter(board, random, credits);
        sights = new Sights(board, pacing);
        settler = new Settler(board, pacing, credits);
        waiting = new Waiting(board, pacing, credits);
        ending = new Ending(board, starter);
    }

    public RunState state() {
        return board.state;
    }

    /**
     * Takes one input.
     *
     * @throws IllegalStateException when the input cannot belong to this run
     */
    public Decision step(Input input, Moment now) {
        board.begin(now);
        boolean over = board.state.ended().isPresent();
        begin();
        take(input);
        flow();
        if (!over || !board.events().isEmpty()) {
            ending.check();
        }
        return new Decision(board.events(), board.commands(), wakeAt());
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
            case SIGHTED -> sighted(((Input.Sighted) input).answer());
            case RECORD_SEEN -> recordSeen((Input.RecordSeen) input);
            case START_SEEN -> startSeen((Input.StartSeen) input);
            case RECORDS_READ -> {
                Input.RecordsRead read = (Input.RecordsRead) input;
                read.start().ifPresent(this::startSeen);
                read.end().ifPresent(this::recordSeen);
                settler.recordsRead(board.item(read.item()));
            }
            case FILES_READ -> {
                Input.FilesRead read = (Input.FilesRead) input;
                Item item = board.item(read.item());
                Track.End end = board.track(item).end();
                if ((item.state().isLive() || item.isUnconfirmed()) && end.filesAsked) {
                    end.files = Optional.of(end.files
                            .map(known -> known.withLinesOf(read.files()))
                            .orElse(read.files()));
                    settler.judge(item);
                }
            }
            case GENERATED_READ -> {
                List<PlanItem> added = settler.generated((Input.GeneratedRead) input);
                offerNew(added);
            }
            case SPEND_ANSWERED -> {
                Input.SpendAnswered answered = (Input.SpendAnswered) input;
                Item item = board.item(answered.item());
                if (item.state().isLive()) {
                    credits.answered(item, answered.answer());
                    settler.judge(item);
                    waiting.spendAnswered(item);
                }
            }
            case CANCEL_ASKED -> cancelAsked((Input.CancelAsked) input);
            case STOP_ASKED -> board.stop(((Input.StopAsked) input).stop());
            case FED -> fed((Input.Fed) input);
        }
    }

    /** Records of an item that a resume took out of the run are still on disk; they concern nobody any more. */
    private void recordSeen(Input.RecordSeen seen) {
        board.state.item(seen.item()).ifPresent(item -> {
            sights.record(seen);
            settler.recordCame(item);
        });
    }

    private void startSeen(Input.StartSeen seen) {
        board.state.item(seen.item()).ifPresent(item -> {
            sights.started(seen);
            settler.recordCame(item);
        });
    }

    private void begin() {
        if (begun) {
            return;
        }
        begun = true;
        if (board.state.ended().isPresent()) {
            pacing.accounting().lookOnceMore();
            return;
        }
        starter.takeOver();
        dependencies.take(board.state.items()).forEach(starter::offer);
        for (Item item : List.copyOf(board.state.items())) {
            if (item.state() == ItemState.SETTLING) {
                pacing.accounting().want(item);
                board.remind(item, board.policy.settleTimeout());
            } else if (item.state().isLive()) {
                board.remind(item, board.now());
            } else if (item.isUnconfirmed()) {
                // It ended long ago, and accounting has had its time.
                pacing.accounting().want(item, board.now());
                ending.awaitAccountingOn(item);
            }
            if (item.state().isEnd()) {
                dependencies.ended(item).forEach(starter::offer);
            }
        }
        board.state.stopping().ifPresent(waiting::takeBackAll);
        ending.limits();
    }

    private void sighted(SightAnswer answer) {
        List<Item> touched = sights.take(answer);
        touched.forEach(settler::judge);
        if (answer.source().role() == Role.ACCOUNTING) {
            ending.accountingHeard();
        }
        boolean answered = answer.kind() == SightAnswer.Kind.ANSWERED || answer.kind() == SightAnswer.Kind.BY_CLUSTER;
        if (answered && answer.source().role() == Role.CONTROLLER) {
            waiting.check(touched);
        }
    }

    private void offerNew(List<PlanItem> added) {
        if (!added.isEmpty()) {
            List<Item> items = added.stream().map(plan -> board.item(plan.id())).toList();
            dependencies.take(items).forEach(starter::offer);
            // What they depend on may have failed long ago.
            items.stream()
                    .flatMap(item -> item.plan().deps().stream())
                    .distinct()
                    .map(board::item)
                    .filter(dep -> dep.state().isEnd())
                    .forEach(dep -> dependencies.ended(dep).forEach(starter::offer));
        }
    }

    private void fed(Input.Fed fed) {
        for (QueueEvent event : fed.events()) {
            board.emit(new RunEvent.OfQueue(event));
            if (event instanceof QueueEvent.Stored stored) {
                measured(stored);
            }
        }
        if (!fed.items().isEmpty()) {
            board.emit(new RunEvent.Appended(Optional.empty(), fed.items()));
            offerNew(fed.items());
        }
        for (ItemId id : fed.reopened()) {
            board.emit(new ItemEvent.Reopened(id));
            starter.offer(board.item(id));
        }
        fed.refused().forEach((id, why) -> NeverRan.fail(board, board.item(id), ItemReason.LAUNCH_FAILURE, why));
        fed.stop().ifPresent(board::stop);
        if (!fed.cancelled().isEmpty()) {
            cancelAsked(new Input.CancelAsked(fed.cancelled(), board.policy.user()));
        }
    }

    /** The metric that a step printed is shown like one that it reported. */
    private void measured(QueueEvent.Stored stored) {
        Item item = board.item(stored.item());
        String name = board.state.queueSpec().orElseThrow().metric().orElseThrow();
        if (stored.metric().isPresent() && !item.metrics().containsKey(name)) {
            Map<String, Double> metrics = new HashMap<>(item.metrics());
            metrics.put(name, stored.metric().getAsDouble());
            board.emit(new ItemEvent.MetricsRead(item.id(), metrics));
        }
    }

    private void cancelAsked(Input.CancelAsked asked) {
        if (board.state.ended().isPresent()) {
            return;
        }
        if (asked.items().isEmpty() && board.state.cancelAskedBy().isEmpty()) {
            board.emit(new RunEvent.CancelAsked(asked.by()));
        }
        Collection<Item> items = asked.items().isEmpty()
                ? List.copyOf(board.state.items())
                : asked.items().stream()
                        .flatMap(id -> board.state.item(id).stream())
                        .toList();
        Set<JobId> jobs = new HashSet<>();
        for (Item item : items) {
            if (item.state().isEnd() || item.cancelAskedBy().isPresent()) {
                continue;
            }
            board.emit(new ItemEvent.CancelAsked(item.id(), asked.by()));
            if (item.state().isLive()) {
                item.attempt().jobId().ifPresent(jobs::add);
                waiting.sent(item);
            } else if (!item.isIntended()) {
                starter.cancelUnsent(item);
            }
        }
        starter.recall(item -> item.cancelAskedBy().isPresent());
        if (!jobs.isEmpty()) {
            board.perform(new Command.Cancel(jobs));
        }
    }

    /** Carries on what follows from what happened, until nothing follows. */
    private void flow() {
        for (Item item : board.takeReminded()) {
            reminded(item);
        }
        waiting.send();
        afterSubmitting();
        for (List<Item> ended = board.takeEnded(); !ended.isEmpty(); ended = board.takeEnded()) {
            for (Item item : ended) {
                dependencies.ended(item).forEach(starter::offer);
                if (item.isUnconfirmed() || board.isMeasured(item)) {
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
            if (!board.now().isBefore(board.settlesSince(item).plus(board.policy.settleTimeout()))) {
                // The clock has run out: those who could know better have the last word.
                pacing.accounting().want(item, board.now());
                boolean mayStartAgain = board.track(item).end().requeueOpenSince.isPresent();
                if (board.isAccountingOff() || mayStartAgain) {
                    pacing.controller().want(board.now());
                }
            }
            settler.judge(item);
        } else if (item.state() == ItemState.SUBMITTED
                && item.attempt().sightings().isEmpty()) {
            pacing.controller().wantNewcomers();
        }
        if (item.state().isLive()) {
            waiting.again(item);
        }
    }

    /** What has to be done about events of this step, whoever emitted them. */
    private void followEvents() {
        for (Entry entry : List.copyOf(board.events())) {
            if (entry.event() instanceof RunEvent.Stopping stopping) {
                waiting.takeBackAll(stopping.stop());
                starter.recall(item -> true);
            } else if (entry.event() instanceof RunEvent.OfItem of && of.event().kind() == ItemEvent.Kind.RETRIED) {
                Item item = board.item(of.event().item());
                dependencies.retried(item);
                starter.offer(item);
            }
        }
    }

    /** A cancellation, and an exit record, that came while the submission was on its way take effect now. */
    private void afterSubmitting() {
        Set<JobId> cancelled = new HashSet<>();
        List<Item> submittedNow = new ArrayList<>();
        board.events().forEach(entry -> {
            if (entry.event() instanceof RunEvent.OfItem of && of.event() instanceof ItemEvent.Submitted submitted) {
                Item item = board.item(submitted.item());
                pacing.controller().submitted(item);
                submittedNow.add(item);
                if (item.cancelAskedBy().isPresent() && item.state().isLive()) {
                    cancelled.add(submitted.jobId());
                    waiting.sent(item);
                }
            }
        });
        if (!cancelled.isEmpty()) {
            board.perform(new Command.Cancel(cancelled));
        }
        for (Item item : submittedNow) {
            board.track(item).takeEarlyStart().ifPresent(this::startSeen);
            board.track(item).takeEarlyRecord().ifPresent(this::recordSeen);
        }
        if (!submittedNow.isEmpty()) {
            board.state.stopping().ifPresent(waiting::takeBackAll);
        }
    }

    /** Folds in an event that the driver itself has to tell: that it took the run, leaves it, or could not record it. */
    public Entry record(RunEvent event, Moment now) {
        board.begin(now);
        board.emit(event);
        return board.events().get(0);
    }

    private Instant wakeAt() {
        Instant latest = board.now().plus(IDLE_MAX);
        if (board.state.ended().isPresent()) {
            return board.said(latest);
        }
        return board.said(pacing.wakeAt(starter.wakeAt(board.nextReminder(ending.wakeAt(latest)))));
    }
}
