package dev.settle.app.stepqueue;

import dev.settle.app.stepqueue.client.StepQueueClient;
import dev.settle.core.model.ItemId;
import java.util.Map;
import java.util.Optional;

/**
 * What is to be done once the events are on disk. Each answers with a {@link QueueInput} of the same number;
 * {@link Abandon} answers with nothing.
 */
sealed interface QueueCommand {
    Kind kind();

    /** One for each record below. */
    enum Kind {
        BALANCE,
        START,
        LOOK,
        TASKS,
        CLAIM,
        ADOPT,
        PREPARE,
        STORE,
        SUGGEST,
        RESUME,
        CHECKOUT,
        KEEP_BEST,
        CLOSE_RUN,
        HEARTBEAT,
        ABANDON
    }

    /** Ask how many credits there are. */
    record Balance(long call) implements QueueCommand {
        @Override
        public Kind kind() {
            return Kind.BALANCE;
        }
    }

    /** Start a run on the service. */
    record Start(long call) implements QueueCommand {
        @Override
        public Kind kind() {
            return Kind.START;
        }
    }

    /** Get the run and then, if it is running, its ready tasks. */
    record Look(long call, String run, StepQueueClient.History history) implements QueueCommand {
        @Override
        public Kind kind() {
            return Kind.LOOK;
        }
    }

    /** Get the ready tasks. */
    record Tasks(long call, String run) implements QueueCommand {
        @Override
        public Kind kind() {
            return Kind.TASKS;
        }
    }

    /**
     * Claim a task and keep its candidate on disk.
     *
     * @param number of the step whose folder takes it
     */
    record Claim(long call, String task, int number) implements QueueCommand {
        @Override
        public Kind kind() {
            return Kind.CLAIM;
        }
    }

    /** Keep the candidate of a task that was claimed before, as the service's history has it. */
    record Adopt(long call, String task, int number, Map<String, String> code) implements QueueCommand {
        @Override
        public Kind kind() {
            return Kind.ADOPT;
        }
    }

    /** Make the scratch copy that the step runs in. */
    record Prepare(long call, int number) implements QueueCommand {
        @Override
        public Kind kind() {
            return Kind.PREPARE;
        }
    }

    /** Keep the ended step's result on disk. */
    record Store(long call, ItemId item, int number) implements QueueCommand {
        @Override
        public Kind kind() {
            return Kind.STORE;
        }
    }

    /** Send the stored result. */
    record Suggest(long call, String run, String task, int number) implements QueueCommand {
        @Override
        public Kind kind() {
            return Kind.SUGGEST;
        }
    }

    /** Flip the service's run back to running. */
    record Resume(long call, String run) implements QueueCommand {
        @Override
        public Kind kind() {
            return Kind.RESUME;
        }
    }

    /** Ask where a top-up is paid. */
    record Checkout(long call) implements QueueCommand {
        @Override
        public Kind kind() {
            return Kind.CHECKOUT;
        }
    }

    /** Keep the best step's files with the run. */
    record KeepBest(long call, Best best) implements QueueCommand {
        @Override
        public Kind kind() {
            return Kind.KEEP_BEST;
        }
    }

    /**
     * Keep the best step so far, and report to the service why the run ends.
     *
     * @param terminate empty when there is nothing to report
     */
    record CloseRun(long call, Optional<Terminate> terminate, Optional<Best> best) implements QueueCommand {
        @Override
        public Kind kind() {
            return Kind.CLOSE_RUN;
        }
    }

    /**
     * Why a run of the service is terminated.
     *
     * @param known whether it is known to go on; else a look comes first, so that no terminal state is overwritten
     */
    record Terminate(String run, boolean known, String reason, String details) {}

    /** Tell the service that its run is being worked on. */
    record Heartbeat(long call, String run) implements QueueCommand {
        @Override
        public Kind kind() {
            return Kind.HEARTBEAT;
        }
    }

    /** Give the call of this number up; what it answers is of no interest any more. */
    record Abandon(long call) implements QueueCommand {
        @Override
        public Kind kind() {
            return Kind.ABANDON;
        }
    }

    /**
     * The best step: one of ours, whose candidate is on disk, or one that only the service knows.
     *
     * @param number the step's
     * @param code the candidate, where it is not on disk
     */
    record Best(int number, java.util.OptionalDouble metric, Optional<Map<String, String>> code) {}
}
