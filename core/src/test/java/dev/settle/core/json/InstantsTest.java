package dev.settle.core.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.DateTimeException;
import java.time.Instant;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class InstantsTest {
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
            assertThat(Instants.format(at)).isEqualTo(at.toString());
            assertThat(Instants.parse(at.toString())).isEqualTo(at);
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
            assertThat(Instants.format(at)).isEqualTo(at.toString());
            assertThat(Instants.parse(at.toString())).isEqualTo(at);
        }
        for (String text : List.of(
                "2026-11-20T23:59:00.1Z",
                "2026-11-20T23:59:00.12345678Z",
                "2026-11-20T24:00:00Z",
                "2026-11-20T23:59:60Z",
                "2026-11-20T23:59:00+01:00",
                "2026-11-20T23:59Z")) {
            Object expected = answer(() -> Instant.parse(text));
            assertThat(answer(() -> Instants.parse(text))).as(text).isEqualTo(expected);
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
            assertThatThrownBy(() -> Instants.parse(text)).as(text).isInstanceOf(DateTimeException.class);
        }
    }
}
