package dev.settle.core.view;

import java.util.List;
import java.util.Optional;

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
     * @param state {@code damaged}, or {@code unreadable} where a newer settle wrote it
     * @param file which one; absent where nothing is wrong with it
     * @param message why, for people
     */
    public record Unreadable(String id, String state, Optional<String> file, String message) {
        public static Unreadable damaged(String id, String file, String message) {
            return new Unreadable(id, "damaged", Optional.of(file), message);
        }

        public static Unreadable newer(String id, String message) {
            return new Unreadable(id, "unreadable", Optional.empty(), message);
        }

        /** The run and why, as one sentence without its full stop. */
        public String sentence() {
            return "run " + id + " cannot be shown: " + message;
        }
    }
}
