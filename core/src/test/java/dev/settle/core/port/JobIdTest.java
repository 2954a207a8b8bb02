package dev.settle.core.port;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

final class JobIdTest {
    private static final Pattern LEGAL = Pattern.compile("[0-9]+([_+][0-9]+)?");
    private static final String SIGNS = "07_+x";

    @Test
    void idsAreNumbersWithAtMostOneTaskOrComponent() {
        List<String> texts = new ArrayList<>(List.of(""));
        for (int from = 0; texts.get(from).length() < 5; from++) {
            for (char sign : SIGNS.toCharArray()) {
                texts.add(texts.get(from) + sign);
            }
        }
        assertThat(texts).hasSizeGreaterThan(3_000).allSatisfy(text -> assertThat(JobId.isLegal(text))
                .as(text)
                .isEqualTo(LEGAL.matcher(text).matches()));
    }

    @Test
    void baseIsWhatStandsBeforeTheTaskOrComponent() {
        assertThat(new JobId("4711_3").base()).isEqualTo("4711");
        assertThat(new JobId("4711+0").base()).isEqualTo("4711");
        assertThat(new JobId("4711").base()).isEqualTo("4711");
    }
}
