package dev.settle.core.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.settle.core.model.ItemId;
import dev.settle.core.model.ItemReason;
import org.junit.jupiter.api.Test;

/** What is told of a stop when something became known after it. */
final class StopTextTest {
    private static TestRun interruptedForWantOfConfirmation() {
        TestRun run =
                TestRun.of("train", "report").submit("train").start("train").leave("train");
        run.settle("train", run.unconfirmed());
        return run.notStarted(ItemReason.UNCONFIRMED, "depends on train", "report")
                .end(StopReason.UNCONFIRMED);
    }

    private static StopText text(TestRun run) {
        return StopText.of(run.state(), run.state().ended().orElseThrow());
    }

    @Test
    void unconfirmedVerdictCanBeAskedForAgain() {
        assertThat(text(interruptedForWantOfConfirmation()).hint())
                .hasValueSatisfying(hint -> assertThat(hint).endsWith("ask again: settle watch k3v9q2m7"));
    }

    @Test
    void afterAConfirmationThatCameLateOnlyAResumeIsLeftToDo() {
        TestRun run = interruptedForWantOfConfirmation();
        run.event(new ItemEvent.Corrected(new ItemId("train"), run.completed()));
        assertThat(text(run).unconfirmed()).isEmpty();
        assertThat(text(run).hint()).hasValue("Run the items that waited: settle resume k3v9q2m7");
        assertThat(text(run).detail())
                .hasValueSatisfying(detail -> assertThat(detail).contains("only after the run had ended"));
    }
}
