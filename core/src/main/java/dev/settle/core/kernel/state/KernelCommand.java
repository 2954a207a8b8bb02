package dev.settle.core.kernel.state;

import dev.settle.core.model.ItemId;
import dev.settle.core.scheduler.ChargedAllocation;
import dev.settle.core.scheduler.JobId;
import dev.settle.core.scheduler.Source;
import dev.settle.core.scheduler.SubmitToken;
import java.time.Instant;
import java.util.List;
import java.util.Set;

/** What the kernel wants done; performed only after the events of its decision are on disk. */
public sealed interface KernelCommand {
    Kind kind();

    /** One for each record below. */
    enum Kind {
        SUBMIT,
        FIND,
        ASK,
        CANCEL,
        WITHDRAW,
        RECALL,
        READ_FILES,
        READ_RECORDS,
        READ_GENERATED,
        ASK_SPEND
    }

    /**
     * Submit these items, as one job or one array.
     *
     * @param throttle at most so many of the array at once, or of the run's jobs where one is handed over before there
     *     is room for it; 0 for no limit
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
    record Find(SubmitToken token, List<ItemId> items, Instant since) implements KernelCommand {
        public Find {
            items = List.copyOf(items);
        }

        @Override
        public Kind kind() {
            return Kind.FIND;
        }
    }

    /** Ask a role about jobs. */
    record Ask(Source.Role role, Set<JobId> jobs) implements KernelCommand {
        public Ask {
            jobs = Set.copyOf(jobs);
        }

        @Override
        public Kind kind() {
            return Kind.ASK;
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

    /** Take those of the jobs that still wait out of the queue; what runs is left alone. */
    record Withdraw(Set<JobId> jobs) implements KernelCommand {
        public Withdraw {
            jobs = Set.copyOf(jobs);
        }

        @Override
        public Kind kind() {
            return Kind.WITHDRAW;
        }
    }

    /** Give back those of the submissions that wait for a free place; the others are answered as if nobody asked. */
    record Recall(Set<SubmitToken> tokens) implements KernelCommand {
        public Recall {
            tokens = Set.copyOf(tokens);
        }

        @Override
        public Kind kind() {
            return Kind.RECALL;
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

    /** Ask whether the allocation behind an item's job is used up. */
    record AskSpend(ItemId item, ChargedAllocation charge) implements KernelCommand {
        @Override
        public Kind kind() {
            return Kind.ASK_SPEND;
        }
    }
}
