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
        Fields fields = new Fields(QUEUE.size());
        boolean garbled = false;
        int from = 0;
        while (from < table.length()) {
            int end = table.indexOf('\n', from);
            String line = end < 0 ? "" : table.substring(from, end);
            from = end < 0 ? table.length() : end + 1;
            if (end >= 0 && line.isBlank()) {
                continue;
            }
            String base = fields.split(line) ? ArrayIds.base(fields.get(0)) : "";
            if (base.isEmpty()) {
                garbled = true;
            } else if (token.isIn(withoutBar(fields.get(1)))) {
                return new JobSearch(base, garbled);
            }
        }
        return new JobSearch("", garbled);
    }

    private static String withoutBar(String name) {
        return name.endsWith("|") ? name.substring(0, name.length() - 1) : name;
    }

    boolean isFound() {
        return !base.isEmpty();
    }
}
