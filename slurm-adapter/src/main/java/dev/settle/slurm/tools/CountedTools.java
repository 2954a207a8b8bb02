package dev.settle.slurm.tools;

import dev.settle.core.scheduler.Pause;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Counts every command, and has questions wait until they fit into the user's budget. Submissions and cancellations are
 * what the user asked for: they count, and go at once.
 */
public final class CountedTools implements ToolRunner {
    private static final Set<String> QUESTIONS = Set.of("squeue", "sacct", "scontrol", "sshare", "sacctmgr", "sinfo");

    private final ToolRunner tools;
    private final CommandLog log;
    private final int perMinute;
    private final Pause pause;
    private final Consumer<String> tally;

    /**
     * Tools that are counted.
     *
     * @param perMinute the budget, as an average over {@link CommandLog#WINDOW}
     * @param pause lets the time pass that the log goes by
     * @param tally is told each tool that is called; must not block
     */
    public CountedTools(ToolRunner tools, CommandLog log, int perMinute, Pause pause, Consumer<String> tally) {
        this.tools = tools;
        this.log = log;
        this.perMinute = perMinute;
        this.pause = pause;
        this.tally = tally;
    }

    /** Returns when the budget has room for a question, or the thread is interrupted. */
    public void awaitBudget() {
        try {
            pause.of(log.pause(perMinute));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public Result run(List<String> argv, Duration limit) {
        String tool = argv.get(0);
        if (QUESTIONS.contains(tool)) {
            awaitBudget();
            if (Thread.currentThread().isInterrupted()) {
                return new Result(Kind.NOT_STARTED, -1, "", "interrupted while it waited for the budget of commands");
            }
        }
        log.note(tool);
        tally.accept(tool);
        return tools.run(argv, limit);
    }
}
