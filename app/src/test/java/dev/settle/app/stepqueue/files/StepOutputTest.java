package dev.settle.app.stepqueue.files;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalDouble;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class StepOutputTest {
    private static StepOutput read(String text) {
        try {
            return StepOutput.read(new StringReader(text), "score");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "score: 0.5 | 0.5",
                "score=0.5 | 0.5",
                "  score :  -3 | -3",
                "score = 1.5e-3 | 0.0015",
                "score: .5 | 0.5",
                "score: +7. | 7",
                "score: 0.1\\nnoise\\nscore: 0.2\\nmore | 0.2",
                "score: 0.1\\nscore: broken | 0.1",
                "score: 0.3\\r\\n | 0.3",
            })
    void lastLineOfTheMetricCounts(String text, double metric) {
        assertThat(read(text.replace("\\n", "\n").replace("\\r", "\r")).metric())
                .hasValue(metric);
    }

    @Test
    void coloursOfATerminalAreLookedThrough() {
        assertThat(read("\u001b[1;32mscore: 0.4\u001b[0m\n").metric()).hasValue(0.4);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "score",
                "score:",
                "score: high",
                "score: nan",
                "score: 1e999",
                "myscore: 1",
                "score2: 1",
                "the score: 1",
                "score: 1 of 3",
                "score: 0x10"
            })
    void whatIsNoLineOfTheMetricIsNoMetric(String text) {
        assertThat(read(text).metric()).isEqualTo(OptionalDouble.empty());
    }

    @Test
    void nameIsTakenAsItIs() throws IOException {
        assertThat(StepOutput.read(new StringReader("a.b(c): 2\naxb(c): 3\n"), "a.b(c)")
                        .metric())
                .hasValue(2);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 24_999, 25_000, 25_001, 50_000, 50_999, 51_000})
    void outputUpToTheBoundIsWhole(int length) {
        String text = random(length);
        assertThat(read(text).text()).isEqualTo(text);
        assertThat(read(text).chars()).isEqualTo(length);
    }

    @ParameterizedTest
    @ValueSource(ints = {51_001, 76_001, 99_999, 1_000_003})
    void longerOutputKeepsItsFirstAndLast25000Characters(int length) {
        String text = random(length);
        assertThat(read(text).text())
                .isEqualTo(text.substring(0, 25_000) + "\n ... [" + (length - 50_000) + " characters truncated] ... \n"
                        + text.substring(length - 25_000));
        assertThat(read(text).chars()).isEqualTo(length);
    }

    @Test
    void metricInTheMiddleOfALongOutputIsFound() {
        assertThat(read(random(60_000) + "\nscore: 9\n" + random(60_000)).metric())
                .hasValue(9);
    }

    @Test
    void bytesThatAreNotUtf8AreReplaced(@TempDir Path folder) throws IOException {
        Path file = folder.resolve("out");
        byte[] bytes = new byte[10 << 20];
        new Random(1).nextBytes(bytes);
        byte[] end = "\nscore: 0.25\n".getBytes(java.nio.charset.StandardCharsets.US_ASCII);
        System.arraycopy(end, 0, bytes, bytes.length - end.length, end.length);
        Files.write(file, bytes);
        StepOutput output = StepOutput.read(List.of(file), "score");
        assertThat(output.metric()).hasValue(0.25);
        assertThat(output.text()).contains("\uFFFD").endsWith("score: 0.25\n").hasSizeLessThan(51_000);
    }

    @Test
    void missingFileIsAnEmptyOutput(@TempDir Path folder) throws IOException {
        assertThat(StepOutput.read(List.of(folder.resolve("none")), "score"))
                .isEqualTo(new StepOutput("", 0, OptionalDouble.empty()));
    }

    private static String random(int length) {
        Random random = new Random(length);
        StringBuilder text = new StringBuilder(length);
        while (text.length() < length) {
            text.append((char) ('a' + random.nextInt(26)));
        }
        return text.toString();
    }
}
