package dev.settle.core.kernel;

import dev.settle.core.model.ItemId;
import dev.settle.core.model.Plan.BackendName;
import dev.settle.core.run.Entry;
import dev.settle.core.run.Item;
import dev.settle.core.run.ItemEvent;
import dev.settle.core.run.ItemState;
import dev.settle.core.run.RunEvent;
import dev.settle.core.run.RunState;
import dev.settle.core.run.Stop;
import dev.settle.core.scheduler.JobId;
import dev.settle.core.scheduler.Source.Role;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What the parts of the kernel share: the run, what is remembered of live items, and the decision being made. */
final class KernelContext {
    /** An item to look at again at a time, whatever happens. */
    private record Reminder(Instant at, ItemId item) {}

    final RunState state;
    final Policy policy;
    final Budget budget;

    /** When this driver began: what was before it has not been heard by it. */
    final Instant since;

    private final EngineClock clock;
    /** By the place of the item in the run; absent for items that nothing is remembered of. */
    private @Nullable LiveItemState[] liveItems = {};

    private final ItemsByJob byJob = new ItemsByJob();
    private final Set<ItemId> measuring = new HashSet<>();
    private final Set<JobId> arraysWithRows = new HashSet<>();
    private final PriorityQueue<Reminder> reminders = new PriorityQueue<>(Comparator.comparing(Reminder::at));
    private final List<Item> ended = new ArrayList<>();
    private List<Entry> events = new ArrayList<>();
    private List<KernelCommand> commands = new ArrayList<>();
    private int waitingForCredit;

    KernelContext(RunState state, Policy policy, ClockReading first) {
        this.state = state;
        this.policy = policy;
        this.clock = new EngineClock(first, state.lastAt().orElse(first.said()));
        this.since = now();
        this.budget = new Budget(state::budgetCpuHours);
        for (Item item : state.items()) {
            if (item.state().isLive() || item.isUnconfirmed()) {
                item.attempt().jobId().ifPresent(job -> byJob.put(job, item));
            }
            if (item.attempt().latest(Role.ACCOUNTING).isPresent()) {
                item.attempt().jobId().filter(JobId::isTask).ifPresent(job -> accountingHasRowsOf(job.whole()));
            }
            waitingForCredit += Credits.waitsForCredit(item) ? 1 : 0;
            budget.note(item);
        }
    }

    void begin(ClockReading moment) {
        clock.advance(moment);
        events = new ArrayList<>();
        commands = new ArrayList<>();
    }

    /** The time that deadlines count ({@link EngineClock}). */
    Instant now() {
        return clock.now();
    }

    /** The time that goes into the journal, and that times of others are compared with. */
    Instant stamp() {
        return clock.stamp();
    }

    Instant stamp(Instant time) {
        return clock.stamp(time);
    }

    Instant ofStamp(Instant stamped) {
        return clock.ofStamp(stamped);
    }

    /** A time of ours as the caller's clock will show it. */
    Instant said(Instant time) {
        return clock.said(time);
    }

    List<Entry> events() {
        return events;
    }

    List<KernelCommand> commands() {
        return commands;
    }

    void emit(RunEvent event) {
        Entry entry = new Entry(state.lastNumber() + 1, stamp(), event);
        state.apply(entry);
        events.add(entry);
    }

    void emit(ItemEvent event) {
        Item item = item(event.item());
        ItemState before = item.state();
        waitingForCredit -= Credits.waitsForCredit(item) ? 1 : 0;
        emit(new RunEvent.OfItem(event));
        waitingForCredit += Credits.waitsForCredit(item) ? 1 : 0;
        budget.note(item);
        if (item.state().isLive()) {
            item.attempt().jobId().ifPresent(job -> byJob.put(job, item));
        }
        if ((!before.isEnd() && item.state().isEnd()) || event.kind() == ItemEvent.Kind.RETRIED) {
            forget(item);
        }
        if (item.state().isEnd() && (before != item.state() || event.kind() == ItemEvent.Kind.CORRECTED)) {
            ended.add(item);
        }
    }

    private void forget(Item item) {
        // An unconfirmed verdict may still be confirmed or corrected by a later row.
        if (!item.isUnconfirmed()) {
            if (item.index() < liveItems.length) {
                liveItems[item.index()] = null;
            }
            item.attempt().jobId().ifPresent(job -> byJob.remove(job, item));
            item.earlier().forEach(attempt -> attempt.jobId().ifPresent(job -> byJob.remove(job, item)));
        }
    }

    /** The items that ended since the last call, for what depends on them. */
    List<Item> takeEnded() {
        List<Item> taken = new ArrayList<>(ended);
        ended.clear();
        return taken;
    }

    void perform(KernelCommand command) {
        commands.add(command);
    }

    Item item(ItemId id) {
        return state.item(id).orElseThrow(() -> new IllegalStateException("no item " + id));
    }

    LiveItemState live(Item item) {
        int place = item.index();
        if (place >= liveItems.length) {
            // A step queue and generated items make a run grow.
            liveItems = Arrays.copyOf(
                    liveItems, Math.max(2 * liveItems.length, state.items().size()));
        }
        LiveItemState known = liveItems[place];
        if (known == null) {
            known = new LiveItemState();
            liveItems[place] = known;
        }
        return known;
    }

    /** The live, unconfirmed or measured items by the job that they are known by. */
    ItemsByJob byJob() {
        return byJob;
    }

    /** Accounting's figures of an item that has its verdict are still lacking. */
    void measure(Item item) {
        if (measuring.add(item.id())) {
            item.attempt().jobId().ifPresent(job -> byJob.put(job, item));
        }
    }

    void measured(Item item) {
        if (measuring.remove(item.id()) && !item.isUnconfirmed()) {
            item.attempt().jobId().ifPresent(job -> byJob.remove(job, item));
        }
    }

    boolean isMeasured(Item item) {
        return measuring.contains(item.id());
    }

    /** Whether nobody keeps accounting here: on this machine nobody does. */
    boolean isAccountingOff() {
        return state.isAccountingOff() || policy.backend() == BackendName.LOCAL;
    }

    void accountingHasRowsOf(JobId array) {
        arraysWithRows.add(array);
    }

    boolean hasAccountingRowsOf(JobId array) {
        return arraysWithRows.contains(array);
    }

    int waitingForCredit() {
        return waitingForCredit;
    }

    void remind(Item item, Instant at) {
        reminders.add(new Reminder(at, item.id()));
    }

    void remind(Item item, Duration after) {
        remind(item, now().plus(after));
    }

    /** The items whose reminders are due. */
    List<Item> takeReminded() {
        List<Item> due = new ArrayList<>();
        for (Reminder first = reminders.peek(); first != null && !first.at().isAfter(now()); first = reminders.peek()) {
            reminders.remove();
            due.add(item(first.item()));
        }
        return due;
    }

    Instant nextReminder(Instant latest) {
        while (!reminders.isEmpty() && item(reminders.peek().item()).state().isEnd()) {
            reminders.remove();
        }
        Reminder first = reminders.peek();
        return first != null && first.at().isBefore(latest) ? first.at() : latest;
    }

    /**
     * Since when the item settles, as far as this driver lived through it: those that it took up settling begin anew,
     * because nobody was asked in between.
     */
    Instant settlesSince(Item item) {
        return live(item).end().leftAt.orElse(since);
    }

    /** Decides that the run stops, unless that is decided already. */
    void stop(Stop stop) {
        if (!isStopping() && state.ended().isEmpty()) {
            emit(new RunEvent.Stopping(stop));
        }
    }

    boolean isStopping() {
        return state.stopping().isPresent() || state.cancelAskedBy().isPresent();
    }
}
