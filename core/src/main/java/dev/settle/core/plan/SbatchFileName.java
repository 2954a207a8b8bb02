package dev.settle.core.plan;

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

    private static final Pattern PART = Pattern.compile("%(\\d{0,2})([A-Za-z%])");
    private static final int WIDTH_MAX = 10;

    /** Patterns of sbatch's file names (man sbatch, "filename pattern"), and what they are in a job's shell. */
    private static final Map<Character, String> IN_JOB = Map.of(
            'j', "${SLURM_JOB_ID:-$SETTLE_RUN_ID}",
            'A', "${SLURM_ARRAY_JOB_ID:-${SLURM_JOB_ID:-$SETTLE_RUN_ID}}",
            'a', "${SLURM_ARRAY_TASK_ID-}",
            'N', "${SLURMD_NODENAME-}",
            'u', "$(id -un)");

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
                        default -> Optional.empty();
                    };
            plain.append(now.orElse(""));
            shell.append(now.map(EnvRule::literal).orElseGet(() -> IN_JOB.getOrDefault(letter, "")));
            inJob |= now.isEmpty();
        }
        plain.append(pattern.substring(at));
        shell.append(EnvRule.literal(pattern.substring(at)));
        return inJob
                ? new SbatchFileName(Optional.empty(), Optional.of(shell.toString()))
                : new SbatchFileName(Optional.of(plain.toString()), Optional.empty());
    }

    /** Shell text that gives the file behind a descriptor the further name; what fails there fails nothing. */
    String link(int descriptor) {
        return inJob.map(name -> "(f=$(readlink /proc/$$/fd/" + descriptor + ") n=\"" + name + "\"; [ ! -f \"$f\" ] ||"
                        + " { mkdir -p \"$(dirname \"$n\")\" && ln -sf \"$f\" \"$n\"; }) 2>/dev/null || :\n")
                .orElse("");
    }

    private static String padded(int index, String width) {
        String digits = Integer.toString(index);
        int wanted = width.isEmpty() ? 0 : Math.min(Integer.parseInt(width), WIDTH_MAX);
        return "0".repeat(Math.max(0, wanted - digits.length())) + digits;
    }
}
