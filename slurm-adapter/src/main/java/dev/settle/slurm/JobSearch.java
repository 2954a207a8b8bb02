package dev.settle.slurm;

import dev.settle.core.port.SubmitToken;
import java.util.List;

/**
 * A table of jobs read for the one that carries a token. Only whole lines count, and only with the token in their name:
 * half an id is somebody else's.
 *
 * @param base the id of the job or the array; empty when no line has it
 * @param garbled whether a line could not be read: then nothing says that there is no such job
 */
record JobSearch(String base, boolean garbled) {
    private static final List<String> QUEUE = List.of("JobArrayID", "Name");
    private static final List<String> BOOKS = List.of("JobID", "JobName");

    /** What to ask squeue for. */
    static String queueFormat() {
        return "--Format=" + String.join(":|,", QUEUE) + ":|";
    }

    /** What to ask sacct for. */
    static String booksFormat() {
        return String.join(",", BOOKS);
    }

    /** Reads what either said. */
    static JobSearch in(String table, SubmitToken token) {
        String[] found = {""};
        int garbled = Table.read(table, QUEUE.size(), row -> {
            String base = ArrayIds.base(row.get(0));
            if (found[0].isEmpty() && token.isIn(withoutBar(row.get(1)))) {
                found[0] = base;
            }
            return !base.isEmpty();
        });
        return new JobSearch(found[0], garbled > 0);
    }

    private static String withoutBar(String name) {
        return name.endsWith("|") ? name.substring(0, name.length() - 1) : name;
    }

    boolean isFound() {
        return !base.isEmpty();
    }
}
