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

    private static String line(String text) {
        return RunnerText.GITLAB.line(RunnerText.GITHUB.line(text));
    }

    private static String both(String text, RunnerText.Form form) {
        return RunnerText.GITLAB.defused(RunnerText.GITHUB.defused(text, form), form);
    }

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
        assertThat(line(text)).doesNotContainPattern(ACTIVE);
        assertThat(line(text).replace(" ", "")).isEqualTo(text.replace(" ", ""));
        String json = Json.write(Map.of("text", text));
        String defused = both(json, RunnerText.Form.JSON);
        assertThat(defused).doesNotContainPattern(ACTIVE);
        assertThat(Json.parseObject(defused).text("text"))
                .as("the same document")
                .isEqualTo(text);
        String markup = both(text, RunnerText.Form.MARKUP);
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
            assertThat(line(text)).isEqualTo(text);
        }
    }
}
