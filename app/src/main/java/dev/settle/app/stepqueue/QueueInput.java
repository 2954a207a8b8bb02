package dev.settle.app.stepqueue;

import dev.settle.app.stepqueue.client.Answer;
import dev.settle.app.stepqueue.client.ServiceBodies;
import dev.settle.core.run.QueueEvent;
import java.util.Optional;
import java.util.OptionalDouble;

/** What reaches the step queue's kernel: the answer to a command, by its number. */
sealed interface QueueInput {
    long call();

    Kind kind();

    /** One for each record below. */
    enum Kind {
        BALANCE_SEEN,
        STARTED,
        LOOKED,
        TASKS_SEEN,
        CLAIM_ANSWERED,
        PREPARED,
        STORED,
        TAKEN,
        RESUME_ANSWERED,
        CHECKED_OUT,
        BEST_KEPT,
        RUN_CLOSED,
        HEARTBEAT_ANSWERED,
        STORAGE_FAILED,
        DEFECTIVE
    }

    /** @param answer without a number where the service names none */
    record BalanceSeen(long call, Answer<OptionalDouble> answer) implements QueueInput {
        @Override
        public Kind kind() {
            return Kind.BALANCE_SEEN;
        }
    }

    record Started(long call, Answer<ServiceBodies.Started> answer) implements QueueInput {
        @Override
        public Kind kind() {
            return Kind.STARTED;
        }
    }

    /** @param tasks empty when the run is not running */
    record Looked(long call, Answer<ServiceBodies.RunLook> answer, Optional<Answer<ServiceBodies.Tasks>> tasks)
            implements QueueInput {
        @Override
        public Kind kind() {
            return Kind.LOOKED;
        }
    }

    record TasksSeen(long call, Answer<ServiceBodies.Tasks> answer) implements QueueInput {
        @Override
        public Kind kind() {
            return Kind.TASKS_SEEN;
        }
    }

    /** A claimed candidate that is on disk. */
    record Kept(String revision, String fingerprint) {}

    /** The answer to a claim or an adoption. */
    record ClaimAnswered(long call, Answer<Kept> answer) implements QueueInput {
        @Override
        public Kind kind() {
            return Kind.CLAIM_ANSWERED;
        }
    }

    /** @param refused why this candidate is not evaluated at all */
    record Prepared(long call, Optional<String> refused) implements QueueInput {
        @Override
        public Kind kind() {
            return Kind.PREPARED;
        }
    }

    /** @param result the file, relative to the run's folder */
    record Stored(long call, String result, OptionalDouble metric) implements QueueInput {
        @Override
        public Kind kind() {
            return Kind.STORED;
        }
    }

    record Taken(long call, Answer<ServiceBodies.Taken> answer) implements QueueInput {
        @Override
        public Kind kind() {
            return Kind.TAKEN;
        }
    }

    record ResumeAnswered(long call, Answer<?> answer) implements QueueInput {
        @Override
        public Kind kind() {
            return Kind.RESUME_ANSWERED;
        }
    }

    record CheckedOut(long call, Optional<String> link) implements QueueInput {
        @Override
        public Kind kind() {
            return Kind.CHECKED_OUT;
        }
    }

    /** @param kept empty when it could not be kept, which the user was shown */
    record BestKept(long call, Optional<QueueEvent.BestKept> kept) implements QueueInput {
        @Override
        public Kind kind() {
            return Kind.BEST_KEPT;
        }
    }

    /** @param text what was reported to the service, or why nothing could be */
    record RunClosed(long call, Optional<QueueEvent.BestKept> kept, String text) implements QueueInput {
        @Override
        public Kind kind() {
            return Kind.RUN_CLOSED;
        }
    }

    record HeartbeatAnswered(long call, Answer<?> answer) implements QueueInput {
        @Override
        public Kind kind() {
            return Kind.HEARTBEAT_ANSWERED;
        }
    }

    /** Our own disk refused what the command needed. */
    record StorageFailed(long call, String text) implements QueueInput {
        @Override
        public Kind kind() {
            return Kind.STORAGE_FAILED;
        }
    }

    /** What a command threw that it should not throw. */
    record Defective(long call, RuntimeException defect) implements QueueInput {
        @Override
        public Kind kind() {
            return Kind.DEFECTIVE;
        }
    }
}
