package dev.settle.core.runfile;

import dev.settle.core.model.Expect;
import dev.settle.core.model.ItemId;
import dev.settle.core.model.Plan;
import dev.settle.core.model.PlanItem;
import dev.settle.core.model.Resources;
import dev.settle.core.model.Retries;
import dev.settle.core.model.SbatchJob;
import dev.settle.core.runfile.keys.Values;
import dev.settle.core.runfile.tree.DocumentPath;
import dev.settle.core.runfile.tree.Problems;
import dev.settle.core.text.Durations;
import dev.settle.core.text.Sizes;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;

/**
 * A plain sbatch script as a run: one item, or one for each index of {@code --array}. What settle has a key for goes
 * there, all other options go to sbatch as they are.
 *
 * <p>The script itself runs unchanged. Slurm gives the tasks of an array their indices; on the local backend they come from
 * the item's environment.
 */
final class SbatchScript {
    private static final String MAGIC = "#SBATCH";

    /** So much of the job's name goes into the ids, and the index has room. */
    private static final int ID_START_MAX = 180;

    /** Options that only concern who typed sbatch. */
    private static final Set<String> WITHOUT_EFFECT =
            Set.of("parsable", "quiet", "verbose", "wait", "help", "usage", "version", "ignore-pbs");

    private final String text;
    private final ReadContext around;
    private final Problems problems;
    private final String file;
    private final Map<String, String> values = new LinkedHashMap<>();
    private final Map<String, Integer> lines = new HashMap<>();
    private final List<String> extra = new ArrayList<>();
    private int line;

    private SbatchScript(String text, String file, ReadContext around, Problems problems) {
        this.text = text;
        this.file = file;
        this.around = around;
        this.problems = problems;
    }

    /** Whether a text is a script with options for sbatch. */
    static boolean isOne(String text) {
        return text.startsWith("#!") && (text.contains("\n" + MAGIC + " ") || text.contains("\n" + MAGIC + "\t"));
    }

    /** The plan; to be used only when there are no problems. */
    static Plan read(String text, String file, ReadContext around, Problems problems) {
        SbatchScript script = new SbatchScript(text, file, around, problems);
        script.readOptions();
        return script.plan();
    }

    private void readOptions() {
        for (String each : text.split("\n", -1)) {
            line++;
            String bare = each.strip();
            if (each.startsWith(MAGIC) && each.length() > MAGIC.length() && each.charAt(MAGIC.length()) <= ' ') {
                readLine(each.substring(MAGIC.length()));
            } else if (!bare.isEmpty() && !bare.startsWith("#")) {
                // sbatch stops at the first command as well.
                return;
            }
        }
    }

    private void readLine(String rest) {
        List<String> words = words(rest);
        if (words.equals(List.of("hetjob")) || words.equals(List.of("packjob"))) {
            problem("a heterogeneous job", "submit it with sbatch, then settle watch --job ID");
            return;
        }
        List<SbatchOptions.Option> options = SbatchOptions.parse(words);
        if (options.isEmpty() && !words.isEmpty()) {
            problem(Values.quoted(rest.strip()) + " is no option", "write it as --nodes=2");
        }
        options.forEach(this::take);
    }

    private void take(SbatchOptions.Option option) {
        switch (option.name()) {
            case "job-name",
                    "output",
                    "error",
                    "chdir",
                    "array",
                    "time",
                    "partition",
                    "account",
                    "qos",
                    "constraint" -> {
                if (option.value().filter(value -> !value.isBlank()).isEmpty()) {
                    problem("--" + option.name() + " has no value", "write --" + option.name() + "=VALUE");
                } else {
                    values.put(option.name(), option.value().orElseThrow());
                    lines.put(option.name(), line);
                }
            }
            case "cpus-per-task", "mem", "gpus", "gres" ->
                option.value().ifPresent(value -> values.put(option.name(), value));
            case "wrap" -> problem("--wrap and a script", "keep one of the two");
            case "test-only" -> problem("--test-only submits nothing", "use settle validate");
            default -> {
                if (!WITHOUT_EFFECT.contains(option.name())) {
                    extra.add(option.argument());
                }
            }
        }
    }

    private Plan plan() {
        String name = jobName();
        Optional<ArraySpec> array = Optional.ofNullable(values.get("array")).flatMap(spec -> {
            Optional<ArraySpec> parsed = ArraySpec.parse(spec);
            if (parsed.isEmpty()) {
                line = lines.getOrDefault("array", line);
                problem(Values.quoted(spec) + " is not an array", "write it as 0-15, 1,3,5 or 0-15%4");
            }
            return parsed;
        });
        String id = CommandLine.idOf(name.substring(0, Math.min(name.length(), ID_START_MAX)), "job");
        Resources resources = resources();
        List<PlanItem> items = new ArrayList<>();
        if (array.isEmpty()) {
            items.add(item(id, name, resources, Optional.empty(), 0));
        } else {
            for (int index : array.get().indices()) {
                items.add(item(id + "_" + index, name + "_" + index, resources, array, index));
            }
        }
        return new Plan(
                name,
                Optional.empty(),
                array.map(ArraySpec::throttle).orElse(OptionalInt.empty()),
                OptionalInt.empty(),
                false,
                Plan.Credits.DEFAULT,
                OptionalDouble.empty(),
                items,
                Optional.empty(),
                Optional.empty());
    }

    private PlanItem item(String id, String name, Resources resources, Optional<ArraySpec> array, int index) {
        Map<String, String> env = new LinkedHashMap<>();
        // sbatch would say where the background driver happens to run.
        env.put("SLURM_SUBMIT_DIR", around.directory().toString());
        env.put("SLURM_JOB_NAME", slurmName());
        array.ifPresent(spec -> {
            env.put("SLURM_ARRAY_TASK_ID", Integer.toString(index));
            env.put("SLURM_ARRAY_TASK_COUNT", Integer.toString(spec.indices().size()));
            env.put("SLURM_ARRAY_TASK_MIN", Integer.toString(spec.indices().first()));
            env.put("SLURM_ARRAY_TASK_MAX", Integer.toString(spec.indices().last()));
            env.put("SLURM_ARRAY_TASK_STEP", Integer.toString(spec.step()));
        });
        OptionalInt task = array.isPresent() ? OptionalInt.of(index) : OptionalInt.empty();
        SbatchFileName output = fileName("output", task);
        SbatchFileName error = fileName("error", task);
        // Without --error both streams go where --output says.
        boolean joined = output.inJob().isPresent() && error.equals(SbatchFileName.NONE);
        String setup =
                (array.isPresent() ? ARRAY_JOB : "") + (joined ? "exec 2>&1\n" : "") + output.link(1) + error.link(2);
        return new PlanItem(
                new ItemId(id),
                name,
                text,
                List.of(),
                Optional.ofNullable(values.get("chdir")),
                env,
                setup.isEmpty() ? Optional.empty() : Optional.of(setup),
                resources,
                Optional.empty(),
                Retries.NONE,
                Optional.empty(),
                output.path(),
                error.path().or(output::path),
                Expect.ZERO,
                Optional.empty(),
                List.of(),
                Optional.of(new SbatchJob(
                        slurmName(), baseName().isEmpty() ? Optional.empty() : Optional.of(baseName()), task)));
    }

    /** A single task, and a local one, is no array for Slurm; scripts name their files after the array's id. */
    private static final String ARRAY_JOB =
            ": \"${SLURM_ARRAY_JOB_ID:=${SLURM_JOB_ID:-$SETTLE_RUN_ID}}\"; export SLURM_ARRAY_JOB_ID\n";

    /** As sbatch names the job: after its script, where the script does not say. */
    private String slurmName() {
        return values.getOrDefault("job-name", baseName().isEmpty() ? "sbatch" : baseName());
    }

    private String baseName() {
        return file.equals("-") ? "" : file.substring(file.lastIndexOf('/') + 1);
    }

    private String jobName() {
        return values.getOrDefault("job-name", RunFiles.nameOf(file));
    }

    private SbatchFileName fileName(String option, OptionalInt task) {
        return Optional.ofNullable(values.get(option))
                .map(pattern -> SbatchFileName.of(pattern, slurmName(), task))
                .orElse(SbatchFileName.NONE);
    }

    private Resources resources() {
        OptionalInt cpus = number("cpus-per-task");
        OptionalInt gpus = number("gpus");
        OptionalLong memory = OptionalLong.empty();
        String mem = values.get("mem");
        if (mem != null) {
            memory = Sizes.parse(mem);
            passOn("mem", mem, memory.isPresent());
        }
        Optional<Duration> time = Optional.ofNullable(values.get("time"))
                .flatMap(Durations::parseTimeLimit)
                .filter(duration -> !duration.isZero());
        String timeText = values.get("time");
        if (timeText != null) {
            passOn("time", timeText, time.isPresent());
        }
        return new Resources(
                cpus,
                memory,
                gpus,
                Optional.ofNullable(values.get("gres")),
                time,
                Optional.ofNullable(values.get("partition")),
                Optional.ofNullable(values.get("account")),
                Optional.ofNullable(values.get("qos")),
                Optional.ofNullable(values.get("constraint")),
                extra);
    }

    /** A count of ours; what is more than a number, such as {@code v100:2}, goes to sbatch as it is. */
    private OptionalInt number(String option) {
        String value = values.get(option);
        if (value == null) {
            return OptionalInt.empty();
        }
        boolean plain = value.matches("[1-9]\\d{0,6}");
        passOn(option, value, plain);
        return plain ? OptionalInt.of(Integer.parseInt(value)) : OptionalInt.empty();
    }

    private void passOn(String option, String value, boolean understood) {
        if (!understood) {
            extra.add("--" + option + "=" + value);
        }
    }

    private void problem(String message, String hint) {
        problems.add(line, 1, DocumentPath.ROOT, message, hint);
    }

    /** The words of an option line, as sbatch splits it: quotes, backslashes, and a comment at the end. */
    static List<String> words(String rest) {
        List<String> words = new ArrayList<>();
        StringBuilder word = new StringBuilder();
        boolean inWord = false;
        char quote = 0;
        for (int i = 0; i < rest.length(); i++) {
            char character = rest.charAt(i);
            if (quote != 0) {
                if (character == quote) {
                    quote = 0;
                } else {
                    word.append(character);
                }
            } else if (character == '#' && !inWord) {
                break;
            } else if (character <= ' ') {
                if (inWord) {
                    words.add(word.toString());
                    word.setLength(0);
                }
                inWord = false;
            } else {
                inWord = true;
                if (character == '"' || character == '\'') {
                    quote = character;
                } else if (character == '\\' && i + 1 < rest.length()) {
                    word.append(rest.charAt(++i));
                } else {
                    word.append(character);
                }
            }
        }
        if (inWord) {
            words.add(word.toString());
        }
        return words;
    }
}
