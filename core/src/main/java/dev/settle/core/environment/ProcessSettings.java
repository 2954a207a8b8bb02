package dev.settle.core.environment;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a process hands on to those that it starts, besides its environment.
 *
 * @param umask in octal
 * @param nice from -20 to 19
 * @param ignored signals that it ignores, a bit each in hexadecimal, as {@code /proc} writes them
 * @param blocked signals that it blocks, likewise
 * @param limits {@code SOFT:HARD} in the kernel's order, as {@code /proc/PID/limits} writes them
 */
public record ProcessSettings(String umask, int nice, String ignored, String blocked, List<String> limits) {
    /** How prlimit(1) calls the limits, in the kernel's order. */
    private static final List<String> LIMIT_NAMES = List.of(
            "cpu",
            "fsize",
            "data",
            "stack",
            "core",
            "rss",
            "nproc",
            "nofile",
            "memlock",
            "as",
            "locks",
            "sigpending",
            "msgqueue",
            "nice",
            "rtprio",
            "rttime");

    private static final String UNLIMITED = "unlimited";
    private static final int LIMIT_COLUMN = 26;
    /** Of {@code /proc/PID/stat}, counted from behind the name. */
    private static final int NICE = 16;

    public ProcessSettings {
        limits = List.copyOf(limits);
    }

    /**
     * Reads what {@code /proc} says of a process.
     *
     * @param signals what it was started with, {@code IGNORED BLOCKED}; empty where the status is right
     */
    public static ProcessSettings ofProc(String status, String stat, String limits, Optional<String> signals) {
        Map<String, String> fields = new HashMap<>();
        status.lines().forEach(line -> {
            int colon = line.indexOf(':');
            if (colon > 0) {
                fields.put(line.substring(0, colon), line.substring(colon + 1).strip());
            }
        });
        List<String> pairs = new ArrayList<>();
        limits.lines().skip(1).forEach(line -> {
            String[] words = line.substring(Math.min(LIMIT_COLUMN, line.length()))
                    .strip()
                    .split(" +", 3);
            pairs.add(words[0] + ":" + words[1]);
        });
        String[] words = signals.map(text -> text.split(" ", 2))
                .orElseGet(() -> new String[] {fields.getOrDefault("SigIgn", "0"), fields.getOrDefault("SigBlk", "0")});
        String[] numbers = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
        return new ProcessSettings(
                fields.getOrDefault("Umask", "0022"), Integer.parseInt(numbers[NICE]), words[0], words[1], pairs);
    }

    /** These with another soft limit of core files, {@code unlimited} or a number. */
    public ProcessSettings withCore(String soft) {
        List<String> changed = new ArrayList<>(limits);
        int core = LIMIT_NAMES.indexOf("core");
        if (core < changed.size()) {
            changed.set(core, soft + ":" + hard(changed.get(core)));
        }
        return new ProcessSettings(umask, nice, ignored, blocked, changed);
    }

    /** Fields of the form {@code NAME=VALUE}, as {@link #text} writes them; empty where they are none. */
    static Optional<ProcessSettings> parse(Map<String, String> fields) {
        @Nullable String limits = fields.get("limits");
        if (limits == null) {
            return Optional.empty();
        }
        try {
            return Optional.of(new ProcessSettings(
                    fields.getOrDefault("umask", "0022"),
                    Integer.parseInt(fields.getOrDefault("nice", "0")),
                    fields.getOrDefault("ignored", "0"),
                    fields.getOrDefault("blocked", "0"),
                    List.of(limits.split(","))));
        } catch (NumberFormatException e) {
            return Optional.empty();
        }
    }

    /** Each field ended by a NUL; {@code server.pl} of the wrapper reads it too. */
    String text() {
        return String.format(
                Locale.ROOT,
                "umask=%s\0nice=%d\0ignored=%s\0blocked=%s\0limits=%s\0",
                umask,
                nice,
                ignored,
                blocked,
                String.join(",", limits));
    }

    /** Programs that give these limits and this priority to what they start, as far as a process with others can. */
    public List<String> through(ProcessSettings starter) {
        List<String> words = new ArrayList<>();
        for (int i = 0; i < Math.min(LIMIT_NAMES.size(), limits.size()); i++) {
            if (i < starter.limits.size() && !limits.get(i).equals(starter.limits.get(i))) {
                words.add("--" + LIMIT_NAMES.get(i) + "=" + below(limits.get(i), hard(starter.limits.get(i))));
            }
        }
        if (!words.isEmpty()) {
            words.add(0, "prlimit");
        }
        if (nice > starter.nice) {
            words.addAll(List.of("nice", "-n", Integer.toString(nice - starter.nice)));
        }
        return words;
    }

    private static String below(String pair, String hard) {
        return least(pair.substring(0, pair.indexOf(':')), hard) + ":" + least(hard(pair), hard);
    }

    private static String least(String one, String other) {
        if (other.equals(UNLIMITED)) {
            return one;
        }
        return one.equals(UNLIMITED) || Long.parseUnsignedLong(one) > Long.parseUnsignedLong(other) ? other : one;
    }

    private static String hard(String pair) {
        return pair.substring(pair.indexOf(':') + 1);
    }
}
