package dev.settle.core.view.screen;

import dev.settle.core.run.Item;
import dev.settle.core.run.ItemState;
import dev.settle.core.view.RunView;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.PriorityQueue;

/** Which items stand in a section, and in which order. */
final class Listing {
    private static final Comparator<Item> OLDEST_FIRST =
            Comparator.comparing(Listing::since).thenComparing(Item::index);

    private static final Comparator<Item> NEWEST_FIRST = Comparator.comparing(
                    (Item item) -> item.settledAt().orElse(Instant.MIN))
            .reversed()
            .thenComparing(Item::index);

    /** What failed by itself stands before what did not start because of it. */
    private static final Comparator<Item> CAUSES_FIRST = Comparator.comparing(
                    (Item item) -> item.state() == ItemState.DEP_FAILED)
            .thenComparing(NEWEST_FIRST);

    private static final Comparator<Item> NEAREST_FIRST =
            Comparator.comparingInt(Listing::distance).thenComparing(Item::index);

    private Listing() {}

    /** All items that the reader has chosen, section by section. */
    static List<Item> of(RunView view, ScreenState state) {
        List<Item> all = new ArrayList<>();
        for (Section section : Section.values()) {
            if (state.filter().isEmpty() || state.filter().get() == section) {
                all.addAll(section(view, section, state.search()));
            }
        }
        return all;
    }

    private static List<Item> section(RunView view, Section section, String search) {
        List<Item> items = new ArrayList<>();
        if (section.count(view.counts()) > 0) {
            String wanted = search.toLowerCase(Locale.ROOT);
            for (Item item : view.items()) {
                if (Section.of(item.state()) == section && matches(item, wanted)) {
                    items.add(item);
                }
            }
            items.sort(order(section));
        }
        return items;
    }

    private static boolean matches(Item item, String wanted) {
        return wanted.isEmpty()
                || item.id().value().toLowerCase(Locale.ROOT).contains(wanted)
                || item.plan().name().toLowerCase(Locale.ROOT).contains(wanted);
    }

    /** The first few of a section, out of as many as there may be, without sorting them all. */
    static List<Item> first(RunView view, Section section, int most) {
        List<Item> first = new ArrayList<>();
        if (most <= 0) {
            return first;
        }
        Comparator<Item> order = order(section);
        PriorityQueue<Item> lastOnTop = new PriorityQueue<>(order.reversed());
        for (Item item : view.items()) {
            if (Section.of(item.state()) != section) {
                continue;
            }
            if (lastOnTop.size() < most) {
                lastOnTop.add(item);
            } else if (order.compare(item, lastOnTop.element()) < 0) {
                lastOnTop.remove();
                lastOnTop.add(item);
            }
        }
        first.addAll(lastOnTop);
        first.sort(order);
        return first;
    }

    private static Comparator<Item> order(Section section) {
        return switch (section) {
            case RUNNING, SETTLING -> OLDEST_FIRST;
            case FAILED -> CAUSES_FIRST;
            case COMPLETED -> NEWEST_FIRST;
            case WAITING -> NEAREST_FIRST;
            case NOT_STARTED -> Comparator.comparing(Item::index);
        };
    }

    private static Instant since(Item item) {
        return item.attempt().startedAt().orElse(item.changedAt().orElse(Instant.MAX));
    }

    /** What is in the queue runs before what has not been submitted. */
    private static int distance(Item item) {
        if (item.state() == ItemState.QUEUED) {
            return 0;
        }
        if (item.state() == ItemState.SUBMITTED) {
            return 1;
        }
        return item.isIntended() ? 2 : item.notBefore().isPresent() ? 3 : 4;
    }
}
