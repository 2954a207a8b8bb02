package dev.settle.core.scheduler;

import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The scheduler's name of a job: {@code 4711}, an array task {@code 4711_3}, a component {@code 4711+1}, or a process
 * id on this machine; and the cluster that has the job, where that is not the default one. The same number on two
 * clusters is two jobs.
 *
 * <p>Kept as the numbers that it is made of: each item of a large run has one for as long as it lives.
 */
public final class JobId implements Comparable<JobId> {
    private static final char TASK = '_';
    private static final char COMPONENT = '+';
    /** Stands for the character of an id that is neither of a task nor of a component. */
    private static final char WHOLE = 0;

    private static final int NUMBER_DIGITS_MAX = 18;
    private static final int PART_DIGITS_MAX = 9;
    private static final char CLUSTER = ';';

    /** Also the name of a file, and never an option of a command. */
    private static final Pattern CLUSTER_NAME = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9_.-]{0,63}");

    /** Each name once: a run has many jobs on few clusters. */
    private static final Map<String, String> NAMES = new ConcurrentHashMap<>();

    private final long number;
    private final int part;
    private final char character;
    private final @Nullable String cluster;

    /**
     * A job of the default cluster.
     *
     * @throws IllegalArgumentException when it is none
     */
    public JobId(String value) {
        if (!isLegal(value)) {
            throw new IllegalArgumentException("not a job id: " + value);
        }
        int end = digits(value, 0);
        number = number(value, 0, end);
        character = end < value.length() ? value.charAt(end) : WHOLE;
        part = character == WHOLE ? 0 : (int) number(value, end + 1, value.length());
        cluster = null;
    }

    private JobId(long number, int part, char character, @Nullable String cluster) {
        this.number = number;
        this.part = part;
        this.character = character;
        this.cluster = cluster;
    }

    /**
     * Reads what {@link #toString()} writes: {@code 4711_3}, or {@code 4711_3;CLUSTER}.
     *
     * @throws IllegalArgumentException when it is none
     */
    public static JobId of(String text) {
        int end = text.indexOf(CLUSTER);
        return end < 0 ? new JobId(text) : new JobId(text.substring(0, end)).on(text.substring(end + 1));
    }

    /** Whether a text can be a cluster's name. */
    public static boolean isClusterName(String text) {
        return CLUSTER_NAME.matcher(text).matches();
    }

    /**
     * Numbers as Slurm writes them, and for a task or a component {@code _} or {@code +} and another one; without a
     * regex, for there are many.
     */
    public static boolean isLegal(String value) {
        int base = digits(value, 0);
        if (!isNumber(value, 0, base, NUMBER_DIGITS_MAX)) {
            return false;
        }
        if (base == value.length()) {
            return true;
        }
        char character = value.charAt(base);
        return (character == TASK || character == COMPONENT)
                && digits(value, base + 1) == value.length()
                && isNumber(value, base + 1, value.length(), PART_DIGITS_MAX);
    }

    /** Whether digits are written as a number is: another spelling would be another id to Slurm's tables. */
    private static boolean isNumber(String text, int from, int end, int digitsMax) {
        int digits = end - from;
        return digits > 0 && digits <= digitsMax && (digits == 1 || text.charAt(from) != '0');
    }

    /** The end of the digits that begin at a place. */
    private static int digits(String text, int from) {
        int end = from;
        while (end < text.length() && text.charAt(end) >= '0' && text.charAt(end) <= '9') {
            end++;
        }
        return end;
    }

    private static long number(String text, int from, int end) {
        long number = 0;
        for (int i = from; i < end; i++) {
            number = 10 * number + (text.charAt(i) - '0');
        }
        return number;
    }

    /**
     * The job of this number on a cluster.
     *
     * @throws IllegalArgumentException when that is no cluster's name
     */
    public JobId on(String name) {
        if (!isClusterName(name)) {
            throw new IllegalArgumentException("not a cluster's name: " + name);
        }
        // Slurm writes them in small letters, and takes them in any.
        return new JobId(number, part, character, NAMES.computeIfAbsent(name.toLowerCase(Locale.ROOT), same -> same));
    }

    /** The job of this number on the default cluster. */
    public JobId onDefault() {
        return cluster == null ? this : new JobId(number, part, character, null);
    }

    /** The cluster that has it; empty for the default one. */
    public Optional<String> cluster() {
        return Optional.ofNullable(cluster);
    }

    /** Its array, for a task; for others the job without its component. */
    public JobId whole() {
        return character == WHOLE ? this : new JobId(number, 0, WHOLE, cluster);
    }

    /** As the scheduler writes it, without the cluster. */
    public String value() {
        return character == WHOLE ? base() : base() + character + part;
    }

    /** The id without task or component: {@code 4711} of {@code 4711_3}. */
    public String base() {
        return Long.toString(number);
    }

    public boolean isTask() {
        return character == TASK;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof JobId id
                && number == id.number
                && part == id.part
                && character == id.character
                && (cluster == null ? id.cluster == null : cluster.equals(id.cluster));
    }

    @Override
    public int hashCode() {
        int job = 31 * Long.hashCode(number) + 2 * part + (character == COMPONENT ? 1 : 0);
        return cluster == null ? job : 31 * job + cluster.hashCode();
    }

    @Override
    public int compareTo(JobId other) {
        return toString().compareTo(other.toString());
    }

    @Override
    public String toString() {
        return cluster == null ? value() : value() + CLUSTER + cluster;
    }
}
