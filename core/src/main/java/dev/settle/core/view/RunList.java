package dev.settle.core.view;

import java.util.List;

/**
 * All runs of a user.
 *
 * @param runs newest first
 * @param unreadable runs that are there, of which nothing more can be said
 */
public record RunList(List<RunSummary> runs, List<Unreadable> unreadable) {
    public RunList {
        runs = List.copyOf(runs);
        unreadable = List.copyOf(unreadable);
    }

    /**
     * A run whose files cannot be read, or not be believed.
     *
     * @param message why, for people
     */
    public record Unreadable(String id, String message) {
        /** The run and why, as one sentence without its full stop. */
        public String sentence() {
            return "run " + id + " cannot be shown: " + message;
        }
    }
}
