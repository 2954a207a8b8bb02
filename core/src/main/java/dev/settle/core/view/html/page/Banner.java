package dev.settle.core.view.html.page;

import dev.settle.core.run.Stop;
import dev.settle.core.run.StopReason;
import dev.settle.core.run.StopText;
import dev.settle.core.text.Times;
import dev.settle.core.view.Amounts;
import dev.settle.core.view.Markup;
import dev.settle.core.view.RunView;
import dev.settle.core.view.VerdictLines;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What stands first on a run's page: how it stands or ended, what stopped it and who said so, what is kept, what to do.
 *
 * @param tone a class of the style sheet: {@code good}, {@code bad}, {@code warn}, {@code live} or {@code credits}
 * @param label the tone in a word, for those who see no colour
 * @param lines each with what it says, in a word
 * @param link where to go; only ever to the web
 * @param facts about the run
 */
public record Banner(
        String tone, String label, String headline, List<Fact> lines, Optional<String> link, List<Fact> facts) {
    public Banner {
        lines = List.copyOf(lines);
        facts = List.copyOf(facts);
    }

    /** A name and what it is. */
    public record Fact(String name, String value) {}

    public static Banner of(RunView view) {
        Optional<Stop> stop = view.stop().or(() -> view.run().awaitedCredit());
        boolean credits =
                stop.filter(s -> s.reason() == StopReason.OUT_OF_CREDITS).isPresent();
        return new Banner(
                credits ? "credits" : tone(view),
                credits ? "out of credits" : view.stateWord(),
                view.headline(),
                lines(view, stop),
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

    private static List<Fact> lines(RunView view, Optional<Stop> stop) {
        List<Fact> lines = new ArrayList<>();
        Optional<StopText> text = view.stopText();
        stop.flatMap(Stop::detail)
                .or(() -> text.flatMap(StopText::detail))
                .ifPresent(why -> lines.add(new Fact("Why", why)));
        for (Stop.Evidence evidence : stop.map(Stop::evidence).orElse(List.of())) {
            lines.add(new Fact(
                    "Evidence", evidence.source() + " reported at " + time(evidence.at()) + ": " + evidence.text()));
        }
        text.flatMap(StopText::failures).ifPresent(words -> lines.add(new Fact("Failed", words)));
        text.flatMap(StopText::dependents).ifPresent(words -> lines.add(new Fact("Dependents", words)));
        text.flatMap(StopText::unconfirmed).ifPresent(words -> lines.add(new Fact("Unconfirmed", words)));
        text.map(StopText::kept).ifPresent(words -> lines.add(new Fact("Kept", words)));
        view.gone(ZoneOffset.UTC).ifPresent(words -> lines.add(new Fact("Engine", words)));
        view.hint().ifPresent(words -> lines.add(new Fact("To do", words)));
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
        facts.add(new Fact("Created", time(view.run().createdAt())));
        view.run().endedAt().ifPresent(at -> facts.add(new Fact("Ended", time(at))));
        facts.add(new Fact(view.isEnded() ? "Took" : "For", Amounts.duration(view.elapsed())));
        facts.add(new Fact("User", view.run().opened().user()));
        facts.add(new Fact("Directory", view.run().opened().directory()));
        return facts;
    }

    /** {@code 2026-11-20 23:59:00 UTC}. */
    static String time(Instant at) {
        return Times.second(at, ZoneOffset.UTC) + " UTC";
    }
}
