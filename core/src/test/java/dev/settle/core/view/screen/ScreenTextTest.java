package dev.settle.core.view.screen;

import static org.assertj.core.api.Assertions.assertThat;

import dev.settle.core.model.ItemId;
import dev.settle.core.model.Plan;
import dev.settle.core.model.PlanItem;
import dev.settle.core.model.Resources;
import dev.settle.core.run.ItemEvent;
import dev.settle.core.run.TestRun;
import dev.settle.core.scheduler.WaitReason;
import dev.settle.core.scheduler.WaitReason.Kind;
import dev.settle.core.view.Samples;
import dev.settle.core.view.Text;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

/** The pieces of text that the screen is made of. */
final class ScreenTextTest {
    @Test
    void idIsCutInTheMiddleAndKeepsTheValuesOfAMatrix() {
        assertThat(ShortId.fit("train[lr=0.1]", 13)).isEqualTo("train[lr=0.1]");
        assertThat(ShortId.fit("train-the-model[lr=0.1,seed=2]", 24)).isEqualTo("train-...[lr=0.1,seed=2]");
        assertThat(ShortId.fit("a-very-long-name-of-an-item-17", 15)).isEqualTo("a-ve...-item-17");
    }

    @Test
    void shortIdNeverTakesMoreRoomThanItHas() {
        for (String id : List.of("train-the-model[lr=0.1,seed=2]", "a[b]", "[x=1]", "plain-and-rather-long")) {
            for (int columns = 0; columns < 40; columns++) {
                assertThat(Text.width(ShortId.fit(id, columns))).isLessThanOrEqualTo(columns);
            }
        }
    }

    @Test
    void agesAreInTheUnitsOfASentence() {
        assertThat(Ages.words(Duration.ofSeconds(12))).isEqualTo("12 s");
        assertThat(Ages.words(Duration.ofSeconds(200))).isEqualTo("3 min");
        assertThat(Ages.words(Duration.ofMinutes(125))).isEqualTo("2 h 05 min");
        assertThat(Ages.words(Duration.ofHours(76))).isEqualTo("3 d 4 h");
        assertThat(Ages.words(Duration.ofSeconds(-5))).isEqualTo("0 s");
    }

    private static Optional<String> words(String raw, Kind kind) {
        return PendingReason.inWords(Optional.of(new WaitReason(raw, kind)));
    }

    @Test
    void pendingReasonIsInWordsBesideSlurmsOwn() {
        assertThat(words("Priority", Kind.PASSES)).contains("jobs of higher priority are ahead (Priority)");
        assertThat(words("ReqNodeNotAvail, UnavailableNodes:n1", Kind.PASSES))
                .contains("a node that it needs is not available (ReqNodeNotAvail, UnavailableNodes:n1)");
        assertThat(words("QOSMaxJobsPerUserLimit", Kind.PASSES))
                .contains("a limit of the QOS (QOSMaxJobsPerUserLimit)");
        assertThat(words("AssocGrpBillingMinutes", Kind.CREDITS)).contains("out of credits (AssocGrpBillingMinutes)");
        assertThat(words("MaxMemPerLimit", Kind.NEVER)).contains("can never start (MaxMemPerLimit)");
        assertThat(words("NewWordOfSlurm", Kind.UNKNOWN)).contains("NewWordOfSlurm");
        assertThat(words("None", Kind.PASSES)).isEmpty();
    }

    private static String wait(TestRun run, String id) {
        return WaitText.of(Samples.view(run), run.item(id), ZoneOffset.UTC);
    }

    @Test
    void itemSaysWhatItWaitsFor() {
        List<PlanItem> items = new ArrayList<>(TestRun.items("a", "b", "free"));
        items.add(PlanItem.command(new ItemId("c"), "./c.sh").withDeps(List.of(new ItemId("a"), new ItemId("b"))));
        TestRun run = TestRun.of(Plan.of("deps", items)).start("a");
        assertThat(wait(run, "c")).isEqualTo("after a (running) and 1 more");
        assertThat(wait(run.complete("a"), "c")).isEqualTo("after b (pending)");
        assertThat(wait(run.complete("b"), "c")).isEqualTo("waiting for a free slot");
        assertThat(wait(run.submit("free"), "free")).isEqualTo("submitted, not seen in the queue yet");
        assertThat(wait(run.queue("free", "None"), "free")).isEqualTo("queued");
    }

    @Test
    void retrySaysWhenAndWhy() {
        TestRun run = TestRun.of("flaky").start("flaky");
        run.event(new ItemEvent.Retried(
                new ItemId("flaky"), run.exited(2), 2, run.now().plusSeconds(60)));
        assertThat(wait(run, "flaky")).isEqualTo("retry at 23:01:05, attempt 2 (last: exit code 2)");
        assertThat(wait(run.wait(Duration.ofMinutes(2)), "flaky"))
                .isEqualTo("about to be retried, attempt 2 (last: exit code 2)");
    }

    private static TestRun many(int count) {
        String[] ids = new String[count];
        Arrays.setAll(ids, i -> "case-" + i);
        return TestRun.of(ids);
    }

    @Test
    void timeLeftIsByTheLatestEndings() {
        TestRun run = many(100);
        for (int i = 0; i < 4; i++) {
            run.complete("case-" + i).wait(Duration.ofSeconds(55));
        }
        assertThat(Progress.of(Samples.view(run))).isEmpty();
        for (int i = 4; i < 10; i++) {
            run.complete("case-" + i).wait(Duration.ofSeconds(55));
        }
        assertThat(Progress.of(Samples.view(run))).contains("54/h, about 1 h 39 min left");
    }

    @Test
    void nothingIsGuessedOfFewItemsOrOfDifferentOnes() {
        TestRun few = many(19);
        for (int i = 0; i < 10; i++) {
            few.complete("case-" + i);
        }
        assertThat(Progress.of(Samples.view(few))).isEmpty();
        List<PlanItem> items = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            Resources cpus = new Resources(
                    OptionalInt.of(i % 2 + 1),
                    Resources.NONE.memoryBytes(),
                    Resources.NONE.gpus(),
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty(),
                    List.of());
            items.add(PlanItem.command(new ItemId("case-" + i), "true").withResources(cpus));
        }
        TestRun different = TestRun.of(Plan.of("mixed", items));
        for (int i = 0; i < 10; i++) {
            different.complete("case-" + i);
        }
        assertThat(Progress.of(Samples.view(different))).isEmpty();
    }
}
