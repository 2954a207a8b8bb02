package dev.settle.app.command;

import dev.settle.app.config.Configuration;
import dev.settle.app.process.App;
import dev.settle.app.session.Runs;
import dev.settle.app.session.SlurmAccess;
import dev.settle.slurm.CommandLog;
import dev.settle.slurm.ProcessToolRunner;
import dev.settle.slurm.ToolRunner;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Whether the Slurm tools are there, the controller and accounting answer, and clocks agree. */
final class SlurmChecks {
    private static final List<String> TOOLS = List.of("sbatch", "squeue", "scancel", "sacct", "scontrol");
    private static final Duration LIMIT = Duration.ofSeconds(15);
    private static final Duration CLOCKS_APART = Duration.ofSeconds(5);
    private static final String OFF = "accounting storage is disabled";
    /** The first line of {@code scontrol show config}: the controller's time, in UTC as the runner asks for it. */
    private static final Pattern AS_OF = Pattern.compile("Configuration data as of (\\S+)");

    private final App app;
    private final ToolRunner runner;

    SlurmChecks(App app) {
        this.app = app;
        this.runner = new ProcessToolRunner(app.environment().variables());
    }

    List<Check> all() {
        List<String> missing = TOOLS.stream().filter(tool -> !isThere(tool)).toList();
        if (missing.size() == TOOLS.size()) {
            return List.of(Check.ok("slurm_tools", "no Slurm tools on PATH: runs go to this machine"));
        }
        List<Check> checks = new ArrayList<>();
        if (!missing.isEmpty()) {
            checks.add(Check.trouble(
                    "slurm_tools",
                    "not on PATH: " + String.join(" ", missing),
                    "load the site's module for Slurm, or write --backend local"));
        }
        checks.add(versions(missing));
        if (!missing.contains("scontrol")) {
            checks.addAll(controller());
        }
        if (!missing.contains("sacct")) {
            checks.add(accounting());
        }
        checks.add(commands());
        return checks;
    }

    /** What settle itself costs the controller. */
    private Check commands() {
        Map<String, Integer> sent = SlurmAccess.recent(app, new Runs(app).home());
        int total = sent.values().stream().mapToInt(Integer::intValue).sum();
        long minutes = CommandLog.WINDOW.toMinutes();
        long budget = minutes * SlurmAccess.commandsPerMinute(Configuration.read(app.environment()));
        StringBuilder text = new StringBuilder("settle sent " + total + " Slurm commands from here in the last "
                + minutes + " minutes; its questions keep to " + budget);
        String separator = ": ";
        for (Map.Entry<String, Integer> tool : new TreeMap<>(sent).entrySet()) {
            text.append(separator).append(tool.getValue()).append(' ').append(tool.getKey());
            separator = ", ";
        }
        return Check.ok("slurm_commands", text.toString());
    }

    private boolean isThere(String tool) {
        for (String folder : Plans.path(app).split(":", -1)) {
            if (!folder.isEmpty() && Files.isExecutable(Path.of(folder).resolve(tool))) {
                return true;
            }
        }
        return false;
    }

    private Check versions(List<String> missing) {
        Set<String> versions = new LinkedHashSet<>();
        for (String tool : TOOLS) {
            if (!missing.contains(tool)) {
                ToolRunner.Result said = runner.run(List.of(tool, "--version"), LIMIT);
                versions.add(said.isGood() ? said.stdout().strip() : said.lastWords(tool));
            }
        }
        String text = String.join(", ", versions);
        return versions.size() == 1
                ? Check.ok("slurm_version", text)
                : Check.warning(
                        "slurm_version", "the tools disagree: " + text, "look which of them stand first on PATH");
    }

    private List<Check> controller() {
        Instant asked = app.wiring().clock().instant();
        ToolRunner.Result config = runner.run(List.of("scontrol", "show", "config"), LIMIT);
        Instant answered = app.wiring().clock().instant();
        if (!config.isGood()) {
            return List.of(Check.trouble(
                    "slurm_controller",
                    "the controller does not answer: " + config.lastWords("scontrol"),
                    "try scontrol ping; ask the site when it will be back"));
        }
        List<Check> checks = new ArrayList<>();
        long took = Duration.between(asked, answered).toMillis();
        checks.add(Check.ok("slurm_controller", "the controller answered in " + took + " ms"));
        Matcher asOf = AS_OF.matcher(config.stdout());
        if (asOf.find()) {
            try {
                Instant there = LocalDateTime.parse(asOf.group(1)).toInstant(ZoneOffset.UTC);
                Duration apart = Duration.between(there, answered).abs();
                checks.add(
                        apart.minus(Duration.ofMillis(took)).compareTo(CLOCKS_APART) > 0
                                ? Check.warning(
                                        "clocks",
                                        "this machine and the controller are " + apart.toSeconds() + " s apart",
                                        "ask the site to set the clocks by NTP")
                                : Check.ok("clocks", "this machine and the controller agree on the time"));
            } catch (DateTimeException e) {
                checks.add(Check.ok("clocks", "the controller does not tell its time in a form that is known"));
            }
        }
        return checks;
    }

    private Check accounting() {
        Instant asked = app.wiring().clock().instant();
        ToolRunner.Result rows = runner.run(List.of("sacct", "-n", "-P", "-X", "-S", "now", "-o", "JobID"), LIMIT);
        if (rows.isGood()) {
            long took = Duration.between(asked, app.wiring().clock().instant()).toMillis();
            return Check.ok("slurm_accounting", "accounting answered in " + took + " ms");
        }
        if (rows.stderr().contains(OFF)) {
            return Check.warning(
                    "slurm_accounting",
                    "this cluster keeps no accounting: controller and exit records confirm verdicts",
                    "ask the site for slurmdbd; without it usage and some reasons stay unknown");
        }
        return Check.trouble(
                "slurm_accounting",
                "accounting does not answer: " + rows.lastWords("sacct"),
                "try sacct; verdicts stay unconfirmed while it is silent");
    }
}
