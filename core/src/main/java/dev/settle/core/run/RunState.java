package dev.settle.core.run;

import dev.settle.core.model.ItemId;
import dev.settle.core.model.Plan;
import dev.settle.core.model.PlanItem;
import dev.settle.core.model.QueueSpec;
import dev.settle.core.model.ResourceChanges;
import dev.settle.core.model.RunId;
import dev.settle.core.scheduler.Source;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;

/**
 * A run as its journal has left it: the one fold, for live and replayed runs alike. Owned and mutated by one thread;
 * folding an event is O(1).
 */
public final class RunState {
    private Plan plan;
    private final List<Item> items = new ArrayList<>();
    private final Map<ItemId, Item> byId = new HashMap<>();
    private final Counts counts = new Counts();
    private final Set<String> generators = new HashSet<>();
    private final QueueState queue = new QueueState();
    private final Map<Source, Entry> silent = new EnumMap<>(Source.class);
    private final Map<Source, RunEvent.HeldBack> heldBack = new EnumMap<>(Source.class);
    private Optional<RunEvent.Opened> opened = Optional.empty();
    private Optional<Instant> createdAt = Optional.empty();
    private Optional<RunEvent.Driven> driver = Optional.empty();
    private Optional<Instant> driverSince = Optional.empty();
    private Optional<String> cancelAskedBy = Optional.empty();
    private Optional<Stop> stopping = Optional.empty();
    private Optional<Stop> awaitedCredit = Optional.empty();
    private Optional<Stop> ended = Optional.empty();
    private Optional<Instant> endedAt = Optional.empty();
    private Optional<Stop> stopBefore = Optional.empty();
    private boolean accountingOff;
    private OptionalDouble budgetCpuHours;
    private ResourceChanges changes = ResourceChanges.NONE;
    private final Set<ItemId> removed = new HashSet<>();
    private int unconfirmed;
    private long lastNumber;
    /** The plan and its items are the latest already, whatever changed them on the way. */
    private boolean restoring;

    private Optional<Instant> lastAt = Optional.empty();

    public RunState(Plan plan) {
        this.plan = plan;
        this.budgetCpuHours = plan.budgetCpuHours();
        plan.items().forEach(item -> add(new Item(item, items.size())));
    }

    private RunState(Plan plan, List<Item> items) {
        this.plan = plan;
        this.budgetCpuHours = plan.budgetCpuHours();
        items.forEach(this::add);
    }

    /**
     * A run out of a snapshot: what happened to the run itself is folded again, its items come as they were.
     *
     * @param plan as it is by now, with its items
     * @param items as they are by now, generated ones included
     * @param ofRun the entries of the run that are not of an item, in their order, whatever their numbers
     */
    public static RunState fromSnapshot(
            Plan plan, List<Item> items, List<Entry> ofRun, long lastNumber, Optional<Instant> lastAt) {
        RunState state = new RunState(plan, items);
        state.restoring = true;
        ofRun.forEach(state::fold);
        state.restoring = false;
        for (Item item : items) {
            state.unconfirmed += item.isUnconfirmed() ? 1 : 0;
        }
        state.lastNumber = lastNumber;
        state.lastAt = lastAt;
        return state;
    }

    /**
     * Folds one journal line in.
     *
     * @throws IllegalStateException when it does not fit: a gap, an item that the plan lacks, a forbidden move
     */
    public void apply(Entry entry) {
        if (entry.number() != lastNumber + 1) {
            throw new IllegalStateException("journal line " + entry.number() + " after " + lastNumber);
        }
        lastNumber = entry.number();
        lastAt = Optional.of(entry.at());
        fold(entry);
    }

    private void fold(Entry entry) {
        RunEvent event = entry.event();
        switch (event.kind()) {
            case OPENED -> {
                opened = Optional.of((RunEvent.Opened) event);
                createdAt = Optional.of(entry.at());
            }
            case DRIVEN -> {
                driver = Optional.of((RunEvent.Driven) event);
                driverSince = Optional.of(entry.at());
                // The new driver asks anew; what its predecessor could not find out is not its knowledge.
                silent.clear();
                heldBack.clear();
            }
            case RELEASED -> driver = Optional.empty();
            case ITEM -> item(((RunEvent.OfItem) event).event(), entry.at());
            case APPENDED -> {
                ((RunEvent.Appended) event).by().ifPresent(generators::add);
                if (!restoring) {
                    ((RunEvent.Appended) event).items().forEach(item -> add(new Item(item, items.size())));
                }
            }
            case QUEUE -> queue.apply(((RunEvent.OfQueue) event).event());
            case SILENT -> {
                Source source = ((RunEvent.Silent) event).source();
                silent.put(source, entry);
                heldBack.remove(source);
            }
            case HELD_BACK -> heldBack.put(((RunEvent.HeldBack) event).source(), (RunEvent.HeldBack) event);
            case ANSWERED -> {
                Source source = ((RunEvent.Answered) event).source();
                silent.remove(source);
                heldBack.remove(source);
            }
            case ACCOUNTING_OFF -> accountingOff = true;
            case CREDIT_AWAITED -> awaitedCredit = Optional.of(((RunEvent.CreditAwaited) event).stop());
            case CREDIT_BACK -> awaitedCredit = Optional.empty();
            case CANCEL_ASKED -> cancelAskedBy = Optional.of(((RunEvent.CancelAsked) event).by());
            case STOPPING -> stopping = Optional.of(((RunEvent.Stopping) event).stop());
            case ENDED -> {
                ended = Optional.of(((RunEvent.Ended) event).stop());
                endedAt = Optional.of(entry.at());
            }
            case RESUMED -> resumed((RunEvent.Resumed) event);
            case REPLANNED -> replanned((RunEvent.Replanned) event);
            // What the user's own command does is nothing of the run.
            case NOTIFICATION -> {}
        }
    }

    private void item(ItemEvent event, Instant at) {
        Item item = byId.get(event.item());
        if (item == null) {
            throw new IllegalStateException(event.kind().word() + " of an item that the plan lacks: " + event.item());
        }
        ItemState before = item.state();
        boolean wasUnconfirmed = item.isUnconfirmed();
        item.apply(event, at);
        counts.move(before, item.state());
        unconfirmed += (item.isUnconfirmed() ? 1 : 0) - (wasUnconfirmed ? 1 : 0);
    }

    private void add(Item item) {
        if (byId.putIfAbsent(item.id(), item) != null) {
            throw new IllegalStateException("two items are called " + item.id());
        }
        items.add(item);
        counts.add(item.state());
    }

    private void resumed(RunEvent.Resumed event) {
        if (event.budgetCpuHours().isPresent()) {
            budgetCpuHours = event.budgetCpuHours();
        }
        stopBefore = ended;
        ended = Optional.empty();
        endedAt = Optional.empty();
        stopping = Optional.empty();
        awaitedCredit = Optional.empty();
        cancelAskedBy = Optional.empty();
        queue.resumed();
    }

    private void replanned(RunEvent.Replanned event) {
        removed.addAll(event.removed());
        changes = event.refreshed().isPresent()
                ? event.changes()
                : event.changes().over(changes);
        if (restoring) {
            return;
        }
        Set<ItemId> gone = Set.copyOf(event.removed());
        Map<ItemId, PlanItem> others = new HashMap<>();
        event.items().forEach(item -> others.put(item.id(), item));
        Set<ItemId> planned = new HashSet<>();
        plan.items().forEach(item -> planned.add(item.id()));
        List<Item> all = new ArrayList<>(items);
        items.clear();
        byId.clear();
        // What was generated stands after what the file has, as before.
        all.stream().filter(item -> planned.contains(item.id())).forEach(item -> keep(item, gone, others, event));
        for (PlanItem added : event.items()) {
            if (others.containsKey(added.id())) {
                add(new Item(added, items.size()));
            }
        }
        List<PlanItem> ofFile = items.stream().map(Item::plan).toList();
        all.stream().filter(item -> !planned.contains(item.id())).forEach(item -> keep(item, gone, others, event));
        plan = event.refreshed().orElse(plan).withItems(ofFile);
    }

    private void keep(Item item, Set<ItemId> gone, Map<ItemId, PlanItem> others, RunEvent.Replanned event) {
        if (gone.contains(item.id())) {
            counts.remove(item.state());
            unconfirmed -= item.isUnconfirmed() ? 1 : 0;
            return;
        }
        PlanItem other = others.remove(item.id());
        PlanItem now = other != null ? other : item.plan();
        item.replan(item.isReplannable() ? event.changes().applyTo(now) : now, items.size());
        byId.put(item.id(), item);
        items.add(item);
    }

    /** The accepted plan; its items are those of the run file, without generated ones. */
    public Plan plan() {
        return plan;
    }

    /** Items that resumes took out of the run; their files are still there, so that no other item can have their ids. */
    public Set<ItemId> removed() {
        return Collections.unmodifiableSet(removed);
    }

    /** What resumes have changed of what is asked for. */
    public ResourceChanges changes() {
        return changes;
    }

    /** The ceiling on cpu hours: the plan's, or what a resume has set since. */
    public OptionalDouble budgetCpuHours() {
        return budgetCpuHours;
    }

    /** @throws IllegalStateException before the journal's first line */
    public RunEvent.Opened opened() {
        return opened.orElseThrow(() -> new IllegalStateException("the journal has no first line"));
    }

    public RunId id() {
        return opened().run();
    }

    public boolean isOpened() {
        return opened.isPresent();
    }

    public Instant createdAt() {
        return createdAt.orElseThrow(() -> new IllegalStateException("the journal has no first line"));
    }

    /** All items, generated ones included, in the order in which they became part of the run. */
    public List<Item> items() {
        return Collections.unmodifiableList(items);
    }

    public Optional<Item> item(ItemId id) {
        return Optional.ofNullable(byId.get(id));
    }

    /** Whether what the item generated has become part of the run. */
    public boolean hasGenerated(ItemId item) {
        return generators.contains(item.value());
    }

    public Counts counts() {
        return counts;
    }

    /** Whether a step queue may still bring items; such a run is not over, however few items are open. */
    public boolean mayGainItems() {
        return plan.queue().isPresent() && queue.closed().isEmpty();
    }

    /** What the run has from its step queue; empty for runs that have none. */
    public QueueState queue() {
        return queue;
    }

    /** The queue as it is known by now: what the run file says, and what the service's run says besides. */
    public Optional<QueueSpec> queueSpec() {
        return plan.queue().map(spec -> queue.attached()
                .map(attached -> spec.with(attached.objective()))
                .orElse(spec));
    }

    /** How many ended items nobody with authority vouches for. */
    public int unconfirmed() {
        return unconfirmed;
    }

    /** The driver that wrote last and has not released the run; whether it lives, the lease says. */
    public Optional<RunEvent.Driven> driver() {
        return driver;
    }

    public Optional<Instant> driverSince() {
        return driverSince;
    }

    /** The sources that do not answer, with the line that says so. */
    public Map<Source, Entry> silent() {
        return Collections.unmodifiableMap(silent);
    }

    /** The queries that wait for the user's budget of commands, or did when the run's driver last said so. */
    public Map<Source, RunEvent.HeldBack> heldBack() {
        return Collections.unmodifiableMap(heldBack);
    }

    public Optional<RunEvent.HeldBack> heldBack(Source source) {
        return Optional.ofNullable(heldBack.get(source));
    }

    public boolean isAccountingOff() {
        return accountingOff;
    }

    public Optional<String> cancelAskedBy() {
        return cancelAskedBy;
    }

    public Optional<Stop> stopping() {
        return stopping;
    }

    public Optional<Stop> awaitedCredit() {
        return awaitedCredit;
    }

    /** How the run ended; empty while it goes on. */
    public Optional<Stop> ended() {
        return ended;
    }

    public Optional<Instant> endedAt() {
        return endedAt;
    }

    /** How the run had ended when it was last resumed. */
    public Optional<Stop> stopBefore() {
        return stopBefore;
    }

    public RunPhase phase() {
        return ended.map(stop -> stop.reason().ending().phase()).orElse(RunPhase.RUNNING);
    }

    /** The number of the newest journal line; 0 before the first. */
    public long lastNumber() {
        return lastNumber;
    }

    public Optional<Instant> lastAt() {
        return lastAt;
    }
}
