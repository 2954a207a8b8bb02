package dev.settle.slurm.parse;

import dev.settle.slurm.tools.PlainTable;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Collection;
import java.util.OptionalLong;

/**
 * The lines of a {@link PlainTable} by the numbers of the jobs that they speak of. An answer that serves many runs is
 * looked through once, and each run reads its own lines: ten runs that read all of them would do the work of a hundred.
 *
 * <p>A row that could not be read is everybody's, since it may be that of any job.
 */
public final class RowsByJob {
    private static final int LINE_BITS = 24;
    private static final int LINES_MAX = 1 << LINE_BITS;
    private static final long NUMBER_MAX = (1L << (Long.SIZE - 1 - LINE_BITS)) - 1;

    private final String text;
    private final int[] starts;
    private final int lines;
    /** A job's number and, in the lower bits, a line that speaks of it; in order. */
    private final long[] lineOfJob;

    private final BitSet everybodys;

    private RowsByJob(String text, int[] starts, int lines, long[] lineOfJob, BitSet everybodys) {
        this.text = text;
        this.starts = starts;
        this.lines = lines;
        this.lineOfJob = lineOfJob;
        this.everybodys = everybodys;
    }

    /**
     * Looks a table through.
     *
     * @param columns how many a line that is whole has at least; the job's id as displayed and Slurm's own number of it
     *     are the first two
     */
    public static RowsByJob of(String text, int columns) {
        int[] starts = new int[256];
        long[] lineOfJob = new long[512];
        int jobs = 0;
        int lines = 0;
        BitSet everybodys = new BitSet();
        for (int from = 0; from < text.length() && lines < LINES_MAX; lines++) {
            int newline = text.indexOf('\n', from);
            int end = newline < 0 ? text.length() : newline;
            starts = lines + 1 < starts.length ? starts : Arrays.copyOf(starts, 2 * starts.length);
            lineOfJob = jobs + 1 < lineOfJob.length ? lineOfJob : Arrays.copyOf(lineOfJob, 2 * lineOfJob.length);
            starts[lines] = from;
            long displayed = newline < 0 || !isWhole(text, from, end, columns) ? -1 : number(text, from, end);
            if (displayed < 0) {
                everybodys.set(lines);
            } else {
                lineOfJob[jobs++] = displayed << LINE_BITS | lines;
                long own = number(text, text.indexOf('|', from) + 1, end);
                if (own >= 0 && own != displayed) {
                    lineOfJob[jobs++] = own << LINE_BITS | lines;
                }
            }
            from = end + 1;
        }
        starts[lines] = text.length();
        Arrays.sort(lineOfJob, 0, jobs);
        return new RowsByJob(text, starts, lines, Arrays.copyOf(lineOfJob, jobs), everybodys);
    }

    /** What the table says of jobs, in its order, steps and tasks included; of ids that are no numbers all of it. */
    public String of(Collection<String> ids) {
        BitSet wanted = (BitSet) everybodys.clone();
        for (String id : ids) {
            OptionalLong number = Numbers.parseLong(id);
            if (lines == LINES_MAX || number.isEmpty() || number.getAsLong() < 0 || number.getAsLong() > NUMBER_MAX) {
                return text;
            }
            int at = Arrays.binarySearch(lineOfJob, number.getAsLong() << LINE_BITS);
            for (int i = at < 0 ? -at - 1 : at;
                    i < lineOfJob.length && lineOfJob[i] >>> LINE_BITS == number.getAsLong();
                    i++) {
                wanted.set((int) (lineOfJob[i] & (LINES_MAX - 1)));
            }
        }
        StringBuilder said = new StringBuilder();
        for (int first = wanted.nextSetBit(0); first >= 0; ) {
            int end = wanted.nextClearBit(first);
            said.append(text, starts[first], starts[end]);
            first = wanted.nextSetBit(end);
        }
        return said.toString();
    }

    private static boolean isWhole(String text, int from, int end, int columns) {
        int bars = 0;
        for (int at = text.indexOf('|', from);
                at >= 0 && at < end && bars < columns - 1;
                at = text.indexOf('|', at + 1)) {
            bars++;
        }
        return bars == columns - 1;
    }

    /** The number that begins at a place; -1 if there is none, or one that no job has. */
    private static long number(String text, int from, int end) {
        long number = 0;
        int at = from;
        while (at < end && Numbers.isDigit(text.charAt(at)) && number <= NUMBER_MAX) {
            number = 10 * number + (text.charAt(at) - '0');
            at++;
        }
        return at == from || number > NUMBER_MAX ? -1 : number;
    }
}
