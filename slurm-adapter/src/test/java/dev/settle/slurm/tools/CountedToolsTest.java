package dev.settle.slurm.tools;

import static org.assertj.core.api.Assertions.assertThat;

import dev.settle.core.scheduler.Pause;
import dev.settle.slurm.tools.ToolRunner.Kind;
import dev.settle.slurm.tools.ToolRunner.Result;
import dev.settle.testdata.ManualClock;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class CountedToolsTest {
    private static final int PER_MINUTE = 10;

    @TempDir
    Path folder;

    private final ManualClock clock = new ManualClock(Instant.parse("2026-11-21T12:00:00Z"));
    private final List<String> ran = new ArrayList<>();
    private final List<String> tallied = new ArrayList<>();

    private CountedTools tools(Pause pause) {
        ToolRunner slurm = (argv, limit) -> {
            ran.add(argv.get(0));
            return new Result(Kind.EXITED, 0, "", "");
        };
        return new CountedTools(slurm, new CommandLog(folder, clock), PER_MINUTE, pause, tallied::add);
    }

    private static void ask(CountedTools tools, String tool, int times) {
        for (int i = 0; i < times; i++) {
            assertThat(tools.run(List.of(tool), Duration.ofSeconds(20)).isGood())
                    .isTrue();
        }
    }

    @Test
    void questionsAreSpreadOverTheWindowOnceTheFirstAreSpent() {
        Instant start = clock.instant();
        ask(tools(clock::advance), "squeue", PER_MINUTE * 5);
        assertThat(ran).hasSize(PER_MINUTE * 5);
        assertThat(Duration.between(start, clock.instant())).isBetween(Duration.ofMinutes(3), CommandLog.WINDOW);
    }

    @Test
    void whatTheUserAskedForGoesAtOnceAndCounts() {
        CountedTools tools = tools(pause -> {
            throw new AssertionError("waits for " + pause);
        });
        ask(tools, "sbatch", 100);
        ask(tools, "scancel", 1);
        assertThat(tallied).hasSize(101);
        assertThat(new CommandLog(folder, clock).pause(PER_MINUTE)).isPositive();
    }

    @Test
    void questionWhoseWaitIsBrokenOffIsNotSent() {
        ask(tools(clock::advance), "sbatch", 100);
        ran.clear();
        Result result = tools(pause -> {
                    throw new InterruptedException();
                })
                .run(List.of("squeue"), Duration.ofSeconds(20));
        assertThat(Thread.interrupted()).isTrue();
        assertThat(result.kind()).isEqualTo(Kind.NOT_STARTED);
        assertThat(ran).isEmpty();
    }
}
