package dev.settle.core.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import dev.settle.testdata.TestData;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** The page about stories, {@code core/docs/stories.md}, is right. */
final class StoriesPageTest {
    private static final Path CHECKOUT = TestData.path("..").normalize();
    private static final Pattern WORD = Pattern.compile("(?:case|(?<=\"),) \"([a-z_]{2,})\"(?=,| ->)");

    @Test
    void exampleIsAStoryThatTheKernelPlaysAsShown() throws IOException {
        String form = page().substring(page().indexOf("## Form\n"), page().indexOf("A block is one or more lines"));
        String story = form.lines()
                .skip(2)
                .map(line -> line.startsWith("    ") ? line.substring(4) : line)
                .collect(Collectors.joining("\n", "", "\n"));
        assertThat(StoryTest.retold(story).strip()).isEqualTo(story.strip());
    }

    /** The words are read off the classes that understand them. */
    @Test
    void everyWordOfStoriesIsOnThePage() throws IOException {
        Set<String> words = new TreeSet<>();
        for (String name : new String[] {"Story", "StoryPlan", "Rows"}) {
            Path source = CHECKOUT.resolve("core/src/test/java/dev/settle/core/kernel/" + name + ".java");
            Matcher word = WORD.matcher(Files.readString(source));
            while (word.find()) {
                words.add(word.group(1));
            }
        }
        // Units of times, which the page shows in numbers.
        words.remove("ms");
        assertThat(words).hasSizeGreaterThanOrEqualTo(50);
        Set<String> missing = new TreeSet<>();
        for (String word : words) {
            if (!Pattern.compile("`[^`\n]*\\b" + word + "\\b[^`\n]*`")
                    .matcher(page())
                    .find()) {
                missing.add(word);
            }
        }
        assertThat(missing).isEmpty();
    }

    private static String page() throws IOException {
        return Files.readString(CHECKOUT.resolve("core/docs/stories.md"));
    }
}
