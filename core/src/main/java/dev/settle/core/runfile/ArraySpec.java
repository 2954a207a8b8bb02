package dev.settle.core.runfile;

import java.util.Optional;
import java.util.OptionalInt;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The value of {@code sbatch --array}: {@code 0-15}, {@code 1,3,5-9}, {@code 0-15:4}, {@code 0-15%4}.
 *
 * @param indices in rising order, at least one
 * @param throttle how many may run at once
 */
record ArraySpec(TreeSet<Integer> indices, OptionalInt throttle) {
    private static final Pattern PART = Pattern.compile("(\\d{1,7})(?:-(\\d{1,7})(?::(\\d{1,7}))?)?");

    /** Empty when the text is no such value, or stands for more than {@value ItemsReader#ITEMS_MAX} tasks. */
    static Optional<ArraySpec> parse(String text) {
        String[] halves = text.strip().split("%", -1);
        boolean throttled = halves.length == 2 && halves[1].matches("[1-9]\\d{0,6}");
        if (halves.length > 2 || (halves.length == 2 && !throttled)) {
            return Optional.empty();
        }
        String list = halves[0].replaceAll("^\\[|]$", "");
        TreeSet<Integer> indices = new TreeSet<>();
        for (String each : list.split(",", -1)) {
            Matcher part = PART.matcher(each);
            if (!part.matches()) {
                return Optional.empty();
            }
            int first = Integer.parseInt(part.group(1));
            int last = part.group(2) == null ? first : Integer.parseInt(part.group(2));
            int step = part.group(3) == null ? 1 : Integer.parseInt(part.group(3));
            if (last < first || step == 0) {
                return Optional.empty();
            }
            for (int i = first; i <= last; i += step) {
                indices.add(i);
                if (indices.size() > ItemsReader.ITEMS_MAX) {
                    return Optional.empty();
                }
            }
        }
        return Optional.of(
                new ArraySpec(indices, throttled ? OptionalInt.of(Integer.parseInt(halves[1])) : OptionalInt.empty()));
    }

    /** The distance of the indices, as SLURM_ARRAY_TASK_STEP has it; 1 when they are not evenly spread. */
    int step() {
        int step = 0;
        Integer before = null;
        for (Integer index : indices) {
            if (before != null) {
                int distance = index - before;
                step = step == 0 || step == distance ? distance : 1;
            }
            before = index;
        }
        return Math.max(step, 1);
    }
}
