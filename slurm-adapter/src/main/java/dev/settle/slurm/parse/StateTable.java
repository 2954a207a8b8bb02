package dev.settle.slurm.parse;

import dev.settle.core.model.ItemReason;
import dev.settle.core.scheduler.JobState;
import dev.settle.core.scheduler.JobState.Phase;
import dev.settle.core.scheduler.WaitReason;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * Slurm's state words and what they mean: the JOB STATE CODES of the manuals of squeue and sacct, 22.05 to 26.05, and
 * what scontrol prints besides.
 *
 * <p>A word that is not here stays unknown; it is never an end, and never success.
 */
public final class StateTable {
    /** Shorter than this, a word that was cut off ({@code CA+}) could be anything. */
    private static final int PREFIX_LENGTH_MIN = 4;

    /** How sacct of 22.05 words it; 25.05 leaves it to squeue. */
    private static final String DEPENDENCY = "Dependency";

    private static final List<Row> ROWS = List.of(
            alive("PENDING", "PD", Phase.WAITING),
            // Held for ever until somebody releases it, but alive: the same id runs again.
            alive("REQUEUE_HOLD", "RH", Phase.WAITING),
            alive("REQUEUE_FED", "RF", Phase.WAITING),
            alive("RESV_DEL_HOLD", "RD", Phase.WAITING),
            alive("SPECIAL_EXIT", "SE", Phase.WAITING),
            // It has its nodes, but they boot: nothing of the user runs yet.
            alive("CONFIGURING", "CF", Phase.WAITING),
            alive("POWER_UP_NODE", "PU", Phase.WAITING),
            // 25.11: a job that is requeued and moved to the front because its nodes failed.
            alive("EXPEDITING", "EX", Phase.WAITING),
            alive("RUNNING", "R", Phase.RUNNING),
            alive("SUSPENDED", "S", Phase.RUNNING),
            alive("STOPPED", "ST", Phase.RUNNING),
            alive("RESIZING", "RS", Phase.RUNNING),
            alive("SIGNALING", "SI", Phase.RUNNING),
            alive("COMPLETING", "CG", Phase.ENDING),
            alive("STAGE_OUT", "SO", Phase.ENDING),
            // A flag for accounting's sake while the record is written again; the job goes on as it was.
            alive("UPDATE_DB", "", Phase.RUNNING),
            end("REQUEUED", "RQ", Phase.REQUEUED, ItemReason.OK),
            end("COMPLETED", "CD", Phase.COMPLETED, ItemReason.OK),
            end("FAILED", "F", Phase.FAILED, ItemReason.EXIT_CODE),
            end("TIMEOUT", "TO", Phase.FAILED, ItemReason.TIME_LIMIT),
            end("OUT_OF_MEMORY", "OOM", Phase.FAILED, ItemReason.OUT_OF_MEMORY),
            end("BOOT_FAIL", "BF", Phase.FAILED, ItemReason.BOOT_FAILURE),
            end("RECONFIG_FAIL", "", Phase.FAILED, ItemReason.BOOT_FAILURE),
            end("DEADLINE", "DL", Phase.FAILED, ItemReason.DEADLINE),
            end("LAUNCH_FAILED", "", Phase.FAILED, ItemReason.LAUNCH_FAILURE),
            end("NODE_FAIL", "NF", Phase.FAILED_UNLESS_REQUEUED, ItemReason.NODE_FAILURE),
            end("PREEMPTED", "PR", Phase.FAILED_UNLESS_REQUEUED, ItemReason.PREEMPTED),
            end("CANCELLED", "CA", Phase.CANCELLED, ItemReason.CANCELLED_BY_OTHER),
            // Another cluster of the federation runs it: here nobody will.
            end("REVOKED", "RV", Phase.CANCELLED, ItemReason.CANCELLED_BY_OTHER));

    private static final Map<String, JobState> BY_WORD = index();

    private StateTable() {}

    /** One line of the table. */
    private record Row(String word, String code, Phase phase, ItemReason reason) {}

    /** What a state column says, in whatever form: {@code CD}, {@code COMPLETED}, {@code CANCELLED by 5}. */
    public static JobState of(String text) {
        JobState known = BY_WORD.get(text);
        return known != null ? known : slowly(text.trim());
    }

    /** What squeue says, whose reason beside CANCELLED is the last one for which the job waited. */
    static JobState ofQueue(JobState said, WaitReason reason) {
        return ended(said, reason.kind() == WaitReason.Kind.DEPENDENCY_NEVER);
    }

    /** The same of sacct, which has a user behind CANCELLED unless the system did it. */
    static JobState ofBooks(String text, String reason) {
        return ended(of(text), reason.equals(DEPENDENCY) && cancelledBy(text).isEmpty());
    }

    /** Sites that set kill_invalid_depend have jobs cancelled whose dependency can never be satisfied. */
    private static JobState ended(JobState state, boolean forDependency) {
        return forDependency && state.phase() == Phase.CANCELLED
                ? new JobState(state.raw(), state.phase(), ItemReason.DEPENDENCY_NEVER_SATISFIED)
                : state;
    }

    /** The user of {@code CANCELLED by USER}. */
    static Optional<String> cancelledBy(String text) {
        int by = text.indexOf(" by ");
        if (by < 0 || of(text).phase() != Phase.CANCELLED) {
            return Optional.empty();
        }
        String who = text.substring(by + 4).trim();
        return who.isEmpty() ? Optional.empty() : Optional.of(who);
    }

    private static JobState slowly(String text) {
        String word = text.toUpperCase(Locale.ROOT);
        int by = word.indexOf(" BY ");
        if (by > 0) {
            word = word.substring(0, by).trim();
        }
        JobState state = word.indexOf(',') > 0 ? ofFlags(word) : find(word);
        return state == null ? JobState.unknown(text) : new JobState(text, state.phase(), state.reason());
    }

    /** {@code FAILED,COMPLETING}: a state with its flags; a flag that says alive outweighs the state. */
    private static @org.jspecify.annotations.Nullable JobState ofFlags(String words) {
        JobState result = null;
        for (String word : words.split(",")) {
            JobState next = find(word.trim());
            if (next == null) {
                return null;
            }
            boolean outweighs = next.phase().isAlive()
                    || next.phase() == Phase.REQUEUED
                    || next.reason() == ItemReason.LAUNCH_FAILURE
                    || next.reason() == ItemReason.BOOT_FAILURE;
            boolean isOnlyANote = next.raw().equals("UPDATE_DB");
            if (result == null || (outweighs && !isOnlyANote)) {
                result = next;
            }
        }
        return result;
    }

    private static @org.jspecify.annotations.Nullable JobState find(String word) {
        JobState known = BY_WORD.get(word);
        if (known != null || !word.endsWith("+")) {
            return known;
        }
        String start = word.substring(0, word.length() - 1);
        if (start.length() < PREFIX_LENGTH_MIN) {
            return null;
        }
        JobState only = null;
        for (Row row : ROWS) {
            if (row.word().startsWith(start)) {
                if (only != null) {
                    return null;
                }
                only = BY_WORD.get(row.word());
            }
        }
        return only;
    }

    /** The table as text, for the golden and for people. */
    public static String render() {
        StringBuilder text = new StringBuilder();
        for (Row row : ROWS) {
            text.append(row.word())
                    .append(" | ")
                    .append(row.code())
                    .append(" | ")
                    .append(row.phase())
                    .append(" | ")
                    .append(row.phase().isEnd() ? row.reason().word() : "")
                    .append('\n');
        }
        return text.toString();
    }

    /** The words in the order of the table. */
    static List<String> words() {
        List<String> words = new ArrayList<>();
        for (Row row : ROWS) {
            words.add(row.word());
        }
        return words;
    }

    private static Row alive(String word, String code, Phase phase) {
        return new Row(word, code, phase, ItemReason.OK);
    }

    private static Row end(String word, String code, Phase phase, ItemReason reason) {
        return new Row(word, code, phase, reason);
    }

    private static Map<String, JobState> index() {
        Map<String, JobState> byWord = new HashMap<>();
        for (Row row : ROWS) {
            byWord.put(row.word(), new JobState(row.word(), row.phase(), row.reason()));
            if (!row.code().isEmpty()) {
                byWord.put(row.code(), new JobState(row.code(), row.phase(), row.reason()));
            }
        }
        return byWord;
    }
}
