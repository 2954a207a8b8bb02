package dev.settle.core.view.html.dashboard;

import dev.settle.core.run.ItemState;
import dev.settle.core.view.Amounts;
import dev.settle.core.view.RunList;
import dev.settle.core.view.RunSummary;
import dev.settle.core.view.Text;
import dev.settle.core.view.html.Fragment;
import dev.settle.core.view.html.Pages;
import dev.settle.core.view.html.page.Banner;
import dev.settle.core.view.html.page.Moment;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The list of runs, in parts that are sent again when they change. */
public record ListPage(Frame frame, Map<String, Fragment> parts, List<Fragment> rows, ListQuery query) {
    /** More runs than this that need somebody are counted. */
    private static final int ATTENTION_MAX = 10;

    private static final List<String> STATES =
            List.of("running", "stalled", "completed", "failed", "interrupted", "cancelled", "damaged", "unreadable");

    public ListPage {
        parts = Map.copyOf(parts);
        rows = List.copyOf(rows);
    }

    /**
     * All runs.
     *
     * @param runs newest first
     */
    public record Content(List<RunCard> runs, List<RunList.Unreadable> unreadable) {
        public Content {
            runs = List.copyOf(runs);
            unreadable = List.copyOf(unreadable);
        }
    }

    /** Runs that stand still, or wait for credits. */
    public record Attention(List<Alert> alerts, int more) {
        public Attention {
            alerts = List.copyOf(alerts);
        }
    }

    /** One of them. */
    public record Alert(String id, String name, String state, Banner banner) {}

    /**
     * A run in the table.
     *
     * @param address empty for a run that cannot be read, as are most of the others
     */
    public record Row(
            String id,
            String address,
            String name,
            String state,
            String done,
            Optional<Counting> bar,
            Optional<Moment> created,
            Optional<Since> since,
            String took,
            String what) {}

    /** A part by its id. */
    public Fragment part(String id) {
        return parts.getOrDefault(id, new Fragment(""));
    }

    /** The whole page. */
    public static String page(
            Map<String, Fragment> parts, Map<String, Fragment> rows, ListQuery query, long version, Instant now) {
        Frame frame = Frame.live(parts.getOrDefault("title", Frame.title("settle: runs")), version, now);
        return Pages.fragment("live/list.jte", new ListPage(frame, parts, List.copyOf(rows.values()), query))
                .html();
    }

    /** The parts that are always there, by their id. */
    public static Map<String, Fragment> parts(Content content, ListQuery query, Optional<String> trouble) {
        Map<String, Fragment> parts = new LinkedHashMap<>();
        List<RunCard> attention =
                content.runs().stream().filter(RunCard::needsAttention).toList();
        parts.put("title", Frame.title((attention.isEmpty() ? "" : "(" + attention.size() + ") ") + "settle: runs"));
        parts.put("notice", RunPage.notice(trouble));
        parts.put("attention", attention(attention));
        parts.put(
                "counts",
                Pages.fragment("live/counts.jte", new RunPage.Counts(Optional.empty(), chips(content, query))));
        parts.put("pages", Pages.fragment("live/pager.jte", pager(content, query)));
        return parts;
    }

    /** The rows of the page: damaged runs, of which no time is known, come first. */
    public static Map<String, Fragment> rows(Content content, ListQuery query, Instant now) {
        List<RunList.Unreadable> unreadable = unreadable(content, query);
        int from = (query.page() - 1) * ListQuery.ROWS_MAX;
        int skipped = Math.min(from, unreadable.size());
        Map<String, Fragment> rows = new LinkedHashMap<>();
        unreadable.stream()
                .skip(skipped)
                .limit(ListQuery.ROWS_MAX)
                .forEach(run -> rows.put("run-" + run.id(), row(run)));
        runs(content, query).stream()
                .skip(from - skipped)
                .limit(ListQuery.ROWS_MAX - rows.size())
                .forEach(run -> rows.put("run-" + run.summary().id(), row(run.summary(), now)));
        return rows;
    }

    private static List<RunCard> runs(Content content, ListQuery query) {
        return content.runs().stream().filter(query::isAskedFor).toList();
    }

    private static List<RunList.Unreadable> unreadable(Content content, ListQuery query) {
        return content.unreadable().stream().filter(query::isAskedFor).toList();
    }

    /** First, whatever page and filter. */
    private static Fragment attention(List<RunCard> runs) {
        return Pages.fragment(
                "live/attention.jte",
                new Attention(
                        runs.stream()
                                .limit(ATTENTION_MAX)
                                .map(run -> new Alert(
                                        run.summary().id(),
                                        Text.clean(run.summary().name()),
                                        run.summary().state(),
                                        run.banner()))
                                .toList(),
                        Math.max(0, runs.size() - ATTENTION_MAX)));
    }

    private static List<Chip> chips(Content content, ListQuery query) {
        List<Chip> chips = new ArrayList<>();
        int total = content.runs().size() + content.unreadable().size();
        chips.add(new Chip(
                Chip.ALL,
                total,
                query.withState(Optional.empty()).search(),
                query.state().isEmpty()));
        for (String state : STATES) {
            long count = content.runs().stream()
                            .filter(run -> run.summary().state().equals(state))
                            .count()
                    + content.unreadable().stream()
                            .filter(run -> run.state().equals(state))
                            .count();
            boolean chosen = query.state().filter(state::equals).isPresent();
            if (count > 0 || chosen) {
                chips.add(new Chip(
                        state, count, query.withState(Optional.of(state)).search(), chosen));
            }
        }
        return chips;
    }

    private static Pager pager(Content content, ListQuery query) {
        int found = runs(content, query).size() + unreadable(content, query).size();
        if (content.runs().isEmpty() && content.unreadable().isEmpty()) {
            return Pager.empty("No runs yet. Start one with: settle run -- COMMAND");
        }
        if (found == 0) {
            return Pager.empty("No run matches this filter.");
        }
        int last = (found + ListQuery.ROWS_MAX - 1) / ListQuery.ROWS_MAX;
        int from = Math.min(found, (query.page() - 1) * ListQuery.ROWS_MAX + 1);
        int to = Math.min(found, query.page() * ListQuery.ROWS_MAX);
        return Pager.of(
                (last == 1 ? "" : from + "–" + to + " of ") + found + (found == 1 ? " run" : " runs, newest first"),
                query.page(),
                last,
                page -> query.withPage(page).search());
    }

    private static Fragment row(RunSummary run, Instant now) {
        boolean ended = run.finishedAt().isPresent();
        Duration took = Duration.between(run.createdAt(), run.finishedAt().orElse(now));
        return Pages.fragment(
                "live/listrow.jte",
                new Row(
                        run.id(),
                        "/runs/" + run.id(),
                        Text.clean(run.name()),
                        run.state(),
                        run.of(ItemState.COMPLETED) + "/" + run.total(),
                        Optional.of(Counting.of(run::of, Math.max(1, run.total()))),
                        Optional.of(Moment.of(run.createdAt())),
                        ended ? Optional.empty() : Optional.of(Since.of(run.createdAt(), now)),
                        ended ? Amounts.duration(took.isNegative() ? Duration.ZERO : took) : "",
                        Text.clean(run.headline())));
    }

    private static Fragment row(RunList.Unreadable run) {
        return Pages.fragment(
                "live/listrow.jte",
                new Row(
                        Text.clean(run.id()),
                        "",
                        "",
                        run.state(),
                        "",
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty(),
                        "",
                        Text.clean(run.sentence())));
    }
}
