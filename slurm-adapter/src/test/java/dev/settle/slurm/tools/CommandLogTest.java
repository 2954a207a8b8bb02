package dev.settle.slurm.tools;

import static org.assertj.core.api.Assertions.assertThat;

import dev.settle.testdata.ManualClock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class CommandLogTest {
    @TempDir
    Path folder;

    private final ManualClock clock = new ManualClock(Instant.parse("2026-11-21T12:00:00Z"));

    @Test
    void nobodyWhoAsksAsOftenAsTheyMaySendsMoreThanTheBudgetInAnyFiveMinutes() {
        CommandLog log = new CommandLog(folder, clock);
        int most = 0;
        Instant end = clock.instant().plus(Duration.ofMinutes(20));
        while (clock.instant().isBefore(end)) {
            Duration pause = log.room(10).pause();
            assertThat(pause).isLessThanOrEqualTo(CommandLog.PAUSE_MAX);
            clock.advance(pause.plusMillis(100));
            log.note("squeue");
            most = Math.max(most, log.recent().get("squeue"));
        }
        // One in 15 s is asked whatever was sent before: running jobs must not be lost from query.
        assertThat(most).isBetween(45, 51);
    }

    @Test
    void firstThirtyQuestionsGoAtOnceAndTheNextHaveToWait() {
        CommandLog log = new CommandLog(folder, clock);
        for (int i = 0; i < 30; i++) {
            assertThat(log.room(10).pause()).isZero();
            log.note("sacct");
        }
        assertThat(log.room(10).pause()).isPositive();
        clock.advance(CommandLog.WINDOW.plusMillis(1));
        assertThat(log.room(10).pause()).isZero();
        assertThat(log.recent()).isEmpty();
    }

    @Test
    void whatAnotherProcessSentCounts() {
        new CommandLog(folder, clock).note("sbatch");
        assertThat(new CommandLog(folder, clock).recent()).containsEntry("sbatch", 1);
    }

    @Test
    void damagedLogHindersNobody() throws Exception {
        Files.writeString(folder.resolve("commands"), "nonsense\n\n99999999999999999999 x\n");
        CommandLog log = new CommandLog(folder, clock);
        assertThat(log.room(10).pause()).isZero();
        log.note("squeue");
        assertThat(log.recent()).containsOnlyKeys("squeue");
    }
}
