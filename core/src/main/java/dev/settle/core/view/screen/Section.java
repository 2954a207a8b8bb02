package dev.settle.core.view.screen;

import dev.settle.core.run.Counts;
import dev.settle.core.run.ItemState;

/** A part of the screen: items in states that a reader looks at together. In the order of the screen. */
public enum Section {
    RUNNING("Running"),
    SETTLING("Settling"),
    FAILED("Failed"),
    COMPLETED("Completed"),
    WAITING("Waiting"),
    NOT_STARTED("Not started");

    private final String title;

    Section(String title) {
        this.title = title;
    }

    String title() {
        return title;
    }

    static Section of(ItemState state) {
        return switch (state) {
            case RUNNING -> RUNNING;
            case SETTLING -> SETTLING;
            case FAILED, CANCELLED, DEP_FAILED -> FAILED;
            case COMPLETED -> COMPLETED;
            case PENDING, SUBMITTED, QUEUED -> WAITING;
            case NOT_STARTED -> NOT_STARTED;
        };
    }

    int count(Counts counts) {
        int count = 0;
        for (ItemState state : ItemState.values()) {
            count += of(state) == this ? counts.of(state) : 0;
        }
        return count;
    }
}
