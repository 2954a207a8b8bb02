package dev.settle.core.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.ZoneId;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class TimesTest {
    private static final Instant LAST = Instant.parse("9999-12-31T23:59:59.999999999Z");

    @Test
    void writesAndReadsAsTheJdkDoes() {
        Random random = new Random(1);
        long from = Instant.parse("0001-01-01T00:00:00Z").getEpochSecond();
        for (int i = 0; i < 200_000; i++) {
            long second = from + (long) (random.nextDouble() * (LAST.getEpochSecond() - from));
            int[] nanos = {
                0, random.nextInt(1000) * 1_000_000, random.nextInt(1_000_000) * 1000, random.nextInt(1_000_000_000)
            };
            Instant at = Instant.ofEpochSecond(second, nanos[i % 4]);
            assertThat(Times.format(at)).isEqualTo(at.toString());
            assertThat(Times.parse(at.toString())).isEqualTo(at);
        }
    }

    @Test
    void edgesAreThoseOfTheJdk() {
        for (Instant at : List.of(
                Instant.EPOCH,
                LAST,
                LAST.plusNanos(1),
                Instant.parse("-0001-01-01T00:00:00Z"),
                Instant.MIN,
                Instant.MAX,
                Instant.parse("2024-02-29T00:00:00Z"))) {
            assertThat(Times.format(at)).isEqualTo(at.toString());
            assertThat(Times.parse(at.toString())).isEqualTo(at);
        }
        for (String text : List.of(
                "2026-11-20T23:59:00.1Z",
                "2026-11-20T23:59:00.12345678Z",
                "2026-11-20T24:00:00Z",
                "2026-11-20T23:59:60Z",
                "2026-11-20T23:59:00+01:00",
                "2026-11-20T23:59Z")) {
            Object expected = answer(() -> Instant.parse(text));
            assertThat(answer(() -> Times.parse(text))).as(text).isEqualTo(expected);
        }
    }

    private static Object answer(java.util.function.Supplier<Instant> question) {
        try {
            return question.get();
        } catch (DateTimeException e) {
            return "refused";
        }
    }

    @Test
    void nonsenseIsRefused() {
        for (String text : List.of(
                "",
                "Z",
                "yesterday",
                "2026-13-01T00:00:00Z",
                "2026-02-30T00:00:00Z",
                "2026-11-20T23:59:0aZ",
                "2026-11-20T23:59:00.1234567890Z",
                "2026-11-20 23:59:00Z",
                "2026-11-20T25:00:00Z")) {
            assertThatThrownBy(() -> Times.parse(text)).as(text).isInstanceOf(DateTimeException.class);
        }
    }

    @Test
    void timesAreUtcWithAtMostMilliseconds() {
        assertThat(Times.rfc3339(Instant.parse("2026-11-20T23:59:00Z"))).isEqualTo("2026-11-20T23:59:00Z");
        assertThat(Times.rfc3339(Instant.parse("2026-11-20T23:59:00.007999Z"))).isEqualTo("2026-11-20T23:59:00.007Z");
        assertThat(Times.rfc3339(Instant.parse("0099-01-02T03:04:05.12Z"))).isEqualTo("0099-01-02T03:04:05.120Z");
    }

    @Test
    void timesAgreeWithTheJdk() {
        Random random = new Random(1);
        for (int i = 0; i < 10_000; i++) {
            Instant at = Instant.ofEpochMilli(random.nextLong(0, 253_402_300_799_999L));
            assertThat(Instant.parse(Times.rfc3339(at))).isEqualTo(at);
        }
    }

    @Test
    void timesForPeopleAreInTheirZone() {
        Instant at = Instant.parse("2026-11-20T23:59:07Z");
        ZoneId berlin = ZoneId.of("Europe/Berlin");
        assertThat(Times.clock(at, berlin)).isEqualTo("00:59:07");
        assertThat(Times.minute(at, berlin)).isEqualTo("2026-11-21 00:59");
        assertThat(Times.second(at, berlin)).isEqualTo("2026-11-21 00:59:07");
    }
}
