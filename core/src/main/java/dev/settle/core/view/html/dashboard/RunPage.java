package dev.settle.core.view.html.dashboard;

import dev.settle.core.run.Attempt;
import dev.settle.core.run.Item;
import dev.settle.core.run.ItemState;
import dev.settle.core.view.Amounts;
import dev.settle.core.view.ItemText;
import dev.settle.core.view.OutputTail;
import dev.settle.core.view.RunView;
import dev.settle.core.view.Text;
import dev.settle.core.view.html.Fragment;
import dev.settle.core.view.html.Pages;
import dev.settle.core.view.html.page.Moment;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** The live page of one run, in parts that are sent again when they change, and a row for each item. */
public record RunPage(
        Frame frame,
        String id,
        Map<String, Fragment> parts,
        List<Fragment> rows,
        ItemQuery query,
        List<Dialog> dialogs) {
    /** What is said of a run whose folder is gone. */
    public static final String REMOVED =
            "This run was removed while it was shown; the page shows its last known state.";

    /** More metrics than this are shown when an item is opened. */
    private static final int SUMMARY_METRICS_MAX = 3;

    public RunPage {
        parts = Map.copyOf(parts);
        rows = List.copyOf(rows);
        dialogs = List.copyOf(dialogs);
    }

    /** Asks once more before a button acts. */
    public record Dialog(
            String action, String address, String run, String form, String heading, String words, String doIt) {}

    /** A button that opens the dialog of its action. */
    public record Action(String name, String words, String kind) {}

    /** The name with the state. */
    public record Name(String name, String state) {}

    /** Counts as a bar, where there is one, and as links that filter. */
    public record Counts(Optional<Counting> bar, List<Chip> chips) {
        public Counts {
            chips = List.copyOf(chips);
        }
    }

    /** What is known of the run. */
    public record About(List<Fact> facts) {
        public About {
            facts = List.copyOf(facts);
        }
    }

    /** A name and its value: a text, a time, or a time that goes on. */
    public record Fact(String name, String value, Optional<Moment> at, Optional<Since> since) {
        static Fact of(String name, String value) {
            return new Fact(name, Text.clean(value), Optional.empty(), Optional.empty());
        }

        static Fact of(String name, Moment at) {
            return new Fact(name, "", Optional.of(at), Optional.empty());
        }

        static Fact of(String name, Since since) {
            return new Fact(name, "", Optional.empty(), Optional.of(since));
        }
    }

    /**
     * An item in the table.
     *
     * @param more the id of what can be opened; empty where there is nothing behind the words
     * @param what how it stands
     */
    public record Row(
            String key,
            String state,
            String address,
            String id,
            String attempt,
            String job,
            Optional<Since> since,
            String took,
            String cpu,
            String memory,
            String node,
            String what,
            String more,
            List<String> attempts,
            List<String> metrics,
            String output) {
        public Row {
            attempts = List.copyOf(attempts);
            metrics = List.copyOf(metrics);
        }
    }

    /** A part by its id. */
    public Fragment part(String id) {
        return parts.getOrDefault(id, new Fragment(""));
    }

    /**
     * The whole page.
     *
     * @param version of the parts
     * @param form the word that forms carry
     */
    public static String page(
            RunView view,
            Map<String, Fragment> parts,
            Map<String, Fragment> rows,
            ItemQuery query,
            long version,
            String form) {
        Frame frame = Frame.live(parts.getOrDefault("title", title(view)), version, view.now());
        return Pages.fragment(
                        "live/run.jte",
                        new RunPage(
                                frame, view.id(), parts, List.copyOf(rows.values()), query, dialogs(view.id(), form)))
                .html();
    }

    /**
     * The parts that are always there, by their id.
     *
     * @param trouble why nothing new can be shown
     */
    public static Map<String, Fragment> parts(
            RunView view, ItemQuery query, Optional<String> trouble, Handing handing, Optional<Balance> balance) {
        Map<String, Fragment> parts = new LinkedHashMap<>();
        parts.put("title", title(view));
        parts.put("notice", notice(trouble));
        parts.put("name", name(view.name(), view.stateWord()));
        parts.put("head", RunHead.of(view));
        parts.put("actions", actions(view, handing));
        parts.put("about", Pages.fragment("live/about.jte", about(view)));
        parts.put("queue", RunHead.balance(view, balance));
        parts.put("counts", counts(view, query));
        parts.put("pages", Pages.fragment("live/pager.jte", pager(view, query)));
        return parts;
    }

    public static Fragment notice(Optional<String> trouble) {
        return Pages.fragment("live/notice.jte", trouble.map(Text::clean).orElse(""));
    }

    private static Fragment title(RunView view) {
        return Frame.title(view.stateWord() + ": " + view.name());
    }

    static Fragment name(String name, String state) {
        return Pages.fragment("live/name.jte", new Name(Text.clean(name), state));
    }

    static Fragment actions(List<Action> actions) {
        return Pages.fragment("live/actions.jte", actions);
    }

    private static Fragment actions(RunView view, Handing handing) {
        List<Action> actions = new ArrayList<>();
        if (!view.isEnded()) {
            actions.add(new Action("cancel", "Cancel…", "danger"));
        }
        if (view.isEnded() && view.exitStatus().orElse(0) != 0) {
            actions.add(new Action("resume", "Resume…", ""));
        }
        if (handing != Handing.NONE) {
            actions.add(new Action(
                    "detach",
                    handing == Handing.CONTINUE ? "Continue in the background…" : "Hand over to the background…",
                    ""));
        }
        if (view.isEnded()) {
            actions.add(new Action("delete", "Delete…", "danger"));
        }
        return actions(actions);
    }

    private static List<Dialog> dialogs(String id, String form) {
        return List.of(
                dialog(
                        id,
                        form,
                        "cancel",
                        "Cancel this run?",
                        "Its jobs are cancelled, and nothing more of it starts. Completed items are kept; settle resume"
                                + " runs the others.",
                        "Cancel the run"),
                dialog(
                        id,
                        form,
                        "resume",
                        "Resume this run?",
                        "Completed items are kept; the others run again, managed by the background engine.",
                        "Resume"),
                dialog(
                        id,
                        form,
                        "detach",
                        "Let the background engine manage this run?",
                        "The run then continues even if the terminal in which it was started is closed. The command that"
                                + " manages it now only watches from then on.",
                        "Hand it over"),
                dialog(
                        id,
                        form,
                        "delete",
                        "Delete this run?",
                        "Its journal and logs are deleted permanently. Output files that you named yourself are kept.",
                        "Delete the run"));
    }

    private static Dialog dialog(String id, String form, String action, String heading, String words, String doIt) {
        return new Dialog(action, "/runs/" + id + "/" + action, id, form, heading, words, doIt);
    }

    private static About about(RunView view) {
        List<Fact> facts = new ArrayList<>();
        facts.add(Fact.of(
                "Exit status",
                view.exitStatus().isPresent() ? "" + view.exitStatus().getAsInt() : "not yet"));
        facts.add(Fact.of("Backend", view.run().opened().backend()));
        facts.add(Fact.of("Created", Moment.of(view.run().createdAt())));
        if (view.run().endedAt().isPresent()) {
            facts.add(Fact.of("Ended", Moment.of(view.run().endedAt().get())));
            facts.add(Fact.of("Took", Amounts.duration(view.elapsed())));
        } else {
            facts.add(Fact.of("Running for", Since.of(view.run().createdAt(), view.now())));
        }
        if (view.driver().alive()) {
            facts.add(Fact.of(
                    "Managed by",
                    "process " + view.driver().pid().orElse(0) + " on "
                            + view.driver().host().orElse("an unknown host")));
        }
        facts.add(Fact.of("Directory", view.run().opened().directory()));
        return new About(facts);
    }

    private static Fragment counts(RunView view, ItemQuery query) {
        int total = view.counts().total();
        List<Chip> chips = new ArrayList<>();
        chips.add(chip(Chip.ALL, total, Optional.empty(), query));
        for (ItemState state : ItemState.values()) {
            int count = view.counts().of(state);
            if (count > 0 || query.state().filter(one -> one == state).isPresent()) {
                chips.add(chip(state.word(), count, Optional.of(state), query));
            }
        }
        return Pages.fragment(
                "live/counts.jte", new Counts(Optional.of(Counting.of(view.counts()::of, Math.max(1, total))), chips));
    }

    private static Chip chip(String word, int count, Optional<ItemState> state, ItemQuery now) {
        return new Chip(
                word,
                count,
                new ItemQuery(state, now.text(), 1).search(),
                now.state().equals(state));
    }

    private static Pager pager(RunView view, ItemQuery query) {
        int found = query.matching(view).size();
        if (found == 0) {
            return Pager.empty(
                    view.counts().total() == 0 ? "This run has no items yet." : "No item matches this filter.");
        }
        int last = Math.max(1, (found + ItemQuery.ROWS_MAX - 1) / ItemQuery.ROWS_MAX);
        int from = Math.min(found, (query.page() - 1) * ItemQuery.ROWS_MAX + 1);
        int to = Math.min(found, query.page() * ItemQuery.ROWS_MAX);
        return Pager.of(
                (last == 1 ? "" : from + "–" + to + " of ") + found + (found == 1 ? " item" : " items"),
                query.page(),
                last,
                page -> new ItemQuery(query.state(), query.text(), page).search());
    }

    /** The id of an item's row. */
    public static String key(Item item) {
        return "i" + item.index();
    }

    /** Where an item has a page of its own. */
    static String address(String run, Item item) {
        return "/runs/" + run + "/items/"
                + URLEncoder.encode(item.id().value(), StandardCharsets.UTF_8).replace("+", "%20");
    }

    /** The row of an item. */
    public static Fragment row(RunView view, Item item, OutputTail tail) {
        Attempt attempt = item.attempt();
        boolean running =
                item.state() == ItemState.RUNNING && attempt.startedAt().isPresent();
        OptionalDouble cpu = Amounts.efficiencyPercent(item.usage());
        List<String> lines = item.state() == ItemState.FAILED ? tail.lines(item) : List.of();
        String what = Text.clean(ItemText.what(view, item));
        boolean more =
                !item.earlier().isEmpty() || !item.metrics().isEmpty() || !lines.isEmpty() || item.isUnconfirmed();
        return Pages.fragment(
                "live/itemrow.jte",
                new Row(
                        key(item),
                        item.state().word(),
                        address(view.id(), item),
                        Text.clean(item.id().value()),
                        attempt.number() > 1 ? String.valueOf(attempt.number()) : "",
                        attempt.jobId().isPresent() ? attempt.jobId().get().toString() : "",
                        running
                                ? Optional.of(Since.of(attempt.startedAt().orElseThrow(), view.now()))
                                : Optional.empty(),
                        running
                                ? ""
                                : view.elapsed(item, attempt)
                                        .map(Amounts::duration)
                                        .orElse(""),
                        cpu.isPresent() ? Amounts.decimal(cpu.getAsDouble(), 1) + "%" : "",
                        item.usage().maxRssBytes().isPresent()
                                ? Amounts.bytes(item.usage().maxRssBytes().getAsLong())
                                : "",
                        Text.clean(attempt.node().orElse("")),
                        more && what.isEmpty() ? summary(item) : what,
                        more ? "more-" + item.index() : "",
                        more ? attempts(view, item) : List.of(),
                        metrics(item),
                        lines.stream()
                                .skip(Math.max(0, lines.size() - OutputTail.LINES_MAX))
                                .map(Text::clean)
                                .collect(Collectors.joining("\n"))));
    }

    /** In place of words for an item that ended well. */
    private static String summary(Item item) {
        List<String> metrics = metrics(item);
        if (!metrics.isEmpty()) {
            return String.join(", ", metrics.subList(0, Math.min(SUMMARY_METRICS_MAX, metrics.size())))
                    + (metrics.size() > SUMMARY_METRICS_MAX ? ", ..." : "");
        }
        return item.earlier().isEmpty() ? "more" : item.earlier().size() + 1 + " attempts";
    }

    static List<String> metrics(Item item) {
        return new TreeMap<>(item.metrics())
                .entrySet().stream()
                        .map(metric -> Text.clean(metric.getKey()) + " = " + Amounts.number(metric.getValue()))
                        .toList();
    }

    static List<String> attempts(RunView view, Item item) {
        List<String> attempts = new ArrayList<>();
        for (Attempt earlier : item.earlier()) {
            attempts.add(attempt(view, item, earlier));
        }
        attempts.add(attempt(view, item, item.attempt()));
        return attempts;
    }

    private static String attempt(RunView view, Item item, Attempt attempt) {
        StringBuilder words = new StringBuilder("Attempt ").append(attempt.number());
        attempt.jobId().ifPresent(job -> words.append(", job ").append(job));
        attempt.outcome().ifPresent(outcome -> {
            words.append(", ").append(outcome.fullPhrase()).append(", confirmed by ");
            words.append(outcome.confirmedBy().word());
            // Of one that runs the time goes on, and stands in its own column.
            String where = ItemText.where(view, item, attempt);
            words.append(where.isEmpty() ? "" : ", " + where);
        });
        return Text.clean(words.toString());
    }
}
