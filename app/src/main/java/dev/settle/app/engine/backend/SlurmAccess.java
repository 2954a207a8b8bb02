package dev.settle.app.engine.backend;

import dev.settle.app.config.Configuration;
import dev.settle.app.process.App;
import dev.settle.app.process.Processes;
import dev.settle.app.runs.Invocation;
import dev.settle.core.environment.JobOrigin;
import dev.settle.core.file.OwnFiles;
import dev.settle.core.journal.file.StateHome;
import dev.settle.slurm.SlurmClusters;
import dev.settle.slurm.SlurmScheduler;
import dev.settle.slurm.tools.CommandLog;
import dev.settle.slurm.tools.CountedTools;
import dev.settle.slurm.tools.ProcessToolRunner;
import dev.settle.slurm.tools.QueryBudget;
import dev.settle.slurm.tools.SharedAnswers;
import dev.settle.slurm.tools.Submissions;
import dev.settle.slurm.tools.ToolRunner;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.zip.CRC32;

/** Slurm's commands as this user sends them from this host: counted, within the budget, with answers that are shared. */
public final class SlurmAccess {
    /** Slurm commands a minute, as an average over five (reference: what sites ask for). */
    private static final int COMMANDS_PER_MINUTE = 10;

    private SlurmAccess() {}

    /** Commands a minute that this user's questions keep to. */
    public static int commandsPerMinute(Configuration configuration) {
        return commandsPerMinute(configuration, Optional.empty());
    }

    /** Without a number in the configuration, an interval that was asked for has room for a question to both sources. */
    private static int commandsPerMinute(Configuration configuration, Optional<Duration> interval) {
        int needed = interval.filter(pause -> pause.compareTo(Duration.ofSeconds(1)) >= 0)
                .map(pause -> (int) (2 * Duration.ofMinutes(1).toMillis() / pause.toMillis()))
                .orElse(COMMANDS_PER_MINUTE);
        return configuration.maxCommandsPerMinute().orElse(Math.max(COMMANDS_PER_MINUTE, needed));
    }

    /**
     * Slurm for one run; each cluster with its own budget and shared answers.
     *
     * @param ofJobs what submitted jobs begin with
     * @param directory where they are submitted
     * @param interval the pause that the user asked for
     * @param tally is told each tool that is called
     */
    public static SlurmClusters.Reach of(
            Invocation invocation,
            JobOrigin ofJobs,
            Path directory,
            Optional<Duration> interval,
            Consumer<String> tally) {
        App app = invocation.app();
        StateHome home = invocation.runs().home();
        ToolRunner tools = new ProcessToolRunner(
                app.environment().variables(), new Submissions(ofJobs, Processes.settings(), directory));
        return new SlurmClusters.Reach(
                access(invocation, tools, folder(app, home, ""), interval, tally),
                cluster -> access(invocation, tools, folder(app, home, "@" + cluster), interval, tally));
    }

    private static SlurmScheduler.Access access(
            Invocation invocation,
            ToolRunner tools,
            Optional<Path> folder,
            Optional<Duration> interval,
            Consumer<String> tally) {
        App app = invocation.app();
        if (folder.isEmpty()) {
            return new SlurmScheduler.Access(
                    tools, Optional.empty(), app.wiring().random());
        }
        CommandLog log = new CommandLog(folder.get(), app.wiring().clock());
        return new SlurmScheduler.Access(
                new CountedTools(tools, log, tally),
                Optional.of(new SharedAnswers(
                        folder.get(),
                        app.wiring().clock(),
                        app.wiring().pause(),
                        SlurmScheduler.IDS_MAX,
                        new QueryBudget(
                                log,
                                commandsPerMinute(invocation.configuration(), interval),
                                app.wiring().clock()))),
                app.wiring().random());
    }

    /** What this user's processes sent lately to the default cluster, by tool. */
    public static Map<String, Integer> recent(App app, StateHome home) {
        return folder(app, home, "")
                .map(folder -> new CommandLog(folder, app.wiring().clock()).recent())
                .orElse(Map.of());
    }

    /** One folder a host and cluster; empty where it cannot be made, and then everybody asks alone. */
    private static Optional<Path> folder(App app, StateHome home, String cluster) {
        CRC32 configuration = new CRC32();
        configuration.update(
                (app.environment().variables().getOrDefault("SLURM_CONF", "") + "\n").getBytes(StandardCharsets.UTF_8));
        Path folder = home.root()
                .resolve("questions")
                .resolve(app.wiring().host() + "-" + Long.toHexString(configuration.getValue()) + cluster);
        try {
            OwnFiles.makeFolder(folder);
            return Optional.of(folder);
        } catch (IOException e) {
            return Optional.empty();
        }
    }
}
