package dev.settle.core.item;

import static org.assertj.core.api.Assertions.assertThat;

import dev.settle.core.plan.ItemId;
import dev.settle.core.plan.ItemReason;
import dev.settle.core.plan.PlanItem;
import dev.settle.core.port.JobId;
import dev.settle.core.port.JobState;
import dev.settle.core.port.Sighting;
import dev.settle.core.port.Source;
import dev.settle.core.port.SubmitToken;
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
        Sighting seen = Sighting.of(Source.SQUEUE, RUN, new JobId("101"), running)
                .submittedAt(Optional.of(RUN))
                .build();
        item.apply(new ItemEvent.Sighted(ID, seen), RUN);
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
