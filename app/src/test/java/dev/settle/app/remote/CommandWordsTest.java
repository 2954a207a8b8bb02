package dev.settle.app.remote;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

final class CommandWordsTest {
    private static CommandWords of(String... words) {
        return CommandWords.of(
                List.of(words), Set.of("--fetch", "--html", "--env", "-n")::contains, word -> word.endsWith(".sh"));
    }

    @Test
    void whatIsNotOursStaysAsItWas() {
        List<String> words = List.of("--json", "--html=a b", "-n", "5", "run.yaml", "--env", "A=b", "-q", "-");
        assertThat(of(words.toArray(String[]::new)).list()).isEqualTo(words);
    }

    @Test
    void optionsOfTheClientAreTakenOut() {
        CommandWords words = of("--fetch", "*.txt", "--json", "run.yaml", "--fetch=b");
        assertThat(words.values("--fetch")).containsExactly("*.txt", "b");
        assertThat(words.without(List.of("--fetch")).list()).containsExactly("--json", "run.yaml");
    }

    @Test
    void valueIsNoRunFile() {
        assertThat(of("--html", "page.html", "run.yaml").first()).contains("run.yaml");
        assertThat(of("--html", "page.html", "run.yaml").withFirst("other").list())
                .containsExactly("--html", "page.html", "other");
    }

    @Test
    void commandAfterDashesIsItsOwn() {
        CommandWords words = of("--json", "--", "cat", "--fetch", "x");
        assertThat(words.first()).isEmpty();
        assertThat(words.has("--fetch")).isFalse();
        assertThat(words.without(List.of("--fetch")).list()).containsExactly("--json", "--", "cat", "--fetch", "x");
    }

    @Test
    void wordsBehindAScriptAreTheScripts() {
        CommandWords words = of("--json", "job.sh", "--html", "x");
        assertThat(words.first()).contains("job.sh");
        assertThat(words.has("--html")).isFalse();
        assertThat(words.words()).containsExactly("job.sh", "--html", "x");
        assertThat(words.withFirst("sent.sh").list()).containsExactly("--json", "sent.sh", "--html", "x");
    }
}
