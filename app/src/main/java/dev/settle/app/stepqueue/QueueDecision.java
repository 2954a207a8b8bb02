package dev.settle.app.stepqueue;

import dev.settle.core.kernel.Input;
import dev.settle.core.model.ItemId;
import dev.settle.core.model.PlanItem;
import dev.settle.core.run.QueueEvent;
import dev.settle.core.run.RunEvent;
import dev.settle.core.run.Stop;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Collects what is decided at one time: facts for the journal first, then commands. */
final class QueueDecision {
    private final List<RunEvent> events = new ArrayList<>();
    private final Map<ItemId, Map<String, Double>> metrics = new HashMap<>();
    private final List<PlanItem> items = new ArrayList<>();
    private final Set<ItemId> reopened = new HashSet<>();
    private final Map<ItemId, String> refused = new HashMap<>();
    private final Set<ItemId> cancelled = new HashSet<>();
    private Optional<Stop> stop = Optional.empty();
    private final List<QueueCommand> commands = new ArrayList<>();
    private final List<String> notices = new ArrayList<>();

    void event(QueueEvent event) {
        events.add(new RunEvent.OfQueue(event));
    }

    void metric(ItemId item, String name, double value) {
        metrics.put(item, Map.of(name, value));
    }

    void item(PlanItem item) {
        items.add(item);
    }

    void reopen(ItemId item) {
        reopened.add(item);
    }

    void refuse(ItemId item, String why) {
        refused.put(item, why);
    }

    void cancel(ItemId item) {
        cancelled.add(item);
    }

    void stop(Stop why) {
        stop = Optional.of(why);
    }

    void command(QueueCommand command) {
        commands.add(command);
    }

    void notice(String text) {
        notices.add(text);
    }

    /** For the kernel; empty when nothing is decided that a journal has to know. */
    Optional<Input.FromSource> input() {
        return isUnrecorded()
                ? Optional.empty()
                : Optional.of(new Input.FromSource(events, metrics, items, reopened, refused, cancelled, stop));
    }

    private boolean isUnrecorded() {
        return events.isEmpty()
                && items.isEmpty()
                && reopened.isEmpty()
                && refused.isEmpty()
                && cancelled.isEmpty()
                && stop.isEmpty();
    }

    boolean isEmpty() {
        return isUnrecorded() && commands.isEmpty() && notices.isEmpty();
    }

    /** To be performed once the journal has the rest. */
    List<QueueCommand> commands() {
        return List.copyOf(commands);
    }

    /** For people. */
    List<String> notices() {
        return List.copyOf(notices);
    }
}
