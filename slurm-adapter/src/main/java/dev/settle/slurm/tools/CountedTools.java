package dev.settle.slurm.tools;

import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;

/** Counts every command. What waits for the budget does so before it gets here ({@link SharedAnswers}). */
public final class CountedTools implements ToolRunner {
    private final ToolRunner tools;
    private final CommandLog log;
    private final Consumer<String> tally;

    /**
     * Tools that are counted.
     *
     * @param tally is told each tool that is called; must not block
     */
    public CountedTools(ToolRunner tools, CommandLog log, Consumer<String> tally) {
        this.tools = tools;
        this.log = log;
        this.tally = tally;
    }

    @Override
    public Result run(List<String> argv, Duration limit) {
        String tool = argv.get(0);
        log.note(tool);
        tally.accept(tool);
        return tools.run(argv, limit);
    }
}
