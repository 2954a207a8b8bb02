package dev.settle.slurm.parse;

import static org.assertj.core.api.Assertions.assertThat;

import dev.settle.core.scheduler.JobId;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Job ids as people copy them from Slurm's own output. */
final class JobIdListTest {
    private static List<String> ids(String... words) {
        return JobIdList.parse(List.of(words)).orElseThrow().stream()
                .map(JobId::value)
                .toList();
    }

    @Test
    void jobsTasksComponentsAndWhatSbatchPrintsAreRead() {
        assertThat(ids("4711,4712_3", "4713+1 4714;lab")).containsExactly("4711", "4712_3", "4713+1", "4714");
    }

    @Test
    void clusterThatSbatchPrintsBehindAnIdIsKept() {
        assertThat(JobIdList.parse(List.of("4711;lab2,4711,7_[1-2];lab2")).orElseThrow().stream()
                        .map(JobId::toString))
                .containsExactly("4711;lab2", "4711", "7_1;lab2", "7_2;lab2");
        assertThat(JobIdList.parse(List.of("4711;../lab"))).isEmpty();
    }

    @Test
    void listOfTasksAsSqueueShowsItIsEveryTask() {
        assertThat(ids("42_[1-3,7%2],5")).containsExactly("42_1", "42_2", "42_3", "42_7", "5");
        assertThat(ids("42_[0-8:4]")).containsExactly("42_0", "42_4", "42_8");
    }

    @Test
    void sameJobTwiceIsOne() {
        assertThat(ids("7,7", "7_[1-2],7_2")).containsExactly("7", "7_1", "7_2");
    }

    /** squeue calls 0 and what lies above its 32 bits invalid, and refuses the whole question that holds one. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "abc",
                "-1",
                "0",
                "007",
                "4294967295",
                "4294967296",
                "99999999999999999999",
                "12_",
                "12+",
                "12_x",
                "12_4294967295",
                "12_[",
                "12_[]",
                "12_[3-1]",
                "12_[1-99999999]",
                "12_[0-3999999]",
                "12.batch",
                "5,x",
                "5_[1-2"
            })
    void whatSlurmTakesForNoIdIsRefused(String text) {
        assertThat(JobIdList.parse(List.of(text))).isEmpty();
    }

    @Test
    void nothingIsNoJob() {
        assertThat(Stream.of("", " ", ",").map(text -> JobIdList.parse(List.of(text))))
                .allSatisfy(jobs -> assertThat(jobs.orElseThrow()).isEmpty());
    }
}
