package dev.settle.core.view.html.page;

import dev.settle.core.run.Stop;
import dev.settle.core.run.StopReason;
import dev.settle.core.run.StopText;
import dev.settle.core.view.Amounts;
import dev.settle.core.view.Markup;
import dev.settle.core.view.RunView;
import dev.settle.core.view.StatusText;
import dev.settle.core.view.Text;
import dev.settle.core.view.VerdictLines;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What stands first on a run's page: how it stands or ended, what stopped it and who said so, what is kept, what to do.
 *
 * @param tone a class of the style sheet: {@code good}, {@code bad}, {@code warn}, {@code live} or {@code credits}
 * @param label the tone in a word, for those who see no colour
 * @param notices what is uncertain or waited for
 * @param why what stopped it
 * @param evidence who said so
 * @param lines each with what it says, in a word
 * @param link where to go; only ever to the web
 * @param facts about the run
 */
public record Banner(
        String tone,
        String label,
        String headline,
        List<String> notices,
        Optional<String> why,
        List<Quote> evidence,
        List<Fact> lines,
        Optional<String> link,
        List<Fact> facts) {
    private static final String TO_DO = "To do";

    public Banner {
        notices = List.copyOf(notices);
        evidence = List.copyOf(evidence);
        lines = List.copyOf(lines);
        facts = List.copyOf(facts);
    }

    /** A name and what it is. */
    public record Fact(String name, String value) {}

    /** What a source reported. */
    public record Quote(String source, Moment at, String text) {}

    /** Where many are shown: what stopped it and what to do. */
    public Banner brief() {
        return new Banner(
                tone,
                label,
                headline,
                notices,
                why,
                List.of(),
                lines.stream().filter(line -> line.name().equals(TO_DO)).toList(),
                link,
                List.of());
    }

    /** Whether somebody has to pay before it goes on. */
    public boolean credits() {
        return tone.equals("credits");
    }

    public static Banner of(RunView view) {
        Optional<Stop> stop = view.stop().or(() -> view.run().awaitedCredit());
        boolean credits =
                stop.filter(s -> s.reason() == StopReason.OUT_OF_CREDITS).isPresent();
        return new Banner(
                credits ? "credits" : tone(view),
                credits ? "out of credits" : view.stateWord(),
                Text.clean(view.headline()),
                StatusText.banners(view, ZoneOffset.UTC).stream()
                        .map(line -> Text.clean(line.plain()))
                        .toList(),
                stop.flatMap(Stop::detail)
                        .or(() -> view.stopText().flatMap(StopText::detail))
                        .map(Text::clean),
                stop.map(Stop::evidence).orElse(List.of()).stream()
                        .map(said -> new Quote(said.source(), Moment.of(said.at()), Text.clean(said.text())))
                        .toList(),
                lines(view),
                link(view, stop),
                facts(view));
    }

    private static String tone(RunView view) {
        return switch (VerdictLines.style(view)) {
            case GOOD -> "good";
            case BAD -> "bad";
            case WARN -> "warn";
            case PLAIN, STRONG, FAINT, LIVE -> "live";
        };
    }

    private static List<Fact> lines(RunView view) {
        List<Fact> lines = new ArrayList<>();
        Optional<StopText> text = view.stopText();
        text.flatMap(StopText::failures).ifPresent(words -> lines.add(new Fact("Failed", words)));
        text.flatMap(StopText::dependents).ifPresent(words -> lines.add(new Fact("Dependents", words)));
        text.flatMap(StopText::unconfirmed).ifPresent(words -> lines.add(new Fact("Unconfirmed", words)));
        text.map(StopText::kept).ifPresent(words -> lines.add(new Fact("Kept", words)));
        view.hint().ifPresent(words -> lines.add(new Fact(TO_DO, Text.clean(words))));
        return lines;
    }

    private static Optional<String> link(RunView view, Optional<Stop> stop) {
        Optional<String> link = stop.flatMap(Stop::link);
        if (link.isEmpty()
                && stop.filter(s -> s.reason() == StopReason.OUT_OF_CREDITS).isPresent()) {
            link = view.run().plan().credits().topupUrl();
        }
        return link.filter(Markup::isWebAddress);
    }

    private static List<Fact> facts(RunView view) {
        List<Fact> facts = new ArrayList<>();
        facts.add(new Fact("Run", view.id()));
        facts.add(new Fact("State", view.stateWord()));
        facts.add(new Fact(
                "Exit status",
                view.exitStatus().isPresent() ? String.valueOf(view.exitStatus().getAsInt()) : "not yet"));
        facts.add(new Fact("Backend", view.run().opened().backend()));
        facts.add(new Fact("Created", Moment.words(view.run().createdAt())));
        view.run().endedAt().ifPresent(at -> facts.add(new Fact("Ended", Moment.words(at))));
        facts.add(new Fact(view.isEnded() ? "Took" : "Running for", Amounts.duration(view.elapsed())));
        facts.add(new Fact("User", view.run().opened().user()));
        facts.add(new Fact("Directory", view.run().opened().directory()));
        return facts;
    }
}
