package dev.settle.core.view.html.dashboard;

import dev.settle.core.run.Item;
import dev.settle.core.view.ItemText;
import dev.settle.core.view.Line;
import dev.settle.core.view.RunView;
import dev.settle.core.view.Style;
import dev.settle.core.view.Text;
import dev.settle.core.view.html.Fragment;
import dev.settle.core.view.html.Pages;
import dev.settle.core.view.html.page.Moment;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** The live page of one item: how it stands, what it writes, and the evidence behind its verdict. */
public record ItemPage(
        Frame frame,
        String run,
        String runName,
        Map<String, Fragment> parts,
        List<String> streams,
        RunPage.Dialog cancel) {
    public ItemPage {
        parts = Map.copyOf(parts);
        streams = List.copyOf(streams);
    }

    /**
     * How an item stands.
     *
     * @param tone a class of the style sheet
     * @param node of a job that runs
     * @param files where its outputs are
     */
    public record Head(
            String tone,
            String headline,
            Optional<Moment> started,
            Optional<Since> since,
            String node,
            List<String> attempts,
            List<RunPage.Fact> files,
            List<String> metrics) {
        public Head {
            attempts = List.copyOf(attempts);
            files = List.copyOf(files);
            metrics = List.copyOf(metrics);
        }
    }

    /** A part by its id. */
    public Fragment part(String id) {
        return parts.getOrDefault(id, new Fragment(""));
    }

    /** The whole page. */
    public static String page(RunView view, Item item, Map<String, Fragment> parts, String form) {
        boolean merged = view.run().plan().queue().isPresent();
        RunPage.Dialog cancel = new RunPage.Dialog(
                "cancel",
                RunPage.address(view.id(), item) + "/cancel",
                view.id(),
                form,
                "Cancel this item?",
                "Its job is cancelled; items that depend on it do not start.",
                "Cancel the item");
        Frame frame = Frame.live(parts.getOrDefault("title", Frame.title("settle")), 0, view.now());
        return Pages.fragment(
                        "live/item.jte",
                        new ItemPage(
                                frame,
                                view.id(),
                                Text.clean(view.name()),
                                parts,
                                merged ? List.of("stdout") : List.of("stderr", "stdout"),
                                cancel))
                .html();
    }

    /**
     * The parts that are always there, by their id.
     *
     * @param evidence the lines of settle explain
     * @param trouble why nothing new can be shown
     */
    public static Map<String, Fragment> parts(RunView view, Item item, List<Line> evidence, Optional<String> trouble) {
        Map<String, Fragment> parts = new LinkedHashMap<>();
        String word = item.state().word();
        parts.put("title", Frame.title(word + ": " + item.id() + ", " + view.name()));
        parts.put("notice", RunPage.notice(trouble));
        parts.put("name", RunPage.name(item.id().value(), word));
        parts.put("head", Pages.fragment("live/itemhead.jte", head(view, item)));
        parts.put(
                "actions",
                RunPage.actions(
                        item.state().isEnd() || view.isEnded()
                                ? List.of()
                                : List.of(new RunPage.Action("cancel", "Cancel this item…", "danger"))));
        parts.put(
                "evidence",
                Pages.fragment(
                        "live/evidence.jte", evidence.stream().map(Line::plain).collect(Collectors.joining("\n"))));
        return parts;
    }

    private static Head head(RunView view, Item item) {
        boolean ended = item.state().isEnd();
        String what = ended ? ItemText.detail(view, item) : ItemText.what(view, item);
        return new Head(
                tone(ItemText.style(item.state())),
                what.isEmpty() ? item.state().word() : Text.clean(what),
                ended ? Optional.empty() : item.attempt().startedAt().map(Moment::of),
                ended ? Optional.empty() : item.attempt().startedAt().map(at -> Since.of(at, view.now())),
                Text.clean(item.attempt().node().orElse("")),
                RunPage.attempts(view, item),
                files(view, item),
                RunPage.metrics(item));
    }

    private static List<RunPage.Fact> files(RunView view, Item item) {
        Map<String, Optional<String>> paths = new LinkedHashMap<>();
        paths.put("stdout", view.paths().stdout(item, item.attempt()));
        paths.put("stderr", view.paths().stderr(item, item.attempt()));
        return paths.entrySet().stream()
                .filter(path -> path.getValue().isPresent())
                .map(path -> RunPage.Fact.of(path.getKey(), path.getValue().orElseThrow()))
                .toList();
    }

    private static String tone(Style style) {
        return switch (style) {
            case GOOD -> "good";
            case BAD -> "bad";
            case WARN -> "warn";
            case PLAIN, STRONG, FAINT, LIVE -> "live";
        };
    }
}
