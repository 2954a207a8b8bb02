package dev.settle.core.runfile;

import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Where {@code output} or {@code error}, of an item or among a script's options, says that output goes.
 *
 * @param path known now
 * @param inJob shell text for a name that only the job knows, such as {@code %j}: the output lies in the run's folder, and
 *     gets this further name
 */
record SbatchFileName(Optional<String> path, Optional<String> inJob) {
    static final SbatchFileName NONE = new SbatchFileName(Optional.empty(), Optional.empty());

    private static final Pattern PART = Pattern.compile("%(\\d{0,9})([A-Za-z%])");
    private static final int WIDTH_MAX = 10;

    /** What {@code %a} is of a job that is no task (22.05.8). */
    private static final String NO_TASK = "4294967294";

    /** Patterns of sbatch's file names (man sbatch, "filename pattern"), and what they are in a job's shell. */
    private static final Map<Character, String> IN_JOB = Map.of(
            'j', "${SLURM_JOB_ID:-$SETTLE_RUN_ID}",
            // A batch script has the job's number alone; only steps have one behind it.
            'J', "${SLURM_JOB_ID:-$SETTLE_RUN_ID}",
            'A', "${SLURM_ARRAY_JOB_ID:-${SLURM_JOB_ID:-$SETTLE_RUN_ID}}",
            'a', "${SLURM_ARRAY_TASK_ID-" + NO_TASK + "}",
            'N', "$(hostname -s)",
            'u', "$(id -un)");

    private static final String NUMBERS = "jJAant";

    /**
     * What a pattern stands for.
     *
     * @param jobName for {@code %x}
     * @param index for {@code %a}, in an array
     */
    static SbatchFileName of(String pattern, String jobName, OptionalInt index) {
        Matcher part = PART.matcher(pattern);
        StringBuilder plain = new StringBuilder();
        StringBuilder shell = new StringBuilder();
        boolean inJob = false;
        int at = 0;
        while (part.find()) {
            plain.append(pattern, at, part.start());
            shell.append(EnvRule.literal(pattern.substring(at, part.start())));
            at = part.end();
            char letter = part.group(2).charAt(0);
            Optional<String> now =
                    switch (letter) {
                        case '%' -> Optional.of("%");
                        case 'x' -> Optional.of(jobName);
                        case 'a' ->
                            index.isPresent() ? Optional.of(padded(index.getAsInt(), part.group(1))) : Optional.empty();
                        case 'b' ->
                            index.isPresent() ? Optional.of(Integer.toString(index.getAsInt() % 10)) : Optional.empty();
                        case 'n', 't' -> Optional.of(padded(0, part.group(1)));
                        case 's' -> Optional.of("batch");
                        default -> IN_JOB.containsKey(letter) ? Optional.empty() : Optional.of(part.group());
                    };
            plain.append(now.orElse(""));
            shell.append(now.map(EnvRule::literal).orElseGet(() -> inJob(letter, part.group(1))));
            inJob |= now.isEmpty();
        }
        plain.append(pattern.substring(at));
        shell.append(EnvRule.literal(pattern.substring(at)));
        return inJob
                ? new SbatchFileName(Optional.empty(), Optional.of(shell.toString()))
                : new SbatchFileName(Optional.of(plain.toString()), Optional.empty());
    }

    private static String inJob(char letter, String width) {
        if (letter == 'b') {
            return "$((${SLURM_ARRAY_TASK_ID-" + NO_TASK + "} % 10))";
        }
        String text = IN_JOB.getOrDefault(letter, "");
        int wanted = width(width);
        return wanted < 2 || NUMBERS.indexOf(letter) < 0 ? text : "$(printf %0" + wanted + "d \"" + text + "\")";
    }

    private static int width(String width) {
        return width.isEmpty() ? 0 : Math.min(Integer.parseInt(width), WIDTH_MAX);
    }

    /**
     * Shell text that gives the file behind a descriptor the further name, and notes that name in a file beside it, for who
     * deletes the run; what fails there fails nothing.
     */
    String link(int descriptor) {
        return inJob.map(
                        name -> "(f=$(readlink /proc/$$/fd/" + descriptor + ") n=\"" + name + "\"; [ ! -f \"$f\" ] ||"
                                + " { mkdir -p \"$(dirname \"$n\")\" && ln -sf \"$f\" \"$n\""
                                + " && case $n in /*) ;; *) n=$PWD/$n ;; esac && printf %s \"$n\" >\"$f.link\"; }) 2>/dev/null || :\n")
                .orElse("");
    }

    private static String padded(int index, String width) {
        String digits = Integer.toString(index);
        return "0".repeat(Math.max(0, width(width) - digits.length())) + digits;
    }
}
