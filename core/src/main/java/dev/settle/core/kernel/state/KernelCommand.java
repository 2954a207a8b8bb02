package dev.settle.core.kernel.state;

import dev.settle.core.model.ItemId;
import dev.settle.core.scheduler.ChargedAllocation;
import dev.settle.core.scheduler.JobId;
import dev.settle.core.scheduler.Source;
import dev.settle.core.scheduler.SubmitToken;
import dev.settle.core.scheduler.Urgency;
import java.time.Instant;
import java.util.List;
import java.util.Set;

/** What the kernel wants done; performed only after the events of its decision are on disk. */
public sealed interface KernelCommand {
    Kind kind();

    /** One for each record below. */
    enum Kind {
        SUBMIT,
        LOOK_UP,
        QUERY,
        CANCEL,
        CANCEL_PENDING,
        DEQUEUE,
        READ_FILES,
        READ_RECORDS,
        READ_GENERATED,
        QUERY_LIMIT_USAGE
    }

    /**
     * Submit these items, as one job or one array.
     *
     * @param throttle how many tasks of the array may run at once, or how many of the run's jobs where one is handed over
     *     before there is a free slot; 0 for no limit
     */
    record Submit(SubmitToken token, List<ItemId> items, int throttle) implements KernelCommand {
        public Submit {
            items = List.copyOf(items);
        }

        @Override
        public Kind kind() {
            return Kind.SUBMIT;
        }
    }

    /**
     * Look whether a submission arrived.
     *
     * @param since nothing was sent before
     */
    record LookUp(SubmitToken token, List<ItemId> items, Instant since) implements KernelCommand {
        public LookUp {
            items = List.copyOf(items);
        }

        @Override
        public Kind kind() {
            return Kind.LOOK_UP;
        }
    }

    /** Query a role about jobs. */
    record Query(Source.Role role, Set<JobId> jobs, Urgency urgency) implements KernelCommand {
        public Query {
            jobs = Set.copyOf(jobs);
        }

        @Override
        public Kind kind() {
            return Kind.QUERY;
        }
    }

    /** Cancel jobs. */
    record Cancel(Set<JobId> jobs) implements KernelCommand {
        public Cancel {
            jobs = Set.copyOf(jobs);
        }

        @Override
        public Kind kind() {
            return Kind.CANCEL;
        }
    }

    /** Cancel those of the jobs that still wait in the queue; what runs is left alone. */
    record CancelPending(Set<JobId> jobs) implements KernelCommand {
        public CancelPending {
            jobs = Set.copyOf(jobs);
        }

        @Override
        public Kind kind() {
            return Kind.CANCEL_PENDING;
        }
    }

    /** Return those of the submissions that wait for a free slot; the others are answered as if this had not been sent. */
    record Dequeue(Set<SubmitToken> tokens) implements KernelCommand {
        public Dequeue {
            tokens = Set.copyOf(tokens);
        }

        @Override
        public Kind kind() {
            return Kind.DEQUEUE;
        }
    }

    /** Read what an item's attempt left in its files. */
    record ReadFiles(ItemId item) implements KernelCommand {
        @Override
        public Kind kind() {
            return Kind.READ_FILES;
        }
    }

    /** Look for an item's start and exit record once more: network file systems may show them late. */
    record ReadRecords(ItemId item) implements KernelCommand {
        @Override
        public Kind kind() {
            return Kind.READ_RECORDS;
        }
    }

    /** Read and check the items that an item generated. */
    record ReadGenerated(ItemId item) implements KernelCommand {
        @Override
        public Kind kind() {
            return Kind.READ_GENERATED;
        }
    }

    /** Query whether the limit that an item's job is charged to is used up. */
    record QueryLimitUsage(ItemId item, ChargedAllocation charge) implements KernelCommand {
        @Override
        public Kind kind() {
            return Kind.QUERY_LIMIT_USAGE;
        }
    }
}
