package dev.settle.app.dashboard;

import dev.settle.app.dashboard.web.LiveSource;
import dev.settle.app.process.Failure;
import dev.settle.app.reader.Evidence;
import dev.settle.app.reader.Views;
import dev.settle.app.runs.Invocation;
import dev.settle.app.runs.Outputs;
import dev.settle.app.runs.Requests;
import dev.settle.app.runs.Runs;
import dev.settle.core.journal.RunFolder;
import dev.settle.core.journal.file.JournalFollower;
import dev.settle.core.model.ItemId;
import dev.settle.core.run.Entry;
import dev.settle.core.run.Item;
import dev.settle.core.run.RunEvent;
import dev.settle.core.run.RunState;
import dev.settle.core.view.Line;
import dev.settle.core.view.OutputTail;
import dev.settle.core.view.RunView;
import dev.settle.core.view.explain.ExplainText;
import dev.settle.core.view.html.Fragment;
import dev.settle.core.view.html.dashboard.ItemPage;
import dev.settle.core.view.html.dashboard.ItemQuery;
import dev.settle.core.view.html.dashboard.RunPage;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/** The one reader of a run that pages show; all of them, whatever they show of it, are fed from here. */
final class RunFeed {
    /** How long a run is kept that no page shows: a page asks for its events right after it was loaded. */
    static final Duration KEPT = Duration.ofSeconds(15);

    /** Whether a process manages the run is looked up less often than its journal. */
    private static final Duration CHECK_ENGINE_EVERY = Duration.ofSeconds(2);

    /** Longer lines of an explanation are cut, as by {@code settle explain}. */
    private static final int COLUMNS_MAX = 160;

    /** More selections of one run than this are not kept at once. */
    private static final int SELECTIONS_MAX = 32;

    private final Invocation invocation;
    private final Views views;
    private final RunFolder folder;
    private final QueueCredits credits;
    private final Map<ItemQuery, LiveParts> selections = new HashMap<>();
    private final Map<ItemId, LiveParts> items = new HashMap<>();
    private final Map<ItemId, Explained> explained = new HashMap<>();
    private final Map<ItemId, Fragment> rows = new HashMap<>();
    private RunState state;
    private JournalFollower journal;
    private Optional<Duration> checkedAt = Optional.empty();
    private Optional<String> trouble = Optional.empty();
    private Duration usedAt;

    /** The evidence of an item, and for which state of it that was read. */
    private record Explained(Optional<Instant> changedAt, boolean ended, List<Line> lines) {}

    /** @throws Failure when the run cannot be read */
    RunFeed(Invocation invocation, RunFolder folder, QueueCredits credits) {
        this.invocation = invocation;
        this.views = new Views(invocation.app(), invocation.runs());
        this.folder = folder;
        this.credits = credits;
        this.usedAt = now();
        Runs.OpenRun run = invocation.runs().open(folder);
        this.state = run.state();
        this.journal = journal(run);
    }

    private JournalFollower journal(Runs.OpenRun run) {
        try {
            return new JournalFollower(
                    invocation.runs().disk(),
                    folder.journal(),
                    run.end(),
                    run.state().lastNumber());
        } catch (IOException e) {
            throw invocation.runs().cannotRead(folder, e);
        }
    }

    private Duration now() {
        return invocation.app().wiring().moment().monotonic();
    }

    /** What is shown of the run under a selection. */
    synchronized LiveParts of(ItemQuery query) {
        usedAt = now();
        LiveParts known = selections.get(query);
        if (known != null) {
            return known;
        }
        selections.values().removeIf(parts -> selections.size() >= SELECTIONS_MAX && !parts.hasPages());
        if (selections.size() >= SELECTIONS_MAX) {
            throw Failure.usage("too many selections of run " + folder.id() + " are shown; close some pages");
        }
        LiveParts parts = new LiveParts();
        selections.put(query, parts);
        show(view(), query, parts);
        return parts;
    }

    /** The page as a whole. */
    synchronized String page(ItemQuery query, String form) {
        LiveParts parts = of(query);
        RunView view = view();
        return RunPage.page(view, fixed(view, query), rows(view, query), query, parts.version(), form);
    }

    /** Looks at the run as it is now. */
    synchronized <T> T look(Function<RunView, T> at) {
        return at.apply(view());
    }

    private Item item(ItemId id) {
        return state.item(id)
                .orElseThrow(() -> Failure.notFound(
                        "run " + folder.id() + " has no item '" + id + "'",
                        "settle status " + folder.id() + " shows its items"));
    }

    /** The page of an item as a whole. */
    synchronized String itemPage(ItemId id, String form) {
        usedAt = now();
        RunView view = view();
        return ItemPage.page(view, item(id), itemParts(view, item(id)), form);
    }

    /** What a page of an item is sent; each page reads its output for itself. */
    synchronized LiveSource itemPage(ItemId id) {
        usedAt = now();
        item(id);
        items.values().removeIf(parts -> items.size() >= SELECTIONS_MAX && !parts.hasPages());
        if (items.size() >= SELECTIONS_MAX && !items.containsKey(id)) {
            throw Failure.usage("too many items of run " + folder.id() + " are shown; close some pages");
        }
        LiveParts parts = items.computeIfAbsent(id, any -> new LiveParts());
        parts.show(itemParts(view(), item(id)), Map.of());
        return new ItemFeed(parts.page(0), () -> files(id));
    }

    private synchronized ItemFeed.Files files(ItemId id) {
        Item item = item(id);
        if (item.attempt().token().isEmpty()) {
            return new ItemFeed.Files(Optional.empty(), Optional.empty());
        }
        Requests requests = views.requests(folder);
        return new ItemFeed.Files(
                Optional.of(requests.stdout(state, item)),
                state.plan().queue().isPresent() ? Optional.empty() : Optional.of(requests.stderr(state, item)));
    }

    private Map<String, Fragment> itemParts(RunView view, Item item) {
        return ItemPage.parts(view, item, evidence(item), trouble);
    }

    private List<Line> evidence(Item item) {
        boolean ended = state.ended().isPresent();
        Explained known = explained.get(item.id());
        if (known != null && known.ended() == ended && known.changedAt().equals(item.changedAt())) {
            return known.lines();
        }
        List<Line> lines;
        try {
            Evidence found =
                    Evidence.of(invocation.runs(), folder, List.of(item.id().value()), 1, views);
            lines = ExplainText.of(
                    found.view(), found.explanation(), Evidence.RULES, ZoneId.systemDefault(), COLUMNS_MAX);
        } catch (Failure e) {
            lines = e.lines().stream().map(Line::of).toList();
        }
        explained.put(item.id(), new Explained(item.changedAt(), ended, lines));
        return lines;
    }

    synchronized boolean isUsed(Duration within) {
        boolean watched = selections.values().stream().anyMatch(LiveParts::hasPages)
                || items.values().stream().anyMatch(LiveParts::hasPages);
        if (watched) {
            usedAt = now();
        }
        return watched || now().minus(usedAt).compareTo(within) < 0;
    }

    /** Looks for what is new, and shows it. */
    synchronized void look() {
        boolean news = false;
        try {
            JournalFollower.News found = journal.poll();
            if (found.restarted()) {
                reload();
                news = true;
            } else {
                for (Entry entry : found.entries()) {
                    apply(entry);
                    news = true;
                }
            }
            news |= trouble.isPresent();
            trouble = Optional.empty();
        } catch (IOException e) {
            news = told(
                    Files.exists(folder.path())
                            ? String.join(
                                    " ", invocation.runs().cannotRead(folder, e).lines())
                            : RunPage.REMOVED);
        } catch (Failure e) {
            news = told(String.join(" ", e.lines()));
        }
        // Output comes without an event.
        items.values().forEach(LiveParts::wake);
        boolean due = checkedAt
                .filter(at -> now().minus(at).compareTo(CHECK_ENGINE_EVERY) < 0)
                .isEmpty();
        if (news || due) {
            checkedAt = Optional.of(now());
            showAll();
        }
    }

    private boolean told(String why) {
        boolean changed = !trouble.equals(Optional.of(why));
        trouble = Optional.of(why);
        return changed;
    }

    private void reload() {
        Runs.OpenRun run = invocation.runs().open(folder);
        state = run.state();
        journal = journal(run);
        rows.clear();
    }

    private void apply(Entry entry) {
        if (entry.number() <= state.lastNumber()) {
            return;
        }
        state.apply(entry);
        if (entry.event() instanceof RunEvent.OfItem of) {
            rows.remove(of.event().item());
        } else {
            rows.clear();
        }
    }

    private RunView view() {
        return views.of(folder, state);
    }

    private void showAll() {
        selections.values().removeIf(parts -> selections.size() > 1 && !parts.hasPages() && isIdle());
        items.values().removeIf(parts -> !parts.hasPages() && isIdle());
        if (trouble.isPresent()) {
            // What stands there is the last of it; nothing newer can be read.
            Fragment notice = RunPage.notice(trouble);
            selections.values().forEach(parts -> parts.replace("notice", notice));
            items.values().forEach(parts -> parts.replace("notice", notice));
            return;
        }
        RunView view = view();
        selections.forEach((query, parts) -> show(view, query, parts));
        items.forEach((id, parts) -> parts.show(itemParts(view, item(id)), Map.of()));
    }

    private boolean isIdle() {
        return now().minus(usedAt).compareTo(KEPT) > 0;
    }

    private void show(RunView view, ItemQuery query, LiveParts parts) {
        parts.show(fixed(view, query), rows(view, query));
    }

    private Map<String, Fragment> fixed(RunView view, ItemQuery query) {
        return RunPage.parts(view, query, trouble, Handings.of(invocation, folder, view), credits.of(state));
    }

    private Map<String, Fragment> rows(RunView view, ItemQuery query) {
        OutputTail tail = Outputs.tail(views.requests(folder), state);
        Map<String, Fragment> shown = new LinkedHashMap<>();
        List<Item> items = query.page(view);
        for (Item item : items) {
            shown.put(RunPage.key(item), rows.computeIfAbsent(item.id(), id -> RunPage.row(view, item, tail)));
        }
        return shown;
    }
}
