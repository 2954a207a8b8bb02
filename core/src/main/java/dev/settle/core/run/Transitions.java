package dev.settle.core.run;

import static dev.settle.core.run.ItemState.CANCELLED;
import static dev.settle.core.run.ItemState.COMPLETED;
import static dev.settle.core.run.ItemState.DEP_FAILED;
import static dev.settle.core.run.ItemState.FAILED;
import static dev.settle.core.run.ItemState.NOT_STARTED;
import static dev.settle.core.run.ItemState.PENDING;
import static dev.settle.core.run.ItemState.QUEUED;
import static dev.settle.core.run.ItemState.RUNNING;
import static dev.settle.core.run.ItemState.SETTLING;
import static dev.settle.core.run.ItemState.SUBMITTED;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The one table of which event may happen to an item in which state, and where it leads. */
public final class Transitions {
    /** From these states, this kind of event leads to one of those. */
    private record Row(ItemEvent.Kind kind, Set<ItemState> from, Set<ItemState> to) {}

    private static final Set<ItemState> SAME = Set.of();
    private static final Set<ItemState> ANY = EnumSet.allOf(ItemState.class);
    private static final Set<ItemState> LIVE = EnumSet.of(SUBMITTED, QUEUED, RUNNING, SETTLING);
    private static final Set<ItemState> VERDICT = EnumSet.of(COMPLETED, FAILED, CANCELLED);
    private static final Set<ItemState> ENDED = EnumSet.of(COMPLETED, FAILED, CANCELLED, DEP_FAILED, NOT_STARTED);

    private static final List<Row> TABLE = List.of(
            new Row(ItemEvent.Kind.INTENDED, EnumSet.of(PENDING), SAME),
            new Row(ItemEvent.Kind.SUBMITTED, EnumSet.of(PENDING), EnumSet.of(SUBMITTED)),
            new Row(ItemEvent.Kind.REFUSED, EnumSet.of(PENDING), SAME),
            new Row(ItemEvent.Kind.UNCLEAR, EnumSet.of(PENDING), SAME),
            // A row may arrive after the verdict: it corrects an unconfirmed one, or only completes the evidence.
            new Row(
                    ItemEvent.Kind.OBSERVED,
                    EnumSet.of(SUBMITTED, QUEUED, RUNNING, SETTLING, COMPLETED, FAILED, CANCELLED),
                    SAME),
            new Row(ItemEvent.Kind.QUEUED, LIVE, EnumSet.of(QUEUED)),
            new Row(ItemEvent.Kind.STARTED, LIVE, EnumSet.of(RUNNING)),
            new Row(ItemEvent.Kind.LEFT, EnumSet.of(SUBMITTED, QUEUED, RUNNING), EnumSet.of(SETTLING)),
            new Row(ItemEvent.Kind.REQUEUED, LIVE, EnumSet.of(QUEUED)),
            // An attempt that could not even be submitted is retried from pending; one whose verdict was unconfirmed,
            // once
            // that is confirmed.
            new Row(
                    ItemEvent.Kind.RETRIED,
                    EnumSet.of(PENDING, SUBMITTED, QUEUED, RUNNING, SETTLING, COMPLETED, FAILED, CANCELLED),
                    EnumSet.of(PENDING)),
            // A verdict settles from settling; a submission that was refused, and a lost one, never had a job to
            // settle.
            new Row(ItemEvent.Kind.SETTLED, EnumSet.of(PENDING, SUBMITTED, QUEUED, RUNNING, SETTLING), VERDICT),
            new Row(ItemEvent.Kind.CORRECTED, VERDICT, VERDICT),
            new Row(ItemEvent.Kind.DEP_FAILED, EnumSet.of(PENDING), EnumSet.of(DEP_FAILED)),
            new Row(ItemEvent.Kind.NOT_STARTED, EnumSet.of(PENDING), EnumSet.of(NOT_STARTED)),
            new Row(ItemEvent.Kind.REOPENED, ENDED, EnumSet.of(PENDING)),
            new Row(ItemEvent.Kind.WITHDRAWN, LIVE, EnumSet.of(NOT_STARTED)),
            new Row(ItemEvent.Kind.WITHDRAW_ASKED, LIVE, SAME),
            new Row(ItemEvent.Kind.CANCEL_ASKED, ANY, SAME),
            new Row(ItemEvent.Kind.MEASURED, VERDICT, SAME),
            new Row(ItemEvent.Kind.METRICS_READ, EnumSet.of(SETTLING, COMPLETED, FAILED, CANCELLED), SAME));

    private static final Map<ItemEvent.Kind, Row> BY_KIND = new EnumMap<>(ItemEvent.Kind.class);

    static {
        for (Row row : TABLE) {
            BY_KIND.put(row.kind(), row);
        }
        if (BY_KIND.size() != ItemEvent.Kind.values().length) {
            throw new IllegalStateException("an event kind has no row in the transition table");
        }
    }

    private Transitions() {}

    /** Whether the event may happen in the state. */
    public static boolean isLegal(ItemState from, ItemEvent.Kind kind) {
        return row(kind).from().contains(from);
    }

    /**
     * The state after the event.
     *
     * @param wanted where the event says it leads, for the kinds whose end the event carries (a verdict)
     * @throws IllegalStateException when the table forbids it
     */
    static ItemState next(ItemState from, ItemEvent.Kind kind, ItemState wanted) {
        Row row = row(kind);
        if (!row.from().contains(from)) {
            throw new IllegalStateException(kind.word() + " may not happen to an item that is " + from.word());
        }
        if (row.to().isEmpty()) {
            return from;
        }
        if (row.to().size() == 1) {
            return row.to().iterator().next();
        }
        if (!row.to().contains(wanted)) {
            throw new IllegalStateException(kind.word() + " cannot lead to " + wanted.word());
        }
        return wanted;
    }

    /** The table as text, a line a kind, for its golden. */
    public static String render() {
        StringBuilder text = new StringBuilder();
        for (Row row : TABLE) {
            text.append(row.kind().word())
                    .append(": ")
                    .append(words(row.from()))
                    .append(" -> ");
            text.append(row.to().isEmpty() ? "(same)" : words(row.to())).append('\n');
        }
        return text.toString();
    }

    private static Row row(ItemEvent.Kind kind) {
        Row row = BY_KIND.get(kind);
        if (row == null) {
            throw new IllegalStateException("no row for " + kind);
        }
        return row;
    }

    private static String words(Set<ItemState> states) {
        List<String> words = new ArrayList<>();
        for (ItemState state : ItemState.values()) {
            if (states.contains(state)) {
                words.add(state.word());
            }
        }
        return words.size() == ItemState.values().length ? "(any)" : String.join(" ", words);
    }
}
