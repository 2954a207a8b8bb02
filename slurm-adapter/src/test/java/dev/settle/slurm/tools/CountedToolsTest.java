package dev.settle.slurm.tools;

import static org.assertj.core.api.Assertions.assertThat;

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
    @TempDir
    Path folder;

    @Test
    void everyCommandIsSentAtOnceAndCounts() {
        ManualClock clock = new ManualClock(Instant.parse("2026-11-21T12:00:00Z"));
        CommandLog log = new CommandLog(folder, clock);
        List<String> ran = new ArrayList<>();
        List<String> tallied = new ArrayList<>();
        CountedTools tools = new CountedTools(
                (argv, limit) -> {
                    ran.add(argv.get(0));
                    return new Result(Kind.EXITED, 0, "", "");
                },
                log,
                tallied::add);
        for (int i = 0; i < 100; i++) {
            assertThat(tools.run(List.of("sbatch"), Duration.ofSeconds(20)).isGood())
                    .isTrue();
        }
        assertThat(ran).hasSize(100).isEqualTo(tallied);
        assertThat(log.recent()).containsEntry("sbatch", 100);
        assertThat(log.room(10)).isEqualTo(new CommandLog.Room(100, CommandLog.PAUSE_MAX));
    }
}
