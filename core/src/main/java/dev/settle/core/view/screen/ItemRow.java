package dev.settle.core.view.screen;

import dev.settle.core.run.Attempt;
import dev.settle.core.run.Item;
import dev.settle.core.text.Durations;
import dev.settle.core.view.Amounts;
import dev.settle.core.view.ItemText;
import dev.settle.core.view.Line;
import dev.settle.core.view.RunView;
import dev.settle.core.view.Style;
import dev.settle.core.view.Text;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.Collection;
import java.util.Optional;

/** An item on one line: its id, and what there is to say of it in its state. */
final class ItemRow {
    private static final String GAP = "  ";
    private static final String UNMARKED = "  ";
    private static final String MARK = "> ";

    private ItemRow() {}

    /** Enough for a name and the values of a small matrix. */
    private static final int ID_ROOM = 20;

    /** How wide the column of ids is: as the widest, within two fifths of the window, or half of a narrow one. */
    static int idColumns(Collection<String> ids, int columns) {
        int widest = 0;
        for (String id : ids) {
            widest = Math.max(widest, Text.width(Text.clean(id)));
        }
        return Math.min(widest, Math.max(Math.min(ID_ROOM, columns / 2), columns * 2 / 5));
    }

    /**
     * The row.
     *
     * @param idColumns how wide the column of ids is
     */
    static Line of(RunView view, Item item, int idColumns, ZoneId zone, Mark mark) {
        Style style = ItemText.style(item.state());
        String id = Text.pad(ShortId.fit(item.id().value(), idColumns), idColumns);
        Line line = mark == Mark.SELECTED
                ? Line.of(Style.STRONG, MARK + id)
                : Line.of(UNMARKED).and(style, id);
        return line.and(GAP + detail(view, item, zone));
    }

    /** Several items that wait for the same. */
    static Line ofGroup(int count, String what, int idColumns) {
        return Line.of(UNMARKED)
                .and(Style.FAINT, Text.pad(Text.fit(Text.count(count, "item"), idColumns), idColumns))
                .and(GAP + what);
    }

    /** Whether keys act on the row's item. */
    enum Mark {
        NONE,
        SELECTED
    }

    private static String detail(RunView view, Item item, ZoneId zone) {
        return switch (item.state()) {
            case RUNNING -> running(view, item);
            case SETTLING ->
                "finished"
                        + item.attempt().leftAt().map(at -> ago(view, at, " ")).orElse("")
                        + ", waiting for confirmation";
            case COMPLETED -> completed(view, item);
            case FAILED, CANCELLED -> failed(view, item);
            case DEP_FAILED, NOT_STARTED -> ItemText.what(view, item);
            case PENDING, SUBMITTED, QUEUED -> WaitText.of(view, item, zone);
        };
    }

    private static String running(RunView view, Item item) {
        Attempt attempt = item.attempt();
        StringBuilder text = new StringBuilder();
        Optional<Duration> elapsed = view.elapsed(item, attempt);
        add(text, "", elapsed.map(Amounts::duration).orElse("started"));
        item.plan().resources().timeLimit().ifPresent(limit -> add(text, " ", "of " + Durations.format(limit)));
        attempt.node().ifPresent(node -> add(text, " ", "on " + node));
        add(text, ", ", attempt(item));
        add(text, ", ", ItemText.isSuspended(item) ? ItemText.SUSPENDED : "");
        add(text, ", ", item.cancelAskedBy().isPresent() ? "being cancelled" : "");
        return text.toString();
    }

    private static String completed(RunView view, Item item) {
        StringBuilder text = new StringBuilder();
        view.elapsed(item, item.attempt()).ifPresent(time -> add(text, "", Amounts.duration(time)));
        item.attempt().node().ifPresent(node -> add(text, " ", "on " + node));
        add(text, ", ", attempt(item));
        item.settledAt().ifPresent(at -> add(text, ", ", ago(view, at, "")));
        add(text, ", ", item.isUnconfirmed() ? "unconfirmed" : "");
        return text.toString();
    }

    private static String failed(RunView view, Item item) {
        StringBuilder text = new StringBuilder(ItemText.ending(item));
        add(text, ", ", ItemText.where(view, item, item.attempt()));
        add(text, ", ", attempt(item));
        item.settledAt().ifPresent(at -> add(text, ", ", ago(view, at, "")));
        add(text, ": ", item.message().filter(message -> !message.isBlank()).orElse(""));
        return text.toString();
    }

    private static String attempt(Item item) {
        return item.attempt().number() > 1 ? "attempt " + item.attempt().number() : "";
    }

    private static String ago(RunView view, Instant at, String before) {
        Duration age = Ages.between(at, view.now());
        return before + (age.toSeconds() == 0 ? "just now" : Ages.words(age) + " ago");
    }

    private static void add(StringBuilder text, String separator, String more) {
        if (!more.isEmpty()) {
            text.append(text.length() == 0 ? "" : separator).append(more);
        }
    }
}
