package dev.settle.core.scheduler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

final class JobIdTest {
    private static final Pattern LEGAL = Pattern.compile("(0|[1-9][0-9]*)([_+](0|[1-9][0-9]*))?");
    private static final String SIGNS = "07_+x";

    @Test
    void idsAreNumbersWithAtMostOneTaskOrComponent() {
        List<String> texts = new ArrayList<>(List.of(""));
        for (int from = 0; texts.get(from).length() < 5; from++) {
            for (char character : SIGNS.toCharArray()) {
                texts.add(texts.get(from) + character);
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

    @Test
    void idsAreWrittenAsTheyWereRead() {
        for (String text : List.of("0", "4711", "4711_0", "4711_30", "4711+2", "999999999999999999_999999999")) {
            assertThat(new JobId(text).value()).isEqualTo(text);
        }
    }

    @Test
    void idsOfMoreDigitsThanAnySchedulerGivesAreNone() {
        assertThat(JobId.isLegal("1000000000000000000")).isFalse();
        assertThat(JobId.isLegal("1_1000000000")).isFalse();
    }

    @Test
    void sameNumberOnAnotherClusterIsAnotherJob() {
        JobId here = new JobId("42_1");
        JobId there = here.on("Lab2");
        assertThat(Set.of(here, there, here.on("lab3"))).hasSize(3);
        assertThat(there).isEqualTo(here.on("lab2")).hasSameHashCodeAs(here.on("lab2"));
        assertThat(there.cluster()).contains("lab2");
        assertThat(there.value()).isEqualTo("42_1");
        assertThat(there).hasToString("42_1;lab2");
        assertThat(there.whole()).isEqualTo(new JobId("42").on("lab2"));
        assertThat(there.onDefault()).isEqualTo(here);
        assertThat(here.onDefault().cluster()).isEmpty();
    }

    @Test
    void idsWithAClusterReadAsTheyWereWritten() {
        for (String text : List.of("4711", "4711_3", "4711;lab2", "4711_3;lab2.example", "4711+1;a-b_c")) {
            assertThat(JobId.of(text)).hasToString(text);
        }
    }

    @Test
    void whatIsNoClustersNameIsRefused() {
        for (String name : List.of("", "a b", "-M", "../x", "a,b", ".", "a;b", "x\ny", "a/b")) {
            assertThat(JobId.isClusterName(name)).as(name).isFalse();
            assertThatThrownBy(() -> new JobId("1").on(name)).isInstanceOf(IllegalArgumentException.class);
        }
        assertThatThrownBy(() -> JobId.of("4711;")).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void tasksComponentsAndWholeJobsOfOneNumberDiffer() {
        List<JobId> ids =
                List.of(new JobId("42"), new JobId("42_0"), new JobId("42+0"), new JobId("42_1"), new JobId("43"));
        assertThat(Set.copyOf(ids)).hasSize(5);
        assertThat(ids.stream().map(JobId::hashCode).distinct()).hasSizeGreaterThan(3);
        assertThat(new JobId("42_1")).isEqualTo(ids.get(3)).hasSameHashCodeAs(ids.get(3));
        assertThat(ids.stream().map(JobId::isTask)).containsExactly(false, true, false, true, false);
    }
}
