package dev.settle.core.view.screen;

import dev.settle.core.model.Resources;
import dev.settle.core.run.Item;
import dev.settle.core.run.ItemState;
import dev.settle.core.view.Amounts;
import dev.settle.core.view.RunView;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.PriorityQueue;

/**
 * How fast a run of many alike items goes, and roughly how long it still takes: by the latest endings, so that a change of
 * pace shows soon. Of items that differ in what they ask for nothing is said, nor before enough of them have ended.
 */
final class Progress {
    /** Fewer items are seen at a glance. */
    private static final int ITEMS_MIN = 20;

    private static final int ENDINGS_MIN = 5;
    private static final int ENDINGS_MAX = 64;

    /** Of a hundred items so many ask for the same. */
    private static final int ALIKE_PERCENT_MIN = 80;

    private Progress() {}

    /** {@code 12/min, about 4 min left}; empty where that would be a guess. */
    static Optional<String> of(RunView view) {
        int open = view.counts().open();
        if (view.isEnded() || view.isStalled() || open == 0 || view.counts().total() < ITEMS_MIN || !isAlike(view)) {
            return Optional.empty();
        }
        List<Instant> endings = latestEndings(view);
        if (endings.size() < ENDINGS_MIN) {
            return Optional.empty();
        }
        Duration span = Ages.between(endings.get(0), view.now());
        if (span.isZero()) {
            return Optional.empty();
        }
        double perSecond = (endings.size() - 1) / (span.toMillis() / 1_000.0);
        Duration left = Duration.ofSeconds(Math.round(open / perSecond));
        return Optional.of(rate(perSecond) + ", about " + Ages.words(left) + " left");
    }

    /** The unit in which the number has a digit before its point. */
    private static String rate(double perSecond) {
        if (perSecond >= 1) {
            return rounded(perSecond) + "/s";
        }
        return perSecond * 60 >= 1 ? rounded(perSecond * 60) + "/min" : rounded(perSecond * 3_600) + "/h";
    }

    private static String rounded(double number) {
        return number >= 10 ? Amounts.decimal(number, 0) : Amounts.decimal(number, 1);
    }

    private static boolean isAlike(RunView view) {
        Resources first = view.items().get(0).plan().resources();
        int alike = 0;
        for (Item item : view.items()) {
            alike += item.plan().resources().equals(first) ? 1 : 0;
        }
        return (long) alike * 100 >= (long) view.items().size() * ALIKE_PERCENT_MIN;
    }

    /** When the latest items that ran have ended, oldest first; those before the present driver do not count. */
    private static List<Instant> latestEndings(RunView view) {
        Instant from = view.run().driverSince().orElse(Instant.MIN);
        PriorityQueue<Instant> oldestOnTop = new PriorityQueue<>();
        for (Item item : view.items()) {
            boolean ran = item.state() == ItemState.COMPLETED || item.state() == ItemState.FAILED;
            Instant at = item.settledAt().orElse(Instant.MIN);
            if (ran && !at.isBefore(from)) {
                oldestOnTop.add(at);
                if (oldestOnTop.size() > ENDINGS_MAX) {
                    oldestOnTop.remove();
                }
            }
        }
        List<Instant> endings = new ArrayList<>(oldestOnTop);
        Collections.sort(endings);
        return endings;
    }
}
