package dev.settle.core.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.settle.core.model.ItemId;
import dev.settle.core.model.ItemReason;
import dev.settle.core.model.PlanItem;
import dev.settle.core.scheduler.JobId;
import dev.settle.core.scheduler.JobObservation;
import dev.settle.core.scheduler.JobState;
import dev.settle.core.scheduler.Source;
import dev.settle.core.scheduler.SubmitToken;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class RequeuedRunTest {
    private static final ItemId ID = new ItemId("train");
    private static final Instant RUN = Instant.parse("2026-11-21T00:02:32Z");

    private final Item item = new Item(PlanItem.command(ID, "true"), 0);

    private void seenRunning() {
        item.apply(new ItemEvent.Intended(ID, 1, new SubmitToken("stabcdefghijkl")), RUN);
        item.apply(new ItemEvent.Submitted(ID, new JobId("101")), RUN);
        JobState running = new JobState("RUNNING", JobState.Phase.RUNNING, ItemReason.OK);
        JobObservation seen = JobObservation.of(Source.SQUEUE, RUN, new JobId("101"), running)
                .submittedAt(Optional.of(RUN))
                .build();
        item.apply(new ItemEvent.Observed(ID, seen), RUN);
    }

    @Test
    void whatWasSeenBeforeTheRequeueWasNoticedMayBeOfTheNewRunThoughNothingAfterItWasWritten() {
        seenRunning();
        item.apply(new ItemEvent.Requeued(ID, 2, Optional.empty(), Optional.of(RUN)), RUN.plusSeconds(60));

        assertThat(item.attempt().runSubmittedAt()).contains(RUN);
        assertThat(item.attempt().earlierRunAt()).isEmpty();
    }

    @Test
    void whatWasSeenBeforeARequeueIsOfTheRunBefore() {
        seenRunning();
        item.apply(new ItemEvent.Requeued(ID, 2, Optional.empty(), Optional.empty()), RUN.plusSeconds(60));

        assertThat(item.attempt().runSubmittedAt()).isEmpty();
        assertThat(item.attempt().earlierRunAt()).contains(RUN);
    }

    @Test
    void twoRequeuesAtOnceLeaveTheNewestRunAsItWasSeen() {
        seenRunning();
        item.apply(new ItemEvent.Requeued(ID, 2, Optional.empty(), Optional.of(RUN)), RUN.plusSeconds(60));
        item.apply(new ItemEvent.Requeued(ID, 3, Optional.empty(), Optional.of(RUN)), RUN.plusSeconds(60));

        assertThat(item.attempt().runSubmittedAt()).contains(RUN);
        assertThat(item.attempt().earlierRunAt()).isEmpty();
    }
}
