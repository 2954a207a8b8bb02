package dev.settle.app.cli.grammar;

import java.util.Map;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.OptionSpec;

/** A value that somebody may really want to give to an option, for hints. */
public final class LikelyValue {
    private static final Map<String, String> BY_NAME = Map.ofEntries(
            Map.entry("--account", "chem"),
            Map.entry("--amount", "20"),
            Map.entry("--attempt", "1"),
            Map.entry("--chdir", "~/project"),
            Map.entry("--after", "120"),
            Map.entry("--clusters", "gpu-cluster"),
            Map.entry("--cpu-hours", "200"),
            Map.entry("--cpus", "4"),
            Map.entry("--error", "train.err"),
            Map.entry("--env", "OMP_NUM_THREADS=4"),
            Map.entry("--give-up-after", "1h"),
            Map.entry("--gpus", "1"),
            Map.entry("--html", "report.html"),
            Map.entry("--interval", "30s"),
            Map.entry("--job", "4711"),
            Map.entry("--fetch", "'results/*'"),
            Map.entry("--junit", "report.xml"),
            Map.entry("--keep", "10"),
            Map.entry("--limit", "20"),
            Map.entry("--lost-after", "5m"),
            Map.entry("--max-concurrent", "100"),
            Map.entry("--max-failures", "5"),
            Map.entry("--memory", "4G"),
            Map.entry("--name", "nightly"),
            Map.entry("--notify", "'mail -s settle ada'"),
            Map.entry("--older-than", "30d"),
            Map.entry("--output", "train.log"),
            Map.entry("--partition", "gpu"),
            Map.entry("--port", "8080"),
            Map.entry("--qos", "normal"),
            Map.entry("--queue", "https://queue.example.org"),
            Map.entry("--require-credits", "10"),
            Map.entry("--save-logs", "logs"),
            Map.entry("--set", "lr=0.2"),
            Map.entry("--settle-timeout", "10m"),
            Map.entry("--since", "7d"),
            Map.entry("--sync", "."),
            Map.entry("--tail", "20"),
            Map.entry("--threshold", "5"),
            Map.entry("--time", "1h30m"),
            Map.entry("--timeout", "10m"),
            Map.entry("--token-env", "SETTLE_QUEUE_TOKEN"));

    private LikelyValue() {}

    /** The option with its value, as it is typed: {@code --port 8080}. */
    public static String written(OptionSpec option) {
        return option.longestName() + " " + of(option);
    }

    private static String of(OptionSpec option) {
        String known = BY_NAME.get(option.longestName());
        return known == null ? byLabel(option) : known;
    }

    private static String byLabel(ArgSpec arg) {
        ValueForm form = ValueForm.of(arg.paramLabel());
        return switch (form.kind()) {
            case WORDS -> form.words().get(Math.min(1, form.words().size() - 1));
            case FILE -> "nightly.yaml";
            case DIRECTORY -> "logs";
            case RUN -> "nightly";
            case ITEM -> "train";
            case ANY -> arg.paramLabel().equals("N") ? "10" : arg.paramLabel();
        };
    }
}
