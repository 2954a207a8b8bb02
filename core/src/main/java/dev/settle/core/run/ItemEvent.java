package dev.settle.core.run;

import dev.settle.core.model.ItemId;
import dev.settle.core.model.ItemReason;
import dev.settle.core.scheduler.JobId;
import dev.settle.core.scheduler.JobObservation;
import dev.settle.core.scheduler.SubmitToken;
import dev.settle.core.scheduler.Usage;
import dev.settle.core.scheduler.WaitReason;
import java.time.Instant;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** Everything that can happen to an item, in the past tense, as the journal has it. */
public sealed interface ItemEvent {
    ItemId item();

    Kind kind();

    /** The kinds of item events; the word is the journal's. */
    enum Kind {
        INTENDED,
        SUBMITTED,
        REFUSED,
        UNCLEAR,
        OBSERVED("sighted"),
        QUEUED,
        STARTED,
        LEFT,
        REQUEUED,
        RETRIED,
        SETTLED,
        CORRECTED,
        DEP_FAILED,
        NOT_STARTED,
        REOPENED,
        WITHDRAWN,
        WITHDRAW_ASKED,
        CANCEL_ASKED,
        MEASURED,
        METRICS_READ;

        private final String word;

        Kind() {
            this.word = "item." + name().toLowerCase(Locale.ROOT);
        }

        /** @param word what version 1 called it; the journal's words stay */
        Kind(String word) {
            this.word = "item." + word;
        }

        public String word() {
            return word;
        }
    }

    /** A submission is about to be sent; its token is on disk before it is. */
    record Intended(ItemId item, int attempt, SubmitToken token) implements ItemEvent {
        @Override
        public Kind kind() {
            return Kind.INTENDED;
        }
    }

    /** The scheduler has the job, or was found to have it. */
    record Submitted(ItemId item, JobId jobId) implements ItemEvent {
        @Override
        public Kind kind() {
            return Kind.SUBMITTED;
        }
    }

    /** The intended submission is known not to have happened; the item waits for another try. */
    record Refused(ItemId item, String text) implements ItemEvent {
        @Override
        public Kind kind() {
            return Kind.REFUSED;
        }
    }

    /** What the submission's command said does not tell whether the scheduler has the job; its token is searched for. */
    record Unclear(ItemId item, String text) implements ItemEvent {
        @Override
        public Kind kind() {
            return Kind.UNCLEAR;
        }
    }

    /** A source said something new of the item's job. */
    record Observed(ItemId item, JobObservation observation) implements ItemEvent {
        @Override
        public Kind kind() {
            return Kind.OBSERVED;
        }
    }

    /** The job waits in the queue, or waits for another reason than before. */
    record Queued(ItemId item, Optional<WaitReason> why) implements ItemEvent {
        @Override
        public Kind kind() {
            return Kind.QUEUED;
        }
    }

    /** The job runs. */
    record Started(ItemId item, Instant startedAt, Optional<String> node) implements ItemEvent {
        @Override
        public Kind kind() {
            return Kind.STARTED;
        }
    }

    /**
     * The job ended or left the queue; from here on its verdict settles.
     *
     * @param why for people
     */
    record Left(ItemId item, String why) implements ItemEvent {
        @Override
        public Kind kind() {
            return Kind.LEFT;
        }
    }

    /**
     * The scheduler starts the same job again: an attempt of its own that uses up no retry.
     *
     * @param runAt the submit time of the new run, where it is known; what was seen last may have been of that run
     */
    record Requeued(ItemId item, int attempt, Optional<WaitReason> why, Optional<Instant> runAt) implements ItemEvent {
        @Override
        public Kind kind() {
            return Kind.REQUEUED;
        }
    }

    /**
     * The attempt ended so that the plan tries again.
     *
     * @param outcome how this attempt ended
     */
    record Retried(ItemId item, Outcome outcome, int attempt, Instant notBefore) implements ItemEvent {
        @Override
        public Kind kind() {
            return Kind.RETRIED;
        }
    }

    /** The verdict. */
    record Settled(ItemId item, Outcome outcome) implements ItemEvent {
        @Override
        public Kind kind() {
            return Kind.SETTLED;
        }
    }

    /** An unconfirmed verdict was confirmed or corrected by a source with authority. */
    record Corrected(ItemId item, Outcome outcome) implements ItemEvent {
        @Override
        public Kind kind() {
            return Kind.CORRECTED;
        }
    }

    /** An item that it depends on did not complete. */
    record DepFailed(ItemId item, ItemId because) implements ItemEvent {
        @Override
        public Kind kind() {
            return Kind.DEP_FAILED;
        }
    }

    /** The run stopped before the item's turn. */
    record NotStarted(ItemId item, Optional<ItemReason> reason, String message) implements ItemEvent {
        @Override
        public Kind kind() {
            return Kind.NOT_STARTED;
        }
    }

    /** A resume takes the item up again, with a new attempt when it had one. */
    record Reopened(ItemId item) implements ItemEvent {
        @Override
        public Kind kind() {
            return Kind.REOPENED;
        }
    }

    /** Our own job was taken out of the queue before it ran, so that the item can be submitted anew later. */
    record Withdrawn(ItemId item, Optional<ItemReason> reason, String message) implements ItemEvent {
        @Override
        public Kind kind() {
            return Kind.WITHDRAWN;
        }
    }

    /**
     * settle takes its own waiting job back: the run stops, or the job can never start. What runs is left alone.
     *
     * @param reason the item's reason in the end, where it has one
     * @param message why, for people
     */
    record WithdrawAsked(ItemId item, Optional<ItemReason> reason, String message) implements ItemEvent {
        @Override
        public Kind kind() {
            return Kind.WITHDRAW_ASKED;
        }
    }

    /** Somebody asked settle to cancel the item. */
    record CancelAsked(ItemId item, String by) implements ItemEvent {
        @Override
        public Kind kind() {
            return Kind.CANCEL_ASKED;
        }
    }

    /** Accounting's figures for the ended attempt. */
    record Measured(ItemId item, Usage usage) implements ItemEvent {
        @Override
        public Kind kind() {
            return Kind.MEASURED;
        }
    }

    /** The numbers that the item wrote into SETTLE_RESULT. */
    record MetricsRead(ItemId item, Map<String, Double> metrics) implements ItemEvent {
        public MetricsRead {
            metrics = Map.copyOf(metrics);
        }

        @Override
        public Kind kind() {
            return Kind.METRICS_READ;
        }
    }
}
