package dev.settle.core.run;

import dev.settle.core.model.WireName;
import java.util.Locale;
import java.util.Optional;

/** Where an item is. The words are public API (contract.md, 4). */
public enum ItemState implements WireName {
    /** Not submitted: waits for its dependencies, for a free place, or for its turn to be tried again. */
    PENDING,
    /** The scheduler took it; nobody has seen it yet. */
    SUBMITTED,
    QUEUED,
    RUNNING,
    /** Its job is over or gone, and what came of it is not settled. */
    SETTLING,
    COMPLETED,
    FAILED,
    CANCELLED,
    /** Never submitted, because an item that it depends on did not complete. */
    DEP_FAILED,
    /** Never submitted, because the run stopped before its turn. */
    NOT_STARTED;

    private final String word = name().toLowerCase(Locale.ROOT);

    @Override
    public String word() {
        return word;
    }

    /** Whether a job of this item may exist, so that the scheduler must be asked. */
    public boolean isLive() {
        return this == SUBMITTED || this == QUEUED || this == RUNNING || this == SETTLING;
    }

    /** Whether the item has ended; only a resume or a correction of an unconfirmed verdict moves it. */
    public boolean isEnd() {
        return this != PENDING && !isLive();
    }

    public static Optional<ItemState> ofWord(String word) {
        return WireName.find(values(), word);
    }
}
