package dev.settle.core.view.html.page;

import dev.settle.core.run.Attempt;
import dev.settle.core.run.Item;
import dev.settle.core.run.ItemState;
import dev.settle.core.run.Outcome;
import dev.settle.core.view.Amounts;
import dev.settle.core.view.ItemText;
import dev.settle.core.view.OutputTail;
import dev.settle.core.view.RunView;
import dev.settle.core.view.Text;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What failed.
 *
 * @param kinds how many failed in which way, the most frequent first
 * @param cards the failed items in the order of the plan
 * @param more how many are not shown
 */
public record Failures(List<Banner.Fact> kinds, List<Card> cards, int more) {
    /** More failed items than this are in the table alone. */
    public static final int CARDS_MAX = 200;

    /** So many are opened; one that is closed takes a line. */
    private static final int OPENED_MAX = 10;

    private static final int TAIL_LINES_MAX = 20;
    private static final int KINDS_MAX = 12;

    public Failures {
        kinds = List.copyOf(kinds);
        cards = List.copyOf(cards);
    }

    /**
     * A failed item.
     *
     * @param ending how it failed, in words
     * @param tail the last lines of its output
     * @param commands to look further
     * @param anchor of its evidence; empty when that is not on the page
     */
    public record Card(
            String id,
            String state,
            String ending,
            String message,
            boolean open,
            List<Banner.Fact> facts,
            List<String> tail,
            List<String> commands,
            String anchor) {
        public Card {
            facts = List.copyOf(facts);
            tail = List.copyOf(tail);
            commands = List.copyOf(commands);
        }

        /** The tail as one text. */
        public String output() {
            return String.join("\n", tail);
        }
    }

    static Failures of(RunView view, OutputTail tail, Evidence evidence) {
        Map<String, Integer> kinds = new LinkedHashMap<>();
        List<Card> cards = new ArrayList<>();
        int more = 0;
        for (Item item : view.items()) {
            if (item.state() != ItemState.FAILED && item.state() != ItemState.CANCELLED) {
                continue;
            }
            kinds.merge(ending(item), 1, Integer::sum);
            if (cards.size() < CARDS_MAX) {
                cards.add(card(view, item, tail, evidence, cards.size() < OPENED_MAX));
            } else {
                more++;
            }
        }
        List<Banner.Fact> counted = kinds.entrySet().stream()
                .sorted(Map.Entry.<String, Integer>comparingByValue().reversed())
                .limit(KINDS_MAX)
                .map(kind -> new Banner.Fact(kind.getKey(), String.valueOf(kind.getValue())))
                .toList();
        return new Failures(counted, cards, more);
    }

    private static String ending(Item item) {
        String ending = ItemText.ending(item);
        return ending.isEmpty() ? item.state().word() : ending;
    }

    private static Card card(RunView view, Item item, OutputTail tail, Evidence evidence, boolean open) {
        Attempt attempt = item.attempt();
        List<Banner.Fact> facts = new ArrayList<>();
        facts.add(new Banner.Fact(
                "Attempt",
                item.earlier().isEmpty()
                        ? String.valueOf(attempt.number())
                        : attempt.number() + " (earlier: " + earlier(item) + ")"));
        if (attempt.outcome().isPresent()) {
            Outcome outcome = attempt.outcome().get();
            outcome.exitCode().ifPresent(code -> facts.add(new Banner.Fact("Exit code", String.valueOf(code))));
            outcome.signal().ifPresent(signal -> facts.add(new Banner.Fact("Signal", String.valueOf(signal))));
        }
        attempt.node().ifPresent(node -> facts.add(new Banner.Fact("Node", node)));
        attempt.jobId().ifPresent(job -> facts.add(new Banner.Fact("Job", job.toString())));
        view.elapsed(item, attempt).ifPresent(time -> facts.add(new Banner.Fact("Ran for", Amounts.duration(time))));
        attempt.outcome()
                .ifPresent(outcome -> facts.add(new Banner.Fact(
                        "Confirmed by",
                        outcome.isConfirmed() ? outcome.confirmedBy().word() : "no source")));
        view.paths().stdout(item, attempt).ifPresent(path -> facts.add(new Banner.Fact("Stdout", path)));
        view.paths().stderr(item, attempt).ifPresent(path -> facts.add(new Banner.Fact("Stderr", path)));
        List<String> lines = tail.lines(item);
        String words = view.id() + " " + Text.shellWord(item.id().value());
        List<String> commands = new ArrayList<>();
        if (attempt.startedAt().isPresent() && !view.run().opened().watched()) {
            commands.add("settle logs " + words);
        }
        commands.add("settle explain " + words);
        return new Card(
                item.id().value(),
                item.state().word(),
                ending(item),
                item.message().map(Shown::words).orElse(""),
                open,
                facts,
                lines.subList(Math.max(0, lines.size() - TAIL_LINES_MAX), lines.size()).stream()
                        .map(Shown::words)
                        .toList(),
                commands,
                evidence.anchor(item.id()));
    }

    private static String earlier(Item item) {
        List<String> endings = new ArrayList<>();
        for (Attempt attempt : item.earlier()) {
            endings.add(attempt.outcome().map(Outcome::fullPhrase).orElse("requeued"));
        }
        return String.join("; ", endings.subList(Math.max(0, endings.size() - 5), endings.size()));
    }
}
