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
import dev.settle.core.run.RunEvent;
import dev.settle.core.run.RunState;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
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
    private final Ending ending;
    private boolean begun;

    /**
     * A kernel for a run as its journal left it.
     *
     * @param state folded and owned by this kernel from now on
     * @param random for tokens and jitter
     */
    public Kernel(RunState state, Policy policy, RandomGenerator random, Instant now) {
        this(state, policy, random, now, new Rules());
    }

    Kernel(RunState state, Policy policy, RandomGenerator random, Instant now, Rules rules) {
        board = new Board(state, policy, now);
        dependencies = new Dependencies(board);
        starter = new Starter(board, random);
        pacing = new Pacing(board, random);
        sights = new Sights(board, pacing);
        settler = new Settler(board, rules);
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
    public Decision step(Input input, Instant now) {
        board.begin(now);
        if (!begun) {
            begun = true;
            begin();
        }
        boolean over = board.state.ended().isPresent();
        switch (input.kind()) {
            case TICK -> {}
            case SUBMIT_ANSWERED -> {
                Input.SubmitAnswered answered = (Input.SubmitAnswered) input;
                starter.answered(answered.token(), answered.answer());
            }
            case FIND_ANSWERED -> {
                Input.FindAnswered answered = (Input.FindAnswered) input;
                starter.found(answered.token(), answered.answer());
            }
            case SIGHTED -> sighted(((Input.Sighted) input).answer());
            case RECORD_SEEN -> {
                sights.record((Input.RecordSeen) input);
                settler.judge(board.item(((Input.RecordSeen) input).item()));
            }
            case FILES_READ -> {
                Input.FilesRead read = (Input.FilesRead) input;
                board.track(board.item(read.item())).files = Optional.of(read.files());
                settler.judge(board.item(read.item()));
            }
            case GENERATED_READ -> generated((Input.GeneratedRead) input);
            case SPEND_ANSWERED -> {
                Input.SpendAnswered answered = (Input.SpendAnswered) input;
                board.track(board.item(answered.item())).spend = Optional.of(answered.answer());
                settler.judge(board.item(answered.item()));
            }
            case CANCEL_ANSWERED -> {}
            case CANCEL_ASKED -> cancelAsked((Input.CancelAsked) input);
            case STOP_ASKED -> board.stop(((Input.StopAsked) input).stop());
            case FED -> fed((Input.Fed) input);
        }
        flow();
        if (over && board.events().isEmpty()) {
            return new Decision(List.of(), board.commands(), board.now().plus(IDLE_MAX));
        }
        ending.check();
        return new Decision(board.events(), board.commands(), wakeAt());
    }

    private void begin() {
        if (board.state.ended().isPresent()) {
            // Opened to ask once more about what nobody confirmed: nothing is started or looked up.
            board.state.items().stream().filter(Item::isUnconfirmed).forEach(pacing::wantAccountingNow);
            return;
        }
        starter.takeOver();
        dependencies.take(board.state.items()).forEach(starter::offer);
        for (Item item : board.state.items()) {
            if (item.state() == ItemState.SETTLING) {
                pacing.wantAccounting(item);
                Instant left = item.attempt().leftAt().orElse(board.now());
                board.remind(item, left.plus(board.policy.settleTimeout()));
            } else if (item.isUnconfirmed()) {
                pacing.wantAccountingNow(item);
                ending.awaitAccountingOn(item);
            } else if (item.state().isEnd()) {
                dependencies.ended(item);
            }
            if (item.state().isLive() && item.cancelAskedBy().isPresent()) {
                board.remind(item, board.now());
            }
        }
    }

    private void sighted(SightAnswer answer) {
        List<Item> touched = sights.take(answer);
        touched.forEach(settler::judge);
        if (answer.source().role() == Role.ACCOUNTING) {
            ending.accountingHeard();
        }
        if (answer.kind() == SightAnswer.Kind.ANSWERED && answer.source().role() == Role.CONTROLLER) {
            Waiting.check(board, touched);
        }
        pacingOf(touched);
    }

    private void pacingOf(Collection<Item> touched) {
        for (Item item : touched) {
            if (item.state().isEnd() && !item.isUnconfirmed()) {
                pacing.unwantAccounting(item);
            }
        }
    }

    private void generated(Input.GeneratedRead read) {
        int before = board.state.items().size();
        settler.generated(read);
        List<Item> added =
                board.state.items().subList(before, board.state.items().size());
        dependencies.take(List.copyOf(added)).forEach(starter::offer);
    }

    private void fed(Input.Fed fed) {
        fed.events().forEach(event -> board.emit(new RunEvent.OfQueue(event)));
        if (!fed.items().isEmpty()) {
            append(Optional.empty(), fed.items());
        }
        for (ItemId id : fed.reopened()) {
            board.emit(new ItemEvent.Reopened(id));
            starter.offer(board.item(id));
        }
        fed.refused()
                .forEach((id, why) -> board.emit(
                        new ItemEvent.Settled(id, Starter.neverRan(ItemState.FAILED, ItemReason.LAUNCH_FAILURE, why))));
        fed.stop().ifPresent(board::stop);
        if (!fed.cancelled().isEmpty()) {
            cancelAsked(new Input.CancelAsked(fed.cancelled(), board.policy.user()));
        }
    }

    private void append(Optional<String> by, List<PlanItem> items) {
        int before = board.state.items().size();
        board.emit(new RunEvent.Appended(by, items));
        List<Item> added =
                board.state.items().subList(before, board.state.items().size());
        dependencies.take(List.copyOf(added)).forEach(starter::offer);
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
                : asked.items().stream().map(board::item).toList();
        Set<JobId> jobs = new HashSet<>();
        for (Item item : items) {
            if (item.state().isEnd()) {
                continue;
            }
            if (item.cancelAskedBy().isEmpty()) {
                board.emit(new ItemEvent.CancelAsked(item.id(), asked.by()));
            }
            if (item.state().isLive()) {
                item.attempt().jobId().ifPresent(jobs::add);
                cancelSent(item);
            } else if (!item.isIntended()) {
                board.emit(new ItemEvent.Settled(
                        item.id(),
                        Starter.neverRan(
                                ItemState.CANCELLED,
                                ItemReason.CANCELLED_BY_USER,
                                "cancelled by " + asked.by() + " before it was submitted")));
            }
        }
        if (!jobs.isEmpty()) {
            board.perform(new Command.Cancel(jobs));
        }
    }

    private void cancelSent(Item item) {
        board.track(item).cancelSentAt = Optional.of(board.now());
        board.remind(item, Policy.CANCEL_AGAIN);
        board.remind(item, board.policy.requeueWindow());
        pacing.wantController(board.now().plusSeconds(1));
    }

    /** Carries on what follows from what happened, until nothing follows. */
    private void flow() {
        for (Item item : board.takeReminded()) {
            reminded(item);
        }
        afterSubmitting();
        for (List<Item> ended = board.takeEnded(); !ended.isEmpty(); ended = board.takeEnded()) {
            for (Item item : ended) {
                dependencies.ended(item).forEach(starter::offer);
                if (item.isUnconfirmed()) {
                    pacing.wantAccounting(item);
                } else {
                    pacing.unwantAccounting(item);
                }
            }
            ending.limits();
        }
        for (ItemId id : retriedIn()) {
            starter.offer(board.item(id));
        }
        if (board.state.ended().isEmpty()) {
            starter.advance();
        }
        pacing.ask();
    }

    private void reminded(Item item) {
        if (item.state() == ItemState.PENDING) {
            starter.offer(item);
        } else if (item.state() == ItemState.SETTLING) {
            Track track = board.track(item);
            boolean expired = item.attempt()
                    .leftAt()
                    .filter(at -> !board.now().isBefore(at.plus(board.policy.settleTimeout())))
                    .isPresent();
            if (expired
                    && track.accountingAskedAt
                            .filter(at -> !at.isBefore(
                                    item.attempt().leftAt().orElseThrow().plus(board.policy.settleTimeout())))
                            .isEmpty()) {
                // The clock has run out: accounting has the last word, once more.
                pacing.wantAccounting(item);
            }
            settler.judge(item);
        } else if (item.state() == ItemState.SUBMITTED
                && item.attempt().sightings().isEmpty()) {
            pacing.wantController(board.now());
        }
        if (item.state().isLive() && item.cancelAskedBy().isPresent()) {
            Optional<Instant> sent = board.track(item).cancelSentAt;
            if (sent.isEmpty() || !board.now().isBefore(sent.get().plus(Policy.CANCEL_AGAIN))) {
                item.attempt().jobId().ifPresent(job -> board.perform(new Command.Cancel(Set.of(job))));
                cancelSent(item);
            }
        }
    }

    private List<ItemId> retriedIn() {
        List<ItemId> ids = new ArrayList<>();
        board.events().forEach(entry -> {
            if (entry.event() instanceof RunEvent.OfItem of && of.event().kind() == ItemEvent.Kind.RETRIED) {
                ids.add(of.event().item());
            }
        });
        return ids;
    }

    /** A cancellation, and an exit record, that came while the submission was on its way take effect now. */
    private void afterSubmitting() {
        Set<JobId> jobs = new HashSet<>();
        List<Item> submittedNow = new ArrayList<>();
        board.events().forEach(entry -> {
            if (entry.event() instanceof RunEvent.OfItem of && of.event() instanceof ItemEvent.Submitted submitted) {
                Item item = board.item(submitted.item());
                pacing.submitted(item);
                submittedNow.add(item);
                if (item.cancelAskedBy().isPresent() && item.state().isLive()) {
                    jobs.add(submitted.jobId());
                    cancelSent(item);
                }
            }
        });
        if (!jobs.isEmpty()) {
            board.perform(new Command.Cancel(jobs));
        }
        for (Item item : submittedNow) {
            Optional<Input.RecordSeen> early = board.track(item).earlyRecord;
            board.track(item).earlyRecord = Optional.empty();
            early.ifPresent(seen -> {
                sights.record(seen);
                settler.judge(item);
            });
        }
    }

    /** Folds in an event that the driver itself has to tell: that it took the run, leaves it, or could not record it. */
    public Entry record(RunEvent event, Instant now) {
        board.begin(now);
        board.emit(event);
        return board.events().get(0);
    }

    private Instant wakeAt() {
        Instant latest = board.now().plus(IDLE_MAX);
        return pacing.wakeAt(starter.wakeAt(board.nextReminder(ending.wakeAt(latest))));
    }
}
