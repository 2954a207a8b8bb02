package dev.settle.slurm.parse;

import dev.settle.core.scheduler.JobId;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Job ids as people copy them: {@code 4711,4712_3}, {@code 4711;cluster} as {@code sbatch --parsable} prints it,
 * {@code 4711+1}, and {@code 4711_[1-5,9%2]} as squeue and sacct show tasks.
 */
public final class JobIdList {
    /** Tasks of one list; an array of more is watched by its own id. */
    public static final int JOBS_MAX = 100_000;

    /** Slurm's numbers have 32 bits, of which the last few mean "none" and "any". */
    private static final long NUMBER_MAX = 0xffff_ffffL - 16;

    private static final Pattern ID = Pattern.compile("([1-9][0-9]*)([_+][0-9]+|_\\[[0-9,:%-]+\\])?(?:;([^,;\\s]*))?");

    private JobIdList() {}

    /** What the words stand for; empty when there is one that Slurm would not take for a job id. */
    public static Optional<Set<JobId>> parse(List<String> words) {
        Set<JobId> jobs = new LinkedHashSet<>();
        for (String word : words) {
            for (String each : split(word)) {
                if (!add(each, jobs) || jobs.size() > JOBS_MAX) {
                    return Optional.empty();
                }
            }
        }
        return Optional.of(jobs);
    }

    /** At blanks and commas, but not at those between brackets. */
    private static List<String> split(String word) {
        List<String> parts = new ArrayList<>();
        StringBuilder part = new StringBuilder();
        int depth = 0;
        for (int i = 0; i < word.length(); i++) {
            char character = word.charAt(i);
            depth += character == '[' ? 1 : character == ']' ? -1 : 0;
            if (Character.isWhitespace(character) || (character == ',' && depth <= 0)) {
                parts.add(part.toString());
                part.setLength(0);
            } else {
                part.append(character);
            }
        }
        parts.add(part.toString());
        parts.removeIf(String::isEmpty);
        return parts;
    }

    private static boolean add(String text, Set<JobId> into) {
        Matcher id = ID.matcher(text);
        if (!id.matches() || number(id.group(1)).isEmpty()) {
            return false;
        }
        String cluster = Optional.ofNullable(id.group(3)).orElse("");
        if (!cluster.isEmpty() && !JobId.isClusterName(cluster)) {
            return false;
        }
        String base = id.group(1);
        String rest = Optional.ofNullable(id.group(2)).orElse("");
        if (!rest.startsWith("_[")) {
            String job = base + rest;
            if (JobId.isLegal(job)) {
                into.add(on(cluster, job));
            }
            return JobId.isLegal(job);
        }
        ArrayIds tasks = ArrayIds.parse(rest.substring(1));
        if (tasks == null || tasks.count() > JOBS_MAX) {
            return false;
        }
        tasks.forEach(task -> into.add(on(cluster, base + "_" + task)));
        return true;
    }

    private static JobId on(String cluster, String id) {
        return cluster.isEmpty() ? new JobId(id) : new JobId(id).on(cluster);
    }

    private static OptionalLong number(String digits) {
        OptionalLong number = Numbers.parseLong(digits);
        return number.orElse(NUMBER_MAX) < NUMBER_MAX ? number : OptionalLong.empty();
    }
}
