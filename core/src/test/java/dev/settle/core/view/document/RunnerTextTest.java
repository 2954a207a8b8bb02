package dev.settle.core.view.document;

import static org.assertj.core.api.Assertions.assertThat;

import dev.settle.core.json.Json;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class RunnerTextTest {
    /** What a runner would take for its own, wherever in a line. */
    private static final Pattern ACTIVE = Pattern.compile("##\\[|::[a-z-]+( [^:]*)?::|section_(start|end):");

    @ParameterizedTest
    @ValueSource(
            strings = {
                "::error::x",
                " \t::warning file=a,line=1::x",
                "in the middle ::set-output name=x::y",
                "see ##[error]x",
                "::group::a ::endgroup:: ##[section]b",
                "section_start:1:name\r",
                "\u001B[0Ksection_end:1:name",
                "##[##[group]"
            })
    void noFormOfATextHasAMark(String text) throws Exception {
        assertThat(RunnerText.line(text)).doesNotContainPattern(ACTIVE);
        assertThat(RunnerText.line(text).replace(" ", "")).isEqualTo(text.replace(" ", ""));
        String json = Json.write(Map.of("text", text));
        String defused = RunnerText.defused(json, RunnerText.Form.JSON);
        assertThat(defused).doesNotContainPattern(ACTIVE);
        assertThat(Json.parseObject(defused).text("text"))
                .as("the same document")
                .isEqualTo(text);
        String markup = RunnerText.defused(text, RunnerText.Form.MARKUP);
        assertThat(markup).doesNotContainPattern(ACTIVE);
        assertThat(markup.replace("&#35;", "#")
                        .replace("&#58;", ":")
                        .replace("&#95;", "_")
                        .replace("&#91;", "["))
                .isEqualTo(text);
    }

    @Test
    void namesOfProgramsStayAsTheyAre() {
        for (String text : List.of("std::vector<int>", "core::fmt::Debug", "a::error_code", "# [x]", "#[test]", "")) {
            assertThat(RunnerText.line(text)).isEqualTo(text);
        }
    }
}
