package dev.settle.core.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import dev.settle.testdata.TestData;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Every story under testdata/traces; {@code -Dsettle.golden.update=true} rewrites what they expect. */
final class StoryTest {
    private static final int STORIES_MIN = 170;

    @TestFactory
    Stream<DynamicTest> stories() throws IOException {
        List<Path> files = files();
        assertThat(files).hasSizeGreaterThanOrEqualTo(STORIES_MIN);
        return files.stream()
                .map(file -> DynamicTest.dynamicTest(file.getFileName().toString(), () -> check(file)));
    }

    static List<Path> files() throws IOException {
        try (Stream<Path> all = Files.walk(TestData.path("traces"))) {
            return all.filter(path -> path.toString().endsWith(".txt")).sorted().toList();
        }
    }

    private static void check(Path file) throws IOException {
        String expected = Files.readString(file);
        String actual = retold(expected);
        if (Boolean.getBoolean("settle.golden.update") && !"true".equals(System.getenv("CI"))) {
            Files.writeString(file, actual);
        } else {
            assertThat(actual).as(file.getFileName().toString()).isEqualTo(expected);
        }
    }

    /** The story with what the kernel says now: blocks of inputs, {@code ----}, and the output up to an empty line. */
    static String retold(String text) {
        StringBuilder retold = new StringBuilder();
        Story story = new Story();
        List<String> inputs = new ArrayList<>();
        boolean skipping = false;
        for (String line : text.split("\n", -1)) {
            if (skipping) {
                skipping = !line.isEmpty();
            } else if (line.equals("----")) {
                retold.append("----\n").append(story.tell(inputs)).append('\n');
                inputs.clear();
                skipping = true;
            } else {
                boolean told = line.isEmpty() || line.startsWith("#");
                if (!told) {
                    inputs.add(line);
                }
                if (!line.isEmpty() || !inputs.isEmpty()) {
                    retold.append(line).append('\n');
                }
            }
        }
        if (!inputs.isEmpty()) {
            throw new IllegalArgumentException("inputs without ---- at the story's end: " + inputs);
        }
        return retold.toString();
    }
}
