package dev.settle.core.view;

import static org.assertj.core.api.Assertions.assertThat;

import dev.settle.core.run.Signals;
import dev.settle.core.scheduler.Usage;
import java.time.Duration;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class TextTest {
    @Test
    void durationsShowTheirTwoLargestUnits() {
        assertThat(IntStream.of(0, 59, 60, 3_599, 3_600, 86_399, 86_400, 180_000)
                        .mapToObj(s -> Amounts.duration(Duration.ofSeconds(s))))
                .containsExactly("0s", "59s", "1m 00s", "59m 59s", "1h 00m", "23h 59m", "1d 00h", "2d 02h");
        assertThat(Amounts.duration(Duration.ofSeconds(-5))).isEqualTo("0s");
        assertThat(IntStream.of(7, 340, 999, 9_960, 10_900)
                        .mapToObj(millis -> Amounts.duration(Duration.ofMillis(millis))))
                .containsExactly("0.0s", "0.3s", "0.9s", "9.9s", "10s");
    }

    @Test
    void sizesAreRoundedAcrossUnits() {
        assertThat(Amounts.bytes(0)).isEqualTo("0 B");
        assertThat(Amounts.bytes(1_023)).isEqualTo("1023 B");
        assertThat(Amounts.bytes(1_536)).isEqualTo("1.5 KiB");
        assertThat(Amounts.bytes((1L << 20) - 1)).isEqualTo("1.0 MiB");
        assertThat(Amounts.bytes(Long.MAX_VALUE)).isEqualTo("8.0 EiB");
    }

    @Test
    void numbersAreShortAndRight() {
        assertThat(Amounts.number(3)).isEqualTo("3");
        assertThat(Amounts.number(0.8125)).isEqualTo("0.8125");
        assertThat(Amounts.number(1.0 / 3)).isEqualTo("0.333333");
        assertThat(Amounts.number(-12_345.678)).isEqualTo("-12345.7");
        assertThat(Amounts.number(0.00012345)).isEqualTo("0.00012345");
        assertThat(Amounts.number(1e300)).isEqualTo("1.0E300");
        assertThat(Amounts.number(Double.NaN)).isEqualTo("NaN");
    }

    @Test
    void efficiencyIsCpuTimeByElapsedTimeAndCpus() {
        assertThat(Amounts.efficiencyPercent(usage(60, 30, OptionalInt.of(2)))).hasValue(25.0);
        assertThat(Amounts.efficiencyPercent(usage(60, 30, OptionalInt.empty())))
                .hasValue(50.0);
        assertThat(Amounts.efficiencyPercent(usage(0, 30, OptionalInt.of(1)))).isEmpty();
        assertThat(Amounts.efficiencyPercent(Usage.NONE)).isEmpty();
    }

    @Test
    void controlCharactersBecomeHarmless() {
        assertThat(Text.clean("plain text, ümlaut 日本 🚀")).isEqualTo("plain text, ümlaut 日本 🚀");
        assertThat(Text.clean("a\r\nb\tc")).isEqualTo("a b c");
        assertThat(Text.clean("\u001B[2J\u009Bx\u0000\u007F\u202E\uD800"))
                .isEqualTo("\\u001b[2J\\u009bx\\u0000\\u007f\\u202e\\ud800");
    }

    @Test
    void widthCountsColumnsNotCharacters() {
        assertThat(Text.width("abc")).isEqualTo(3);
        assertThat(Text.width("日本")).isEqualTo(4);
        assertThat(Text.width("e\u0301")).isEqualTo(1);
        assertThat(Text.width("🚀")).isEqualTo(2);
    }

    @Test
    void fittedTextFitsAndShowsThatSomethingIsMissing() {
        assertThat(Text.fit("abcdef", 6)).isEqualTo("abcdef");
        assertThat(Text.fit("abcdefg", 6)).isEqualTo("abc...");
        assertThat(Text.fit("日本日本", 6)).isEqualTo("日...");
        assertThat(Text.fit("abc", 2)).isEqualTo("..");
        assertThat(Text.fit("abc", 0)).isEmpty();
    }

    @Test
    void wrappedTextLosesNoWordAndNoLineIsTooLong() {
        String text = "the quick brown fox jumps over averyveryverylongword and 日本語 sleeps";
        for (int columns = 1; columns < 80; columns++) {
            int limit = Math.max(2, columns);
            assertThat(Text.wrap(text, columns)).allMatch(line -> Text.width(line) <= limit);
            assertThat(String.join("", Text.wrap(text, columns)).replace(" ", ""))
                    .isEqualTo(text.replace(" ", ""));
        }
    }

    @Test
    void wordsThatAShellWouldExpandAreQuoted() {
        assertThat(Text.shellWord("case-1.b")).isEqualTo("case-1.b");
        assertThat(Text.shellWord("train[lr=0.1,seed=1]")).isEqualTo("'train[lr=0.1,seed=1]'");
        assertThat(Text.shellWord("it's")).isEqualTo("'it'\\''s'");
    }

    @Test
    void lineIsCutAcrossSpans() {
        Line line = Line.of("one ").and(Style.BAD, "two ").and("three");
        assertThat(line.fit(13).plain()).isEqualTo("one two three");
        assertThat(line.fit(12).plain()).isEqualTo("one two t...");
        assertThat(line.fit(8).plain()).isEqualTo("one t...");
        for (int columns = 0; columns < 14; columns++) {
            assertThat(line.fit(columns).width()).isLessThanOrEqualTo(columns);
        }
    }

    @Test
    void signalsHaveTheirNamesOnLinux() {
        assertThat(Signals.told(9)).isEqualTo("signal 9 (SIGKILL)");
        assertThat(Signals.told(15)).isEqualTo("signal 15 (SIGTERM)");
        assertThat(Signals.told(31)).isEqualTo("signal 31 (SIGSYS)");
        assertThat(Signals.told(36)).isEqualTo("signal 36 (SIGRTMIN+2)");
        assertThat(Signals.told(53)).isEqualTo("signal 53 (SIGRTMIN+19)");
        assertThat(Signals.told(125)).isEqualTo("signal 125");
        assertThat(Signals.told(0)).isEqualTo("signal 0");
    }

    private static Usage usage(long elapsed, double cpu, OptionalInt cpus) {
        return new Usage(OptionalLong.of(elapsed), OptionalDouble.of(cpu), OptionalLong.empty(), cpus);
    }
}
