package dev.settle.core.text;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class DurationsTest {
    @ParameterizedTest
    @CsvSource({
        "90s, 90",
        "10m, 600",
        "1h30m, 5400",
        "2d, 172800",
        "1d2h3m4s, 93784",
        "0s, 0",
        "007m, 420",
        // Slurm's own; the first ones are those of conformance.md, S7.
        "00:30, 30",
        "05:00, 300",
        "01:00:00, 3600",
        "1-00:00:00, 86400",
        "1-02:03:04, 93784",
        "1-02:03, 93780",
        "1-02, 93600",
        "0-00:10, 600",
        "90:00, 5400",
        "100:00:00, 360000",
    })
    void durationsAreRead(String text, long seconds) {
        assertThat(Durations.parse(text)).contains(Duration.ofSeconds(seconds));
        assertThat(Durations.parseTimeLimit(text)).contains(Duration.ofSeconds(seconds));
    }

    @Test
    void bareNumberIsMinutesInATimeLimitAndNothingElsewhere() {
        assertThat(Durations.parseTimeLimit("30")).contains(Duration.ofMinutes(30));
        assertThat(Durations.parse("30")).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "-",
                ":",
                "s",
                "h1",
                "30m1h",
                "1h1h",
                "1m1m",
                "1.5h",
                "-5m",
                "+5m",
                "5 m",
                "5M",
                "1H",
                "1w",
                "10ms",
                "5min",
                "N/A",
                "Unknown",
                "None",
                "INVALID",
                "UNLIMITED",
                "Partition_Limit",
                "00:00.123",
                "00:01:02.5",
                "1:2:3:4",
                "1-",
                "-1:00",
                "1-1-1",
                "1-2:3:4:5",
                "1:60",
                "1:60:00",
                "1:00:60",
                "1-24",
                "1-01:60",
                "1-:00",
                "1:",
                ":30",
                "1h30",
                "1h30m5",
                "1000000000s",
                "99999999999999999999s",
                "40000d",
                "1-2h",
                "\u0661m"
            })
    void otherTextsAreNoDurations(String text) {
        assertThat(Durations.parse(text)).isEmpty();
        assertThat(Durations.parseTimeLimit(text)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "90 s, write 90s",
        "10 minutes, write 10m",
        "1 hour and 30 minutes, write 1h30m",
        "'1 h, 30 min', write 1h30m",
        "2 days, write 2d",
        "1w, write 7d",
        "2 weeks, write 14d",
        "1.5h, write 1h30m",
        "30m1h, write 1h30m",
        "5M, write 5m",
        "1H, write 1h",
        "30, write 30s for seconds or 30m for minutes",
        "soon, 'write a duration such as 90s, 10m, 1h30m or 2d'",
        "500ms, 'write a duration such as 90s, 10m, 1h30m or 2d'",
        "-5m, 'write a duration such as 90s, 10m, 1h30m or 2d'",
    })
    void hintSaysWhatWasProbablyMeant(String text, String hint) {
        assertThat(Durations.hint(text)).isEqualTo(hint);
    }

    @Test
    void everyDurationReadsBackAsItWasWritten() {
        // All up to a day and a half, then with growing steps up to the bound.
        long step = 1;
        for (long seconds = 0; seconds <= Durations.MAX.toSeconds(); seconds += step) {
            Duration duration = Duration.ofSeconds(seconds);
            assertThat(Durations.parse(Durations.format(duration))).isEqualTo(Optional.of(duration));
            step = seconds < 130_000 ? 1 : step + 7_919;
        }
    }

    @Test
    void longestDurationIsTheBound() {
        assertThat(Durations.parse("36500d")).contains(Durations.MAX);
        assertThat(Durations.parse("36500d1s")).isEmpty();
    }
}
