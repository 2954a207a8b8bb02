package dev.settle.core.view.html.page;

import dev.settle.core.run.Attempt;
import dev.settle.core.run.Item;
import dev.settle.core.run.ItemState;
import dev.settle.core.run.Outcome;
import dev.settle.core.view.ItemText;
import dev.settle.core.view.RunView;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * When an attempt waited, ran and settled. Where a time is not known the phase before it has no end of its own and takes
 * no time.
 *
 * @param state how the attempt ended, or where it is
 */
record Span(int attempt, Instant submitted, Instant started, Instant left, Instant settled, ItemState state) {
    /** The attempts of an item that were submitted, oldest first. */
    static List<Span> of(RunView view, Item item) {
        List<Span> spans = new ArrayList<>();
        for (Attempt attempt : item.earlier()) {
            add(spans, view, item, attempt);
        }
        add(spans, view, item, item.attempt());
        return spans;
    }

    private static void add(List<Span> spans, RunView view, Item item, Attempt attempt) {
        Optional<Instant> submitted = ItemText.submittedAt(attempt).or(attempt::startedAt);
        if (submitted.isEmpty()) {
            return;
        }
        boolean last = attempt == item.attempt();
        Optional<Instant> finished = attempt.outcome().flatMap(Outcome::finishedAt);
        Instant until = last
                ? item.settledAt().or(() -> view.run().endedAt()).orElse(view.now())
                : finished.or(attempt::leftAt).or(attempt::startedAt).orElse(submitted.get());
        Instant left = earlier(finished.or(attempt::leftAt).orElse(until), until);
        Instant started = earlier(attempt.startedAt().orElse(left), left);
        ItemState state =
                last ? item.state() : attempt.outcome().map(Outcome::state).orElse(ItemState.CANCELLED);
        spans.add(new Span(attempt.number(), earlier(submitted.get(), started), started, left, until, state));
    }

    private static Instant earlier(Instant one, Instant other) {
        return one.isBefore(other) ? one : other;
    }
}
