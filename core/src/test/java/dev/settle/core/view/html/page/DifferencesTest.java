package dev.settle.core.view.html.page;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class DifferencesTest {
    @ParameterizedTest
    @CsvSource({
        "1000, 1049, 0s",
        "1049, 1000, 0s",
        "1690, 1710, 0s",
        "0, 51, +0.1s",
        "51, 0, -0.1s",
        "3390, 2110, -1.3s",
        "2110, 3390, +1.3s",
        "149, 151, +0.1s",
        "0, 9949, +9.9s",
        "0, 9950, +10s",
        "0, 59500, +1m 00s",
        "125400, 0, -2m 05s",
        "3599400, 0, -59m 59s",
        "7201000, 7199000, -2s",
        "0, 3599500, +1h 00m",
        "0, 86369999, +23h 59m",
        "0, 86370000, +1d 00h",
        "176400000, 0, -2d 01h"
    })
    void timesDifferByWhatIsShownOfThemAndOnlyWhatIsLeftHasASign(long before, long after, String words) {
        assertThat(Differences.of(Duration.ofMillis(before), Duration.ofMillis(after)))
                .isEqualTo(words);
    }

    @ParameterizedTest
    @CsvSource({"3390, 3.4s", "2110, 2.1s", "1690, 1.7s", "1710, 1.7s", "0, 0s", "59500, 1m 00s", "9951, 10s"})
    void timesAreRounded(long millis, String words) {
        assertThat(Differences.rounded(Duration.ofMillis(millis))).isEqualTo(words);
    }

    @ParameterizedTest
    @CsvSource({
        "0.825, 0.921, +0.096 (+11.6%)",
        "0.065, 0.02, -0.045 (-69.2%)",
        "-2, -1, +1 (+50.0%)",
        "0, 3, +3",
        "0.3, 0.30000000000000004, 0",
        "5, 5, 0",
        "-0.0, 0, 0",
        "1000000, 1000001, +1 (under 0.1%)"
    })
    void numbersHaveTheirChangeInPercent(double before, double after, String words) {
        assertThat(Differences.of(before, after)).isEqualTo(words);
    }

    @ParameterizedTest
    @CsvSource({"2, 2, 0", "2, 5, +3", "5, 2, -3"})
    void countsHaveASign(int before, int after, String words) {
        assertThat(Differences.of(before, after)).isEqualTo(words);
    }
}
