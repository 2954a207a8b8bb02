package dev.settle.app.foreign;

import static org.assertj.core.api.Assertions.assertThat;

import dev.settle.core.scheduler.JobId;
import dev.settle.core.scheduler.JobObservation;
import dev.settle.core.scheduler.JobState;
import dev.settle.core.scheduler.QueryAnswer;
import dev.settle.core.scheduler.Source;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

final class ForeignSearchTest {
    private static final Instant AT = Instant.parse("2026-11-21T12:00:00Z");
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final JobState RUNNING = JobState.alive("RUNNING", JobState.Phase.RUNNING);
    private static final QueryAnswer SILENT_QUEUE = new QueryAnswer.NoAnswer(Source.SQUEUE, AT, "hung");
    private static final QueryAnswer SILENT_BOOKS = new QueryAnswer.NoAnswer(Source.SACCT, AT, "refused");
    private static final QueryAnswer NO_BOOKS = new QueryAnswer.NotKept(Source.SACCT, AT, "disabled");

    private static Set<JobId> jobs(String... ids) {
        return Stream.of(ids).map(JobId::new).collect(Collectors.toSet());
    }

    private static ForeignSearch search(String... ids) {
        return new ForeignSearch(jobs(ids), PATIENCE);
    }

    private static QueryAnswer says(Source source, String... ids) {
        List<JobObservation> rows = Stream.of(ids)
                .map(id -> JobObservation.of(source, AT, new JobId(id), RUNNING).build())
                .toList();
        return new QueryAnswer.Answered(source, AT, jobs(ids), rows);
    }

    private static QueryAnswer queue(String... ids) {
        return says(Source.SQUEUE, ids);
    }

    private static QueryAnswer books(String... ids) {
        return says(Source.SACCT, ids);
    }

    private static ForeignSearch.Step round(ForeignSearch search, QueryAnswer queue, QueryAnswer books, int second) {
        return search.heard(
                queue,
                search.needsAccounting(queue) ? Optional.of(books) : Optional.empty(),
                Duration.ofSeconds(second));
    }

    private static List<String> found(ForeignSearch.Step step) {
        assertThat(step.kind()).as(step.toString()).isEqualTo(ForeignSearch.Step.Kind.FOUND);
        return ((ForeignSearch.Found) step).jobs().stream().map(JobId::value).toList();
    }

    private static void isAgain(ForeignSearch.Step step) {
        assertThat(step.kind()).as(step.toString()).isEqualTo(ForeignSearch.Step.Kind.AGAIN);
    }

    @Test
    void tasksThatTheQueueKnowsNeedNoQuestionToAccounting() {
        ForeignSearch search = search("4_1", "4_2");
        assertThat(search.needsAccounting(queue("4_1", "4_2"))).isFalse();
        assertThat(search.needsAccounting(queue("4_1"))).isTrue();
        assertThat(found(round(search, queue("4_1", "4_2"), SILENT_BOOKS, 0))).containsExactly("4_1", "4_2");
    }

    @Test
    void jobThatOnlyTheQueueKnowsIsFoundAlthoughAccountingIsSilent() {
        assertThat(found(round(search("4"), queue("4"), SILENT_BOOKS, 0))).containsExactly("4");
    }

    @Test
    void jobThatOnlyAccountingKnowsIsFoundAlthoughTheQueueIsSilent() {
        assertThat(found(round(search("4"), SILENT_QUEUE, books("4"), 0))).containsExactly("4");
    }

    @Test
    void arrayIsItsTasksOfBothSourcesInTheirOrder() {
        assertThat(found(round(search("4"), queue("4_10", "4_9"), books("4", "4_1"), 0)))
                .containsExactly("4_1", "4_9", "4_10");
    }

    @Test
    void arrayThatTheQueueDoesNotListIsLookedForTwice() {
        ForeignSearch search = search("4");
        isAgain(round(search, queue(), books("4_3"), 0));
        assertThat(found(round(search, queue("4_0", "4_1"), books("4_3"), 1))).containsExactly("4_0", "4_1", "4_3");
    }

    @Test
    void arrayThatTheQueueHasForgottenIsWhatAccountingSaysTwice() {
        ForeignSearch search = search("4");
        isAgain(round(search, queue(), books("4_2"), 0));
        isAgain(round(search, queue(), books("4_2", "4_3"), 1));
        assertThat(found(round(search, queue(), books("4_2", "4_3"), 2))).containsExactly("4_2", "4_3");
    }

    @Test
    void arrayWaitsForAccountingOnlyAsLongAsPatienceLasts() {
        ForeignSearch search = search("4");
        isAgain(round(search, queue("4_0"), SILENT_BOOKS, 0));
        isAgain(round(search, queue("4_0"), SILENT_BOOKS, 29));
        ForeignSearch.Step step = round(search, queue("4_0"), SILENT_BOOKS, 30);
        assertThat(found(step)).containsExactly("4_0");
        assertThat(((ForeignSearch.Found) step).lacking())
                .hasValueSatisfying(text -> assertThat(text).contains("accounting does not answer"));
    }

    @Test
    void clusterWithoutAccountingHasAnswered() {
        assertThat(found(round(search("4"), queue("4_0", "4_1"), NO_BOOKS, 0))).containsExactly("4_0", "4_1");
    }

    @Test
    void idThatNobodyKnowsIsUnknownAfterPatienceAndNotBefore() {
        ForeignSearch search = search("4", "5");
        isAgain(round(search, queue("4"), books("4"), 0));
        isAgain(round(search, queue("4"), books("4"), 29));
        assertThat(round(search, queue("4"), books("4"), 30))
                .isEqualTo(new ForeignSearch.Unknown(List.of(new JobId("5"))));
    }

    @Test
    void timeInWhichSomebodyWasSilentDoesNotMakeAnIdUnknown() {
        ForeignSearch search = search("5");
        isAgain(round(search, queue(), books(), 0));
        isAgain(round(search, queue(), SILENT_BOOKS, 10));
        isAgain(round(search, queue(), books(), 1000));
        isAgain(round(search, queue(), books(), 1019));
        assertThat(round(search, queue(), books(), 1020).kind()).isEqualTo(ForeignSearch.Step.Kind.UNKNOWN);
    }

    @Test
    void jobThatAppearsLateIsFound() {
        ForeignSearch search = search("5");
        isAgain(round(search, queue(), books(), 0));
        assertThat(found(round(search, queue(), books("5"), 29))).containsExactly("5");
    }

    @Test
    void silenceIsCountedFromItsFirstQuestionAndOverWithAnAnswer() {
        ForeignSearch search = search("5");
        assertThat(round(search, SILENT_QUEUE, SILENT_BOOKS, 3))
                .isEqualTo(new ForeignSearch.Again(PATIENCE, Optional.of(Duration.ZERO)));
        assertThat(round(search, SILENT_QUEUE, books(), 8))
                .isEqualTo(new ForeignSearch.Again(PATIENCE, Optional.of(Duration.ofSeconds(5))));
        assertThat(round(search, queue(), books(), 9)).isEqualTo(new ForeignSearch.Again(PATIENCE, Optional.empty()));
        assertThat(round(search, queue(), books(), 16))
                .isEqualTo(new ForeignSearch.Again(Duration.ofSeconds(23), Optional.empty()));
    }

    @Test
    void componentsStandForTheirJob() {
        assertThat(found(round(search("7"), queue("7+0", "7+1"), books("7"), 0)))
                .containsExactly("7+0", "7+1");
    }
}
