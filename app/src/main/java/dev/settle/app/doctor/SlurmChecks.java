package dev.settle.app.doctor;

import dev.settle.app.engine.backend.Backends;
import dev.settle.app.engine.backend.SlurmAccess;
import dev.settle.app.process.App;
import dev.settle.app.process.Failure;
import dev.settle.app.runs.Invocation;
import dev.settle.app.runs.Runs;
import dev.settle.core.journal.RunFolder;
import dev.settle.core.model.Plan.BackendName;
import dev.settle.core.run.ConfirmedBy;
import dev.settle.core.run.Item;
import dev.settle.core.run.Outcome;
import dev.settle.core.text.Durations;
import dev.settle.slurm.SlurmScheduler;
import dev.settle.slurm.tools.CommandLog;
import dev.settle.slurm.tools.ProcessToolRunner;
import dev.settle.slurm.tools.ToolRunner;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Whether the Slurm tools are there, the controller and accounting answer, and clocks agree. */
public final class SlurmChecks {
    private static final List<String> TOOLS = List.of("sbatch", "squeue", "scancel", "sacct", "scontrol");
    private static final Duration LIMIT = Duration.ofSeconds(15);
    private static final Duration CLOCKS_APART = Duration.ofSeconds(5);
    private static final String OFF = "accounting storage is disabled";
    /** The first line of {@code scontrol show config}: the controller's time, in UTC as the runner asks for it. */
    private static final Pattern AS_OF = Pattern.compile("Configuration data as of (\\S+)");

    private static final Duration LAG_LONG = Duration.ofSeconds(60);
    private static final int RUNS_LOOKED_AT = 5;

    private final Invocation invocation;
    private final App app;
    private final Runs runs;
    private final ToolRunner runner;

    public SlurmChecks(Invocation invocation) {
        this.invocation = invocation;
        this.app = invocation.app();
        this.runs = invocation.runs();
        this.runner = new ProcessToolRunner(app.environment().variables());
    }

    public List<Finding> all() {
        List<String> missing = TOOLS.stream().filter(tool -> !isThere(tool)).toList();
        if (missing.size() == TOOLS.size()) {
            return List.of(Finding.ok("slurm_tools", "no Slurm tools on PATH: runs go to this machine"));
        }
        List<Finding> checks = new ArrayList<>();
        if (!missing.isEmpty()) {
            checks.add(Finding.trouble(
                    "slurm_tools",
                    "not on PATH: " + String.join(" ", missing),
                    "load the site's module for Slurm, or write --backend local"));
        }
        List<ToolRunner.Result> said = TOOLS.stream()
                .filter(tool -> !missing.contains(tool))
                .map(tool -> runner.run(List.of(tool, "--version"), LIMIT))
                .toList();
        Optional<ToolRunner.Result> notSetUp = said.stream()
                .filter(result -> SlurmScheduler.isNotSetUp(result.stderr()))
                .findFirst();
        if (notSetUp.isPresent()) {
            checks.add(notSetUp(notSetUp.get()));
            return checks;
        }
        checks.add(versions(said));
        if (!missing.contains("scontrol")) {
            checks.addAll(controller());
        }
        if (!missing.contains("sacct")) {
            checks.add(accounting());
            if (runs.doubt().isEmpty()) {
                lag().ifPresent(checks::add);
            }
        }
        if (runs.doubt().isEmpty()) {
            checks.add(commands());
        }
        return checks;
    }

    /** What settle itself costs the controller. */
    private Finding commands() {
        Map<String, Integer> sent = SlurmAccess.recent(app, invocation.runs().home());
        int total = sent.values().stream().mapToInt(Integer::intValue).sum();
        long minutes = CommandLog.WINDOW.toMinutes();
        long budget = minutes * SlurmAccess.commandsPerMinute(invocation.configuration());
        StringBuilder text = new StringBuilder("settle sent " + total + " Slurm commands from here in the last "
                + minutes + " minutes; its questions keep to " + budget);
        String separator = ": ";
        for (Map.Entry<String, Integer> tool : new TreeMap<>(sent).entrySet()) {
            text.append(separator).append(tool.getValue()).append(' ').append(tool.getKey());
            separator = ", ";
        }
        return Finding.ok("slurm_commands", text.toString());
    }

    private boolean isThere(String tool) {
        for (String folder : app.environment().searchPath().split(":", -1)) {
            if (!folder.isEmpty() && Files.isExecutable(Path.of(folder).resolve(tool))) {
                return true;
            }
        }
        return false;
    }

    /** Tools without a cluster: no trouble where runs go to this machine then. */
    private Finding notSetUp(ToolRunner.Result said) {
        BackendName runsGoTo =
                new Backends(Optional.empty(), invocation.configuration(), app.environment()).choose(Optional.empty());
        String text = "Slurm is not set up here: " + said.lastWords("the tools");
        String fix = "set SLURM_CONF, or load the site's module for Slurm";
        return runsGoTo == BackendName.SLURM
                ? Finding.trouble("slurm_tools", text, fix + ", or write --backend local")
                : Finding.warning("slurm_tools", text + "; runs go to this machine", fix);
    }

    private static Finding versions(List<ToolRunner.Result> said) {
        Set<String> versions = new LinkedHashSet<>();
        for (ToolRunner.Result each : said) {
            versions.add(each.isGood() ? each.stdout().strip() : each.lastWords("a tool"));
        }
        String text = String.join(", ", versions);
        return versions.size() == 1
                ? Finding.ok("slurm_version", text)
                : Finding.warning(
                        "slurm_version", "the tools disagree: " + text, "look which of them stand first on PATH");
    }

    private List<Finding> controller() {
        Instant asked = app.wiring().clock().instant();
        ToolRunner.Result config = runner.run(List.of("scontrol", "show", "config"), LIMIT);
        Instant answered = app.wiring().clock().instant();
        if (!config.isGood()) {
            return List.of(Finding.trouble(
                    "slurm_controller",
                    "the controller does not answer: " + config.lastWords("scontrol"),
                    "try scontrol ping; ask the site when it will be back"));
        }
        List<Finding> checks = new ArrayList<>();
        long took = Duration.between(asked, answered).toMillis();
        checks.add(Finding.ok("slurm_controller", "the controller answered in " + took + " ms"));
        Matcher asOf = AS_OF.matcher(config.stdout());
        if (asOf.find()) {
            try {
                Instant there = LocalDateTime.parse(asOf.group(1)).toInstant(ZoneOffset.UTC);
                Duration apart = Duration.between(there, answered).abs();
                checks.add(
                        apart.minus(Duration.ofMillis(took)).compareTo(CLOCKS_APART) > 0
                                ? Finding.warning(
                                        "clocks",
                                        "this machine and the controller are " + apart.toSeconds() + " s apart",
                                        "ask the site to set the clocks by NTP")
                                : Finding.ok("clocks", "this machine and the controller agree on the time"));
            } catch (DateTimeException e) {
                checks.add(Finding.ok("clocks", "the controller does not tell its time in a form that is known"));
            }
        }
        stored(config.stdout()).ifPresent(checks::add);
        return checks;
    }

    /** What accounting keeps; absent where there is none, which has a finding of its own. */
    private static Optional<Finding> stored(String config) {
        String type = setting(config, "AccountingStorageType");
        if (type.isEmpty() || type.endsWith("none")) {
            return Optional.empty();
        }
        String flags = setting(config, "AccountingStoreFlags");
        boolean nothingMore = flags.isEmpty() || flags.equals("(null)");
        return Optional.of(Finding.ok(
                "slurm_accounting_stores",
                type + " keeps names, states and usage" + (nothingMore ? "" : ", and " + flags)));
    }

    private static String setting(String config, String name) {
        return config.lines()
                .filter(line -> line.startsWith(name + " "))
                .map(line -> line.substring(line.indexOf('=') + 1).strip())
                .findFirst()
                .orElse("");
    }

    /** How late accounting was with the verdicts of the newest run on Slurm. */
    private Optional<Finding> lag() {
        List<RunFolder> folders;
        try {
            folders = runs.list();
        } catch (Failure unreadable) {
            // The state directory's own finding says so.
            return Optional.empty();
        }
        for (RunFolder folder : folders.stream().limit(RUNS_LOOKED_AT).toList()) {
            List<Duration> lags = lags(folder);
            if (!lags.isEmpty()) {
                Duration median = lags.get(lags.size() / 2);
                String text = "of run " + folder.id() + " half the verdicts were confirmed within "
                        + Durations.format(Duration.ofSeconds(Math.max(1, median.toSeconds()))) + " of a job's end";
                return Optional.of(
                        median.compareTo(LAG_LONG) > 0
                                ? Finding.warning(
                                        "slurm_accounting_lag", text, "ask the site why slurmdbd is late; or wait")
                                : Finding.ok("slurm_accounting_lag", text));
            }
        }
        return Optional.empty();
    }

    private List<Duration> lags(RunFolder folder) {
        try {
            List<Duration> lags = new ArrayList<>();
            for (Item item : runs.open(folder).state().items()) {
                Optional<Outcome> outcome = item.attempt().outcome();
                if (outcome.filter(o -> o.confirmedBy() == ConfirmedBy.ACCOUNTING)
                                .isPresent()
                        && outcome.get().finishedAt().isPresent()
                        && item.settledAt().isPresent()) {
                    lags.add(Duration.between(
                            outcome.get().finishedAt().get(), item.settledAt().get()));
                }
            }
            lags.sort(Comparator.naturalOrder());
            return lags;
        } catch (Failure unreadable) {
            // The leftovers say so.
            return List.of();
        }
    }

    private Finding accounting() {
        Instant asked = app.wiring().clock().instant();
        ToolRunner.Result rows = runner.run(List.of("sacct", "-n", "-P", "-X", "-S", "now", "-o", "JobID"), LIMIT);
        if (rows.isGood()) {
            long took = Duration.between(asked, app.wiring().clock().instant()).toMillis();
            return Finding.ok("slurm_accounting", "accounting answered in " + took + " ms");
        }
        if (rows.stderr().contains(OFF)) {
            return Finding.warning(
                    "slurm_accounting",
                    "this cluster keeps no accounting: controller and exit records confirm verdicts",
                    "ask the site for slurmdbd; without it usage and some reasons stay unknown");
        }
        return Finding.trouble(
                "slurm_accounting",
                "accounting does not answer: " + rows.lastWords("sacct"),
                "try sacct; verdicts stay unconfirmed while it is silent");
    }
}
