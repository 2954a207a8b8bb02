package dev.settle.core.text;

import java.time.Duration;
import java.util.Locale;
import java.util.Optional;

/**
 * Durations as users write them: {@code 90s}, {@code 10m}, {@code 1h30m}, {@code 2d}, and Slurm's own
 * {@code 1-02:03:04}. The resolution is one second.
 */
public final class Durations {
    /** Longer ones are refused: nothing here lasts for longer, so it is a slip of the pen. */
    public static final Duration MAX = Duration.ofDays(36_500);

    private static final String UNITS = "dhms";
    private static final long[] UNIT_SECONDS = {86_400, 3_600, 60, 1};
    private static final String EXAMPLES = "write a duration such as 90s, 10m, 1h30m or 2d";

    private Durations() {}

    /** A duration with units, or one in Slurm's form with a colon or a dash; empty when the text is neither. */
    public static Optional<Duration> parse(String text) {
        long seconds = text.indexOf(':') >= 0 || text.indexOf('-') >= 0 ? slurmSeconds(text) : unitSeconds(text);
        return seconds < 0 || seconds > MAX.toSeconds() ? Optional.empty() : Optional.of(Duration.ofSeconds(seconds));
    }

    /** As {@link #parse}, and a bare number is minutes, as for {@code sbatch --time}. */
    public static Optional<Duration> parseTimeLimit(String text) {
        long minutes = number(text, 0, text.length());
        return minutes < 0 ? parse(text) : parse(text + "m");
    }

    /** What to write instead of a text that {@link #parse} does not take. */
    public static String hint(String text) {
        return correction(text).map(better -> "write " + better).orElse(EXAMPLES);
    }

    /** What was probably meant by a text that {@link #parse} does not take: {@code 90s} by {@code 90 sec}. */
    public static Optional<String> correction(String text) {
        if (number(text, 0, text.length()) >= 0) {
            return Optional.of(text + "s for seconds or " + text + "m for minutes");
        }
        String tidy = tidy(text);
        return !tidy.equals(text) && parse(tidy).isPresent() ? Optional.of(tidy) : Optional.empty();
    }

    /** The shortest text that {@link #parse} reads as this duration: {@code 1h30m}. */
    public static String format(Duration duration) {
        long rest = duration.toSeconds();
        if (rest == 0) {
            return "0s";
        }
        StringBuilder text = new StringBuilder();
        for (int unit = 0; unit < UNIT_SECONDS.length; unit++) {
            long count = rest / UNIT_SECONDS[unit];
            rest %= UNIT_SECONDS[unit];
            if (count > 0) {
                text.append(count).append(UNITS.charAt(unit));
            }
        }
        return text.toString();
    }

    /** Numbers with units, each unit once and the largest first; -1 when the text is not that. */
    private static long unitSeconds(String text) {
        long sum = 0;
        int unitBefore = -1;
        int at = 0;
        while (at < text.length()) {
            int end = at;
            while (end < text.length() && isDigit(text.charAt(end))) {
                end++;
            }
            long count = number(text, at, end);
            int unit = end < text.length() ? UNITS.indexOf(text.charAt(end)) : -1;
            if (count < 0 || unit <= unitBefore) {
                return -1;
            }
            sum += count * UNIT_SECONDS[unit];
            unitBefore = unit;
            at = end + 1;
        }
        return unitBefore < 0 ? -1 : sum;
    }

    /**
     * Slurm's forms with a colon or a dash: M:S, H:M:S, D-H, D-H:M, D-H:M:S ({@code man sbatch}, {@code --time}); -1
     * when the text is none of them.
     */
    private static long slurmSeconds(String text) {
        int dash = text.indexOf('-');
        long days = dash < 0 ? 0 : number(text, 0, dash);
        String[] parts = text.substring(dash + 1).split(":", -1);
        if (days < 0 || parts.length > 3) {
            return -1;
        }
        // With days the parts begin at the hours, without them they end at the seconds.
        int unit = dash >= 0 ? 1 : 4 - parts.length;
        long sum = days * UNIT_SECONDS[0];
        for (int i = 0; i < parts.length; i++, unit++) {
            long count = number(parts[i], 0, parts[i].length());
            boolean overflows = count >= (unit == 1 ? 24 : 60);
            if (count < 0 || (overflows && (i > 0 || dash >= 0))) {
                return -1;
            }
            sum += count * UNIT_SECONDS[unit];
        }
        return sum;
    }

    /** The digits from {@code begin} to {@code end}; -1 when there are none, other characters, or more than nine. */
    private static long number(String text, int begin, int end) {
        if (end <= begin || end - begin > 9) {
            return -1;
        }
        long number = 0;
        for (int i = begin; i < end; i++) {
            if (!isDigit(text.charAt(i))) {
                return -1;
            }
            number = number * 10 + (text.charAt(i) - '0');
        }
        return number;
    }

    private static boolean isDigit(char character) {
        return character >= '0' && character <= '9';
    }

    /** What was probably meant: no blanks, units by their letter, no fractions, no weeks. */
    private static String tidy(String text) {
        String bare = text.toLowerCase(Locale.ROOT).replaceAll("[\\s,]+|and", "");
        bare = bare.replaceAll("(?<=\\d)w(?:eeks?)?", "w")
                .replaceAll("(?<=\\d)d(?:ays?)", "d")
                .replaceAll("(?<=\\d)h(?:ours?|rs?)", "h")
                .replaceAll("(?<=\\d)m(?:in(?:utes?|s)?)", "m")
                .replaceAll("(?<=\\d)s(?:ec(?:onds?|s)?)", "s");
        java.util.regex.Matcher part = java.util.regex.Pattern.compile("(\\d{1,6}(?:\\.\\d{1,3})?)([wdhms])")
                .matcher(bare);
        double seconds = 0;
        int end = 0;
        while (part.find() && part.start() == end) {
            char unit = part.group(2).charAt(0);
            double unitSeconds = unit == 'w' ? 7 * 86_400 : UNIT_SECONDS[UNITS.indexOf(unit)];
            seconds += Double.parseDouble(part.group(1)) * unitSeconds;
            end = part.end();
        }
        boolean whole = seconds >= 1 && seconds == Math.rint(seconds);
        if (bare.isEmpty() || end != bare.length() || !whole) {
            return text;
        }
        return parse(bare).isPresent() ? bare : format(Duration.ofSeconds((long) seconds));
    }
}
