package dev.settle.core.kernel;

import dev.settle.core.kernel.state.ItemFiles;
import dev.settle.core.model.ItemId;
import dev.settle.core.model.PlanItem;
import dev.settle.core.run.RunEvent;
import dev.settle.core.run.Stop;
import dev.settle.core.scheduler.CancelAnswer;
import dev.settle.core.scheduler.JobId;
import dev.settle.core.scheduler.JobObservation;
import dev.settle.core.scheduler.LimitUsageAnswer;
import dev.settle.core.scheduler.LookupAnswer;
import dev.settle.core.scheduler.QueryAnswer;
import dev.settle.core.scheduler.Source;
import dev.settle.core.scheduler.SubmitAnswer;
import dev.settle.core.scheduler.SubmitToken;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Everything that can reach the kernel. */
public sealed interface Input {
    Kind kind();

    /** One for each record below. */
    enum Kind {
        TICK,
        SUBMIT_ANSWERED,
        LOOKUP_ANSWERED,
        OBSERVED,
        HELD_BACK,
        RECORD_SEEN,
        START_SEEN,
        RECORDS_READ,
        FILES_READ,
        GENERATED_READ,
        LIMIT_USAGE_ANSWERED,
        CANCEL_ANSWERED,
        CANCEL_ASKED,
        STOP_ASKED,
        FROM_SOURCE
    }

    /** Time passed. */
    record Tick() implements Input {
        @Override
        public Kind kind() {
            return Kind.TICK;
        }
    }

    /** A submission was answered. */
    record SubmitAnswered(SubmitToken token, SubmitAnswer answer) implements Input {
        @Override
        public Kind kind() {
            return Kind.SUBMIT_ANSWERED;
        }
    }

    /** The search for an unclear submission was answered. */
    record LookupAnswered(SubmitToken token, LookupAnswer answer) implements Input {
        @Override
        public Kind kind() {
            return Kind.LOOKUP_ANSWERED;
        }
    }

    /** A question about jobs was answered, or was not. */
    record Observed(QueryAnswer answer) implements Input {
        @Override
        public Kind kind() {
            return Kind.OBSERVED;
        }
    }

    /**
     * A query waits for the budget of commands.
     *
     * @param until when it is sent at the latest
     */
    record HeldBack(Source source, Instant until, String text) implements Input {
        @Override
        public Kind kind() {
            return Kind.HELD_BACK;
        }
    }

    /**
     * An item's exit record appeared.
     *
     * @param token the submission that the record belongs to
     * @param restarts how often the scheduler had started the job again
     */
    record RecordSeen(ItemId item, SubmitToken token, int restarts, JobObservation observation, ItemFiles files)
            implements Input {
        @Override
        public Kind kind() {
            return Kind.RECORD_SEEN;
        }
    }

    /**
     * An item's start record appeared.
     *
     * @param token the submission that the record belongs to
     * @param restarts how often the scheduler had started the job again
     */
    record StartSeen(ItemId item, SubmitToken token, int restarts, JobObservation observation) implements Input {
        @Override
        public Kind kind() {
            return Kind.START_SEEN;
        }
    }

    /** An item's records were looked for once more; with what was found. */
    record RecordsRead(ItemId item, Optional<StartSeen> start, Optional<RecordSeen> end) implements Input {
        @Override
        public Kind kind() {
            return Kind.RECORDS_READ;
        }
    }

    /** What an item without an exit record left in its files. */
    record FilesRead(ItemId item, ItemFiles files) implements Input {
        @Override
        public Kind kind() {
            return Kind.FILES_READ;
        }
    }

    /**
     * The file with generated items was read.
     *
     * @param problems why it cannot be accepted; empty when it can
     */
    record GeneratedRead(ItemId item, List<PlanItem> items, List<String> problems) implements Input {
        public GeneratedRead {
            items = List.copyOf(items);
            problems = List.copyOf(problems);
        }

        @Override
        public Kind kind() {
            return Kind.GENERATED_READ;
        }
    }

    /** Whether the allocation behind an item's job is spent. */
    record LimitUsageAnswered(ItemId item, LimitUsageAnswer answer) implements Input {
        @Override
        public Kind kind() {
            return Kind.LIMIT_USAGE_ANSWERED;
        }
    }

    /** A cancellation was sent, or could not be. */
    record CancelAnswered(Set<JobId> jobs, CancelAnswer answer) implements Input {
        public CancelAnswered {
            jobs = Set.copyOf(jobs);
        }

        @Override
        public Kind kind() {
            return Kind.CANCEL_ANSWERED;
        }
    }

    /**
     * Somebody asks to cancel.
     *
     * @param items empty for the whole run
     */
    record CancelAsked(Set<ItemId> items, String by) implements Input {
        public CancelAsked {
            items = Set.copyOf(items);
        }

        @Override
        public Kind kind() {
            return Kind.CANCEL_ASKED;
        }
    }

    /** Something outside the scheduler stops the run. */
    record StopAsked(Stop stop) implements Input {
        @Override
        public Kind kind() {
            return Kind.STOP_ASKED;
        }
    }

    /**
     * The source of the run's items decided something; all of it becomes one batch of the journal.
     *
     * @param events the source's own; what they mean is nothing to the kernel
     * @param metrics what the source measured of items; a metric that the item itself reported is kept
     * @param items new items, ready to run
     * @param reopened items that were cut short and are to run again
     * @param refused items that cannot be run at all, and why
     * @param cancelled items that are to be ended now
     * @param stop why the run stops
     */
    record FromSource(
            List<RunEvent> events,
            Map<ItemId, Map<String, Double>> metrics,
            List<PlanItem> items,
            Set<ItemId> reopened,
            Map<ItemId, String> refused,
            Set<ItemId> cancelled,
            Optional<Stop> stop)
            implements Input {
        public FromSource {
            events = List.copyOf(events);
            metrics = Map.copyOf(metrics);
            items = List.copyOf(items);
            reopened = Set.copyOf(reopened);
            refused = Map.copyOf(refused);
            cancelled = Set.copyOf(cancelled);
        }

        @Override
        public Kind kind() {
            return Kind.FROM_SOURCE;
        }
    }
}
