package dev.settle.core.view;

import dev.settle.core.run.ItemState;
import java.time.Instant;
import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * A run in a list of runs: what is left of a {@link RunView} when its items are let go.
 *
 * @param state {@code running}, {@code stalled}, or how it ended
 * @param counts of every state
 */
public record RunSummary(
        String id,
        String name,
        String backend,
        String state,
        boolean settled,
        OptionalInt exitStatus,
        Optional<String> reason,
        String headline,
        int total,
        Map<ItemState, Integer> counts,
        int unconfirmed,
        Instant createdAt,
        Optional<Instant> finishedAt,
        Style style) {

    public RunSummary {
        counts = Collections.unmodifiableMap(new EnumMap<>(counts));
    }

    public static RunSummary of(RunView view) {
        Map<ItemState, Integer> counts = new EnumMap<>(ItemState.class);
        for (ItemState state : ItemState.values()) {
            counts.put(state, view.counts().of(state));
        }
        return new RunSummary(
                view.id(),
                view.name(),
                view.run().opened().backend(),
                view.stateWord(),
                view.isSettled(),
                view.exitStatus(),
                view.stop().isPresent() ? Optional.of(view.stop().get().reason().word()) : Optional.empty(),
                view.headline(),
                view.counts().total(),
                counts,
                view.run().unconfirmed(),
                view.run().createdAt(),
                view.run().endedAt(),
                VerdictLines.style(view));
    }

    public int of(ItemState state) {
        return counts.getOrDefault(state, 0);
    }
}
