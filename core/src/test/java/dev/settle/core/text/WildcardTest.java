package dev.settle.core.text;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class WildcardTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = ' ',
            value = {
                "train* train[lr=0.1,seed=1] true",
                "train* train true",
                "train* trai false",
                "*seed=1] train[lr=0.1,seed=1] true",
                "train[lr=*,seed=1] train[lr=0.1,seed=1] true",
                "train[lr=*,seed=1] train[lr=0.1,seed=2] false",
                "train[lr=0.?] train[lr=0.1] true",
                "step.? step.1 true",
                "step.? step.10 false",
                "data.[ab] data.a true",
                "data.[ab] data.c false",
                "data.[!ab] data.c true",
                "data.[^ab] data.a false",
                "data.[a-c]x data.bx true",
                "data.[a-c]x data.dx false",
                "data.[c-] data.- true",
                "a[ a[ true",
                "a[] a[] true",
                "** anything true",
                "*a*b*c xxaxxbxxc true",
                "*a*b*c xxaxxcxxb false",
                "a.b axb false",
            })
    void patternsMatchAsInAShell(String pattern, String text, boolean matches) {
        assertThat(new Wildcard(pattern).matches(text)).isEqualTo(matches);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ' ',
            value = {
                "a* true",
                "a? true",
                "a[bc] true",
                "a[x=1] false",
                "a[ false",
                "a] false",
                "a[] false",
                "plain false"
            })
    void onlySignsOfPatternsMakeAPattern(String text, boolean pattern) {
        assertThat(Wildcard.isOne(text)).isEqualTo(pattern);
    }

    /** All patterns of up to five characters against all texts of up to four, compared with the regular expression they mean. */
    @Test
    void everyShortPatternMatchesWhatItsRegularExpressionMatches() {
        List<String> texts = words("ab", 4);
        for (String pattern : words("ab*?", 5)) {
            Pattern regex = Pattern.compile(pattern.replace("*", ".*").replace("?", "."));
            Wildcard wildcard = new Wildcard(pattern);
            for (String text : texts) {
                assertThat(wildcard.matches(text))
                        .as("%s against %s", pattern, text)
                        .isEqualTo(regex.matcher(text).matches());
            }
        }
    }

    @Test
    void manyStarsAreNotExponential() {
        assertThat(new Wildcard("*a".repeat(40) + "b").matches("a".repeat(200))).isFalse();
    }

    private static List<String> words(String characters, int lengthMax) {
        List<String> words = new ArrayList<>(List.of(""));
        for (int from = 0, length = 0; length < lengthMax; length++) {
            int to = words.size();
            for (int i = from; i < to; i++) {
                for (char character : characters.toCharArray()) {
                    words.add(words.get(i) + character);
                }
            }
            from = to;
        }
        return words;
    }
}
