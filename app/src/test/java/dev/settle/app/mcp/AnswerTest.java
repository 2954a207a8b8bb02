package dev.settle.app.mcp;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class AnswerTest {
    @Test
    void aTextThatIsTooLongEndsAtALineAndSaysSo() {
        String text = Answer.of(Map.of(), List.of("a".repeat(1500), "b".repeat(400), "c".repeat(400)))
                .text();
        assertThat(text)
                .hasSizeLessThanOrEqualTo(Answer.TEXT_MAX)
                .contains("bbb")
                .doesNotContain("ccc");
        assertThat(text).endsWith("... (cut; the structured content has more)");
    }

    @Test
    void oneLongLineIsCutInTheMiddle() {
        assertThat(Answer.fit("d".repeat(5_000))).hasSize(Answer.TEXT_MAX).startsWith("ddd");
    }

    @Test
    void noControlCharacterIsLeftInAText() {
        assertThat(Answer.fit("a\u001b[31m\nb")).isEqualTo("a\\u001b[31m\nb");
    }

    @Test
    void noticesStandInTheTreeAndBeforeTheText() {
        Answer answer = Answer.of(Map.of("x", 1), List.of("text")).with(List.of("slow"));
        assertThat(answer.text()).isEqualTo("Note: slow\ntext");
        assertThat(answer.tree()).containsEntry("notices", List.of("slow")).containsEntry("x", 1);
    }
}
