package dev.settle.slurm.parse;

import dev.settle.core.scheduler.JobId;
import dev.settle.slurm.tools.ToolRunner;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.function.IntConsumer;

/**
 * The tasks of a row that stands for many: {@code [60-89,91-94,96-98%2]}, {@code [0-30:2]}.
 *
 * <p>Slurm cuts long lists to 64 characters ({@code [0,2,8,...]}, {@code [0,2,1}) unless SLURM_BITSTR_LEN=0 is set, as
 * {@link ToolRunner} does. Should a list be cut nevertheless, all tasks beyond its last number belong to it.
 */
public final class ArrayIds {
    /** MaxArraySize can be at most 4,000,001. */
    private static final int TASK_MAX = 4_000_000;

    private static final int RANGES_MAX = TASK_MAX / 2;

    private final int[] first;
    private final int[] last;
    private final int[] step;
    private final int ranges;
    private final int cutAfter;

    private ArrayIds(int[] first, int[] last, int[] step, int ranges, int cutAfter) {
        this.first = first;
        this.last = last;
        this.step = step;
        this.ranges = ranges;
        this.cutAfter = cutAfter;
    }

    /** Whether an id of squeue or sacct stands for many tasks: {@code 42_[1,4-6]}. */
    static boolean isRange(String id) {
        return id.indexOf("_[") > 0;
    }

    /** Reads what stands behind {@code _} in such an id; absent when it is no list of tasks. */
    static @org.jspecify.annotations.Nullable ArrayIds parse(String text) {
        int at = text.startsWith("[") ? 1 : 0;
        int end = text.length();
        boolean cut = true;
        if (end > 0 && text.charAt(end - 1) == ']') {
            end--;
            cut = false;
        }
        int percent = text.indexOf('%');
        if (percent >= 0 && percent < end) {
            end = percent;
            cut = false;
        }
        int dots = text.indexOf("...", at);
        if (dots >= 0 && dots < end) {
            end = dots > at && text.charAt(dots - 1) == ',' ? dots - 1 : dots;
            cut = true;
        } else if (cut && at == 1) {
            // The last number itself may be cut: leave it out.
            int comma = text.lastIndexOf(',', end - 1);
            end = comma < 0 ? at : comma;
        }
        return read(text, at, end, cut && at == 1);
    }

    private static @org.jspecify.annotations.Nullable ArrayIds read(String text, int from, int end, boolean cut) {
        int count = 1;
        for (int i = from; i < end; i++) {
            if (text.charAt(i) == ',') {
                count++;
            }
        }
        if (count > RANGES_MAX) {
            return null;
        }
        int[] first = new int[count];
        int[] last = new int[count];
        int[] step = new int[count];
        int ranges = 0;
        int at = from;
        while (at < end) {
            int comma = text.indexOf(',', at);
            int stop = comma < 0 || comma > end ? end : comma;
            int dash = text.indexOf('-', at);
            int colon = text.indexOf(':', at);
            int lastEnd = colon >= 0 && colon < stop ? colon : stop;
            boolean isRange = dash >= 0 && dash < lastEnd;
            int low = number(text, at, isRange ? dash : lastEnd);
            int high = isRange ? number(text, dash + 1, lastEnd) : low;
            int by = lastEnd < stop ? number(text, lastEnd + 1, stop) : 1;
            if (low < 0 || high < low || by < 1) {
                return null;
            }
            first[ranges] = low;
            last[ranges] = high;
            step[ranges++] = by;
            at = stop + 1;
        }
        if (ranges == 0 && !cut) {
            return null;
        }
        return new ArrayIds(first, last, step, ranges, cut ? (ranges == 0 ? -1 : last[ranges - 1]) : TASK_MAX + 1);
    }

    private static int number(String text, int from, int to) {
        OptionalInt number = Numbers.parseInt(text.substring(from, to));
        return number.isPresent() && number.getAsInt() <= TASK_MAX ? number.getAsInt() : -1;
    }

    boolean contains(int task) {
        if (task > cutAfter) {
            return true;
        }
        for (int i = 0; i < ranges; i++) {
            if (task >= first[i] && task <= last[i] && (task - first[i]) % step[i] == 0) {
                return true;
            }
        }
        return false;
    }

    /** Every task that is listed. */
    void forEach(IntConsumer consumer) {
        for (int i = 0; i < ranges; i++) {
            for (int task = first[i]; task <= last[i]; task += step[i]) {
                consumer.accept(task);
            }
        }
    }

    /** How many are listed. */
    long count() {
        long count = 0;
        for (int i = 0; i < ranges; i++) {
            count += (last[i] - first[i]) / step[i] + 1;
        }
        return count;
    }

    /** The task number of {@code 42_3}. */
    static OptionalInt taskOf(String id) {
        int line = id.indexOf('_');
        OptionalLong number = line < 0 ? OptionalLong.empty() : Numbers.parseLong(id.substring(line + 1));
        return number.isPresent() && number.getAsLong() >= 0 && number.getAsLong() <= TASK_MAX
                ? OptionalInt.of((int) number.getAsLong())
                : OptionalInt.empty();
    }

    /**
     * Jobs as {@code scancel} takes them, with the tasks of an array as ranges: {@code 42_[0-3,7]}.
     *
     * @param rangesMax most ranges of one id
     */
    public static List<String> compressed(Collection<JobId> jobs, int rangesMax) {
        List<String> ids = new ArrayList<>();
        Map<String, BitSet> tasks = new TreeMap<>();
        for (JobId job : jobs) {
            OptionalInt task = taskOf(job.value());
            if (task.isPresent()) {
                tasks.computeIfAbsent(job.base(), base -> new BitSet()).set(task.getAsInt());
            } else {
                ids.add(job.value());
            }
        }
        tasks.forEach((base, set) -> compress(base, set, rangesMax, ids));
        return ids;
    }

    private static void compress(String base, BitSet tasks, int rangesMax, List<String> into) {
        if (tasks.cardinality() == 1) {
            into.add(base + "_" + tasks.nextSetBit(0));
            return;
        }
        StringBuilder text = new StringBuilder();
        int ranges = 0;
        for (int first = tasks.nextSetBit(0); first >= 0; ) {
            int last = tasks.nextClearBit(first) - 1;
            text.append(ranges == 0 ? base + "_[" : ",").append(first);
            if (last > first) {
                text.append('-').append(last);
            }
            first = tasks.nextSetBit(last + 1);
            if (++ranges == rangesMax || first < 0) {
                into.add(text.append(']').toString());
                text.setLength(0);
                ranges = 0;
            }
        }
    }

    /** The leading digits: {@code 42} of {@code 42_3}, {@code 42_[1-2]}, {@code 42+0}, {@code 42.batch}. */
    public static String base(String id) {
        int end = 0;
        while (end < id.length() && Numbers.isDigit(id.charAt(end))) {
            end++;
        }
        return end == id.length() ? id : id.substring(0, end);
    }
}
