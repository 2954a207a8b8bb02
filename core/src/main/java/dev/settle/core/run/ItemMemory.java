package dev.settle.core.run;

import dev.settle.core.model.ItemReason;
import dev.settle.core.scheduler.JobId;
import dev.settle.core.scheduler.JobObservation;
import dev.settle.core.scheduler.SubmitToken;
import dev.settle.core.scheduler.Usage;
import dev.settle.core.scheduler.WaitReason;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * All that an item remembers of its events beside its state, field by field, so that a snapshot can keep it. Not a second fold: only
 * {@link Item#apply} decides what an event means.
 */
public record ItemMemory(
        OfAttempt attempt,
        List<OfAttempt> earlier,
        int retriesUsed,
        int refusals,
        Optional<WaitReason> waitReason,
        Optional<Instant> notBefore,
        Optional<String> cancelAskedBy,
        Optional<ItemEvent.WithdrawAsked> withdrawal,
        Optional<ItemReason> reason,
        Optional<String> message,
        Optional<Instant> settledAt,
        Optional<Instant> changedAt,
        Usage usage,
        Map<String, Double> metrics) {

    /**
     * All that an attempt remembers.
     *
     * @param latest the newest observation of each role, read when it is first asked for: most looks at a large run need
     *     none of them
     */
    public record OfAttempt(
            int number,
            Optional<SubmitToken> token,
            Optional<JobId> jobId,
            Optional<Instant> intendedAt,
            Optional<Instant> submittedAt,
            Optional<Instant> startedAt,
            Optional<Instant> leftAt,
            Optional<String> leftWhy,
            Optional<String> node,
            Optional<Outcome> outcome,
            Optional<Instant> runSubmittedAt,
            Optional<Instant> earlierRunAt,
            Optional<String> jobName,
            int restarts,
            Supplier<? extends Collection<JobObservation>> latest) {}
}
