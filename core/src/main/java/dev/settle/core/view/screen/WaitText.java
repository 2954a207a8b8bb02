package dev.settle.core.view.screen;

import dev.settle.core.model.ItemId;
import dev.settle.core.model.Plan;
import dev.settle.core.run.Attempt;
import dev.settle.core.run.Item;
import dev.settle.core.run.ItemState;
import dev.settle.core.run.Outcome;
import dev.settle.core.text.Times;
import dev.settle.core.view.RunView;
import java.time.Instant;
import java.time.ZoneId;
import java.util.Optional;

/** What an item that has not begun waits for. */
final class WaitText {
    private WaitText() {}

    /** The same for all items that wait for the same, so that they can be counted together. */
    static String of(RunView view, Item item, ZoneId zone) {
        return switch (item.state()) {
            case QUEUED ->
                "queued"
                        + PendingReason.inWords(item.waitReason())
                                .map(why -> ": " + why)
                                .orElse("");
            case SUBMITTED -> "submitted, not seen in the queue yet";
            default -> pending(view, item, zone);
        };
    }

    private static String pending(RunView view, Item item, ZoneId zone) {
        if (item.isIntended()) {
            // Items are handed to this machine before there is room for them.
            boolean local = view.run().opened().backend().equals(Plan.BackendName.LOCAL.word());
            return local ? "waiting for a free slot" : "being submitted";
        }
        Optional<Instant> retryAt = item.notBefore().filter(at -> at.isAfter(view.now()));
        if (retryAt.isPresent()) {
            return "retry at " + Times.clock(retryAt.get(), zone) + ", " + attempt(item) + before(item);
        }
        if (item.refusals() > 0) {
            return "refused for now, to be tried again"
                    + item.message().map(text -> ": " + text).orElse("");
        }
        String after = after(view, item);
        if (!after.isEmpty()) {
            return after;
        }
        return item.earlier().isEmpty()
                ? "waiting for a free slot"
                : "about to be retried, " + attempt(item) + before(item);
    }

    private static String attempt(Item item) {
        int most = item.plan().retries().max() + 1;
        int number = item.attempt().number();
        return "attempt " + number + (number <= most ? " of " + most : "");
    }

    /** How the attempt before this one ended. */
    private static String before(Item item) {
        if (item.earlier().isEmpty()) {
            return "";
        }
        Attempt last = item.earlier().get(item.earlier().size() - 1);
        return last.outcome()
                .map(Outcome::phrase)
                .map(how -> " (last: " + how + ")")
                .orElse("");
    }

    /** {@code after prepare (running) and 2 more}; empty when it waits for no item. */
    private static String after(RunView view, Item item) {
        Optional<Item> first = Optional.empty();
        int more = 0;
        for (ItemId dep : item.plan().deps()) {
            Optional<Item> found = view.run().item(dep);
            if (found.isEmpty()
                    || (found.get().state() == ItemState.COMPLETED
                            && !found.get().isUnconfirmed())) {
                continue;
            }
            if (first.isEmpty()) {
                first = found;
            } else {
                more++;
            }
        }
        if (first.isEmpty()) {
            return "";
        }
        String state = first.get().isUnconfirmed()
                ? "unconfirmed"
                : first.get().state().word();
        return "after " + first.get().id() + " (" + state + ")" + (more > 0 ? " and " + more + " more" : "");
    }
}
