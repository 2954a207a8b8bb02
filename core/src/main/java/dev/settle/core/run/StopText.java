package dev.settle.core.run;

import dev.settle.core.item.Item;
import dev.settle.core.item.ItemState;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A stop in words: the same in the terminal, the log, the JSON, the report and the dashboard, because all of them take
 * them from here.
 *
 * @param headline the first line: {@code Run failed: 3 of 20 items failed: 2 out of memory, 1 exit code 3.}
 * @param failures what failed, where the headline is about something else
 * @param dependents what did not start because of it
 * @param unconfirmed how many verdicts nobody vouches for
 * @param detail what stopped it, and who said so
 * @param kept how much completed, and how much never started
 * @param hint what to do next
 */
public record StopText(
        String headline,
        Optional<String> failures,
        Optional<String> dependents,
        Optional<String> unconfirmed,
        Optional<String> detail,
        String kept,
        Optional<String> hint) {

    /** More kinds of failure than this are summed up. */
    static final int PHRASES_MAX = 4;

    /** More dependents than this are counted, not named. */
    static final int NAMES_MAX = 5;

    /** Tells a stop of a run; costs one pass over the items when some failed. */
    public static StopText of(RunState run, Stop stop) {
        Counts counts = run.counts();
        String failures = failures(run);
        StopReason.Ending ending = stop.reason().ending();
        boolean isNews = ending != StopReason.Ending.FAILED
                && (counts.of(ItemState.FAILED) > 0 || (counts.bad() > 0 && ending != StopReason.Ending.CANCELLED));
        Optional<String> link = stop.link();
        if (link.isEmpty() && stop.reason() == StopReason.OUT_OF_CREDITS) {
            link = run.plan().credits().topupUrl();
        }
        String hint = stop.reason().hint(run.id().value(), link);
        if (hint.isEmpty() && run.unconfirmed() > 0) {
            hint = "settle watch " + run.id() + " asks again";
        }
        return new StopText(
                stop.reason().headline(failures),
                isNews ? Optional.of(failures + ".") : Optional.empty(),
                dependents(run),
                unconfirmed(run.unconfirmed()),
                stop.detail(),
                kept(counts),
                hint.isEmpty() ? Optional.empty() : Optional.of(hint));
    }

    /** {@code 3 of 20 items failed: 2 out of memory, 1 exit code 3}, without a full stop. */
    private static String failures(RunState run) {
        int bad = run.counts().bad();
        String sum = bad + " of " + run.counts().total() + " items failed";
        return bad == 0 ? sum : sum + ": " + byPhrase(run.items());
    }

    private static String byPhrase(List<Item> items) {
        Map<String, Integer> counts = new HashMap<>();
        for (Item item : items) {
            if (item.state() == ItemState.FAILED || item.state() == ItemState.CANCELLED) {
                counts.merge(item.phrase().orElse("unknown reason"), 1, Integer::sum);
            }
        }
        List<Map.Entry<String, Integer>> sorted = new ArrayList<>(counts.entrySet());
        sorted.sort((a, b) -> a.getValue().equals(b.getValue())
                ? a.getKey().compareTo(b.getKey())
                : b.getValue().compareTo(a.getValue()));
        StringBuilder text = new StringBuilder();
        int others = 0;
        for (int i = 0; i < sorted.size(); i++) {
            if (i < PHRASES_MAX) {
                text.append(i == 0 ? "" : ", ").append(sorted.get(i).getValue());
                text.append(' ').append(sorted.get(i).getKey());
            } else {
                others += sorted.get(i).getValue();
            }
        }
        return others == 0
                ? text.toString()
                : text.append(", ").append(others).append(" for other reasons").toString();
    }

    private static Optional<String> dependents(RunState run) {
        int count = run.counts().of(ItemState.DEP_FAILED);
        if (count == 0) {
            return Optional.empty();
        }
        StringBuilder text = new StringBuilder();
        text.append(count).append(count == 1 ? " item" : " items");
        text.append(" did not start, because a dependency did not complete: ");
        int named = 0;
        for (Item item : run.items()) {
            if (item.state() == ItemState.DEP_FAILED && named < NAMES_MAX) {
                text.append(named == 0 ? "" : ", ").append(item.id());
                named++;
            }
        }
        return Optional.of(
                named < count
                        ? text.append(" and ")
                                .append(count - named)
                                .append(" more.")
                                .toString()
                        : text.append('.').toString());
    }

    private static Optional<String> unconfirmed(int count) {
        return count == 0
                ? Optional.empty()
                : Optional.of(count + (count == 1 ? " verdict is" : " verdicts are")
                        + " unconfirmed: no source with authority said how the job ended.");
    }

    private static String kept(Counts counts) {
        StringBuilder text = new StringBuilder();
        text.append(counts.of(ItemState.COMPLETED)).append(" of ").append(counts.total());
        text.append(" items completed");
        int cancelled = counts.of(ItemState.CANCELLED);
        if (cancelled > 0) {
            text.append("; ")
                    .append(cancelled)
                    .append(cancelled == 1 ? " was" : " were")
                    .append(" cancelled");
        }
        int never = counts.of(ItemState.NOT_STARTED) + counts.of(ItemState.PENDING);
        if (never > 0) {
            text.append("; ").append(never).append(" never started");
        }
        int settling = counts.of(ItemState.SETTLING);
        int alive = counts.live() - settling;
        if (alive > 0) {
            text.append("; ").append(alive).append(alive == 1 ? " job lives on" : " jobs live on");
        }
        if (settling > 0) {
            text.append("; ")
                    .append(settling)
                    .append(settling == 1 ? " is" : " are")
                    .append(" still settling");
        }
        return text.append('.').toString();
    }
}
