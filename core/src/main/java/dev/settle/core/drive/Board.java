package dev.settle.core.drive;

import dev.settle.core.item.Item;
import dev.settle.core.item.ItemEvent;
import dev.settle.core.item.ItemState;
import dev.settle.core.plan.ItemId;
import dev.settle.core.plan.Plan.BackendName;
import dev.settle.core.port.JobId;
import dev.settle.core.run.Entry;
import dev.settle.core.run.RunEvent;
import dev.settle.core.run.RunState;
import dev.settle.core.run.Stop;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Set;

/** What the parts of the kernel share: the run, what is remembered of live items, and the decision being made. */
final class Board {
    /** An item to look at again at a time, whatever happens. */
    private record Reminder(Instant at, ItemId item) {}

    final RunState state;
    final Policy policy;
    private final Map<ItemId, Track> tracks = new HashMap<>();
    private final Map<JobId, Item> byJob = new HashMap<>();
    private final Set<String> basesWithRows = new HashSet<>();
    private final PriorityQueue<Reminder> reminders = new PriorityQueue<>(Comparator.comparing(Reminder::at));
    private List<Entry> events = new ArrayList<>();
    private List<Command> commands = new ArrayList<>();
    private Instant now;
    private final List<Item> ended = new ArrayList<>();

    Board(RunState state, Policy policy, Instant now) {
        this.state = state;
        this.policy = policy;
        this.now = now;
        for (Item item : state.items()) {
            if (item.state().isLive() || item.isUnconfirmed()) {
                item.attempt().jobId().ifPresent(job -> byJob.put(job, item));
            }
        }
    }

    void begin(Instant time) {
        // A clock that was set back must not make journal times run backwards.
        now = state.lastAt().filter(last -> last.isAfter(time)).orElse(time);
        events = new ArrayList<>();
        commands = new ArrayList<>();
    }

    Instant now() {
        return now;
    }

    List<Entry> events() {
        return events;
    }

    List<Command> commands() {
        return commands;
    }

    void emit(RunEvent event) {
        Entry entry = new Entry(state.lastNumber() + 1, now, event);
        state.apply(entry);
        events.add(entry);
    }

    void emit(ItemEvent event) {
        Item item = item(event.item());
        ItemState before = item.state();
        emit(new RunEvent.OfItem(event));
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
        tracks.remove(item.id());
        // An unconfirmed verdict may still be confirmed or corrected by a later row.
        if (!item.isUnconfirmed()) {
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

    void perform(Command command) {
        commands.add(command);
    }

    Item item(ItemId id) {
        return state.item(id).orElseThrow(() -> new IllegalStateException("no item " + id));
    }

    Track track(Item item) {
        return tracks.computeIfAbsent(item.id(), id -> new Track());
    }

    /** The live or unconfirmed items by the job that they are known by. */
    Map<JobId, Item> byJob() {
        return byJob;
    }

    void accountingHasRowsOf(String base) {
        basesWithRows.add(base);
    }

    boolean hasAccountingRowsOf(String base) {
        return basesWithRows.contains(base);
    }

    void remind(Item item, Instant at) {
        reminders.add(new Reminder(at, item.id()));
    }

    void remind(Item item, Duration after) {
        remind(item, now.plus(after));
    }

    /** The items whose reminders are due. */
    List<Item> takeReminded() {
        List<Item> due = new ArrayList<>();
        for (Reminder first = reminders.peek(); first != null && !first.at().isAfter(now); first = reminders.peek()) {
            reminders.remove();
            due.add(item(first.item()));
        }
        return due;
    }

    Instant nextReminder(Instant latest) {
        Reminder first = reminders.peek();
        return first != null && first.at().isBefore(latest) ? first.at() : latest;
    }

    /** No accounting is kept: the cluster said so, or there is no cluster. */
    boolean accountingOff() {
        return state.isAccountingOff() || policy.backend() == BackendName.LOCAL;
    }

    /** Decides that the run stops, unless that is decided already. */
    void stop(Stop stop) {
        if (state.stopping().isEmpty() && state.ended().isEmpty()) {
            emit(new RunEvent.Stopping(stop));
        }
    }

    boolean isStopping() {
        return state.stopping().isPresent() || state.cancelAskedBy().isPresent();
    }
}
