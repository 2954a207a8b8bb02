package dev.settle.core.kernel.state;

import dev.settle.core.model.ItemId;
import dev.settle.core.model.ItemReason;
import dev.settle.core.model.Plan.BackendName;
import dev.settle.core.run.Entry;
import dev.settle.core.run.Item;
import dev.settle.core.run.ItemEvent;
import dev.settle.core.run.ItemState;
import dev.settle.core.run.RunEvent;
import dev.settle.core.run.RunState;
import dev.settle.core.run.Stop;
import dev.settle.core.run.StopReason;
import dev.settle.core.scheduler.WaitReason;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.PriorityQueue;

/** The run, the time, and the decision that is being made: what all parts of the kernel share. */
public final class KernelContext {
    /** An item to look at again at a time, whatever happens. */
    private record Reminder(Instant at, ItemId item) {}

    private final RunState state;
    private final Policy policy;
    private final EngineClock clock;
    private final Budget budget;
    private final ItemsByJob byJob = new ItemsByJob();
    private final PriorityQueue<Reminder> reminders = new PriorityQueue<>(Comparator.comparing(Reminder::at));
    private Consequences consequences = new Consequences();
    private List<Entry> events = new ArrayList<>();
    private List<KernelCommand> commands = new ArrayList<>();
    private int waitingForCredit;

    public KernelContext(RunState state, Policy policy, ClockReading first) {
        this.state = state;
        this.policy = policy;
        this.clock = new EngineClock(first, state.lastAt().orElse(first.wall()));
        this.budget = new Budget(state::budgetCpuHours);
        for (Item item : state.items()) {
            if (item.state().isLive() || item.isUnconfirmed()) {
                byJob.add(item);
            }
            waitingForCredit += waitsForCredit(item) ? 1 : 0;
            budget.note(item);
        }
    }

    /** A step begins. */
    public void begin(ClockReading reading) {
        clock.advance(reading);
        consequences = new Consequences();
        events = new ArrayList<>();
        commands = new ArrayList<>();
    }

    public RunState state() {
        return state;
    }

    public Policy policy() {
        return policy;
    }

    /** The two times of the engine, and how they translate into each other. */
    public EngineClock clock() {
        return clock;
    }

    /** The time that deadlines count. */
    public Instant now() {
        return clock.now();
    }

    public Budget budget() {
        return budget;
    }

    /** The live items, and those of which accounting may still report something, by job. */
    public ItemsByJob byJob() {
        return byJob;
    }

    /** What follows from the events of this step so far. */
    public Consequences consequences() {
        return consequences;
    }

    /** The events of this step; they are folded in already. */
    public List<Entry> events() {
        return events;
    }

    /** The commands of this step. */
    public List<KernelCommand> commands() {
        return commands;
    }

    public void emit(RunEvent event) {
        Entry entry = new Entry(state.lastNumber() + 1, clock.stamp(), event);
        state.apply(entry);
        events.add(entry);
    }

    public void emit(ItemEvent event) {
        Item item = item(event.item());
        ItemState before = item.state();
        waitingForCredit -= waitsForCredit(item) ? 1 : 0;
        emit(new RunEvent.OfItem(event));
        waitingForCredit += waitsForCredit(item) ? 1 : 0;
        budget.note(item);
        if (item.state().isLive()) {
            byJob.add(item);
        }
        boolean attemptOver = (!before.isEnd() && item.state().isEnd()) || event.kind() == ItemEvent.Kind.RETRIED;
        // An unconfirmed verdict may still be confirmed or corrected by a later row.
        if (attemptOver && !item.isUnconfirmed()) {
            byJob.removeAll(item);
            consequences.attemptIsOver(item);
        }
        if (item.state().isEnd() && (before != item.state() || event.kind() == ItemEvent.Kind.CORRECTED)) {
            consequences.ended(item);
        } else if (event.kind() == ItemEvent.Kind.RETRIED) {
            consequences.retried(item);
        } else if (event.kind() == ItemEvent.Kind.SUBMITTED) {
            consequences.submitted(item);
        }
    }

    public void perform(KernelCommand command) {
        commands.add(command);
    }

    public Item item(ItemId id) {
        return state.item(id).orElseThrow(() -> new IllegalStateException("no item " + id));
    }

    /** Whether no accounting is kept: the cluster reported so, or there is no cluster. */
    public boolean isAccountingOff() {
        return state.isAccountingOff() || policy.backend() == BackendName.LOCAL;
    }

    /** Whether any job waits for credit. */
    public boolean isAnyWaitingForCredit() {
        return waitingForCredit > 0;
    }

    private static boolean waitsForCredit(Item item) {
        return item.state() == ItemState.QUEUED
                && item.waitReason()
                        .filter(why -> why.kind() == WaitReason.Kind.CREDITS)
                        .isPresent();
    }

    /** The item is looked at again at a time. */
    public void remind(Item item, Instant at) {
        reminders.add(new Reminder(at, item.id()));
    }

    /** The item is looked at again after a while. */
    public void remind(Item item, Duration after) {
        remind(item, now().plus(after));
    }

    /** The items whose reminders are due. */
    public List<Item> takeReminded() {
        List<Item> due = new ArrayList<>();
        for (Reminder first = reminders.peek(); first != null && !first.at().isAfter(now()); first = reminders.peek()) {
            reminders.remove();
            due.add(item(first.item()));
        }
        return due;
    }

    /** The time, or sooner when a reminder is due sooner. */
    public Instant wakeAt(Instant latest) {
        while (!reminders.isEmpty() && item(reminders.peek().item()).state().isEnd()) {
            reminders.remove();
        }
        Reminder first = reminders.peek();
        return first != null && first.at().isBefore(latest) ? first.at() : latest;
    }

    /** Decides that the run stops, unless that is decided already. */
    public void stop(Stop stop) {
        if (!isStopping() && state.ended().isEmpty()) {
            emit(new RunEvent.Stopping(stop));
            consequences.stopping(stop);
        }
    }

    public boolean isStopping() {
        return state.stopping().isPresent() || state.cancelAskedBy().isPresent();
    }

    /** Of the reasons for which a run stops, only these are reasons of the items that never started as well. */
    public Optional<ItemReason> reasonOfNotStarting() {
        if (state.cancelAskedBy().isPresent()) {
            return Optional.of(ItemReason.CANCELLED_BY_USER);
        }
        if (state.stopping().isEmpty()) {
            return state.unconfirmed() > 0 ? Optional.of(ItemReason.UNCONFIRMED) : Optional.empty();
        }
        return state.stopping().get().reason() == StopReason.OUT_OF_CREDITS
                ? Optional.of(ItemReason.OUT_OF_CREDITS)
                : Optional.empty();
    }
}
