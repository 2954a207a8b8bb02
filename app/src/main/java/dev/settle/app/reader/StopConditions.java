package dev.settle.app.reader;

import dev.settle.core.run.Entry;
import dev.settle.core.run.ItemEvent;
import dev.settle.core.run.ItemState;
import dev.settle.core.run.RunEvent;
import dev.settle.core.run.RunState;
import dev.settle.core.scheduler.Source.Role;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * When to stop following a run before it ends.
 *
 * @param only whose changes are shown
 * @param enough leave when this holds
 * @param onFailure what the first failed item of these means
 * @param until leave then
 * @param giveUpAfter leave when the scheduler has not answered the engine for so long
 */
public record StopConditions(
        ItemFilter only,
        Predicate<RunState> enough,
        OnFailure onFailure,
        Optional<Instant> until,
        Optional<Duration> giveUpAfter) {
    /** What the first failed item means. */
    public enum OnFailure {
        GO_ON,
        LEAVE
    }

    /** Nothing but the end of the run. */
    public static StopConditions none() {
        return new StopConditions(
                new ItemFilter(List.of()), state -> false, OnFailure.GO_ON, Optional.empty(), Optional.empty());
    }

    boolean isOver(Instant now) {
        return until.filter(end -> !now.isBefore(end)).isPresent();
    }

    boolean isGivenUp(RunState state, Instant now) {
        return giveUpAfter.isPresent()
                && state.silent().values().stream()
                        .filter(entry ->
                                ((RunEvent.Silent) entry.event()).source().role() == Role.CONTROLLER)
                        .anyMatch(entry -> !now.isBefore(entry.at().plus(giveUpAfter.get())));
    }

    /** Whether one of the items has failed already, and that is a reason to leave. */
    boolean isFailed(RunState state) {
        return onFailure == OnFailure.LEAVE
                && only.items(state).stream()
                        .anyMatch(item -> item.state() == ItemState.FAILED || item.state() == ItemState.CANCELLED);
    }

    /** Whether an entry says that an item failed, and that is a reason to leave. */
    boolean isFailedBy(Entry entry) {
        if (onFailure == OnFailure.LEAVE && entry.event() instanceof RunEvent.OfItem of) {
            return switch (of.event().kind()) {
                case SETTLED -> ((ItemEvent.Settled) of.event()).outcome().state() != ItemState.COMPLETED;
                case CORRECTED -> ((ItemEvent.Corrected) of.event()).outcome().state() != ItemState.COMPLETED;
                default -> false;
            };
        }
        return false;
    }
}
