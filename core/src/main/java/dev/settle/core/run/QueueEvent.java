package dev.settle.core.run;

import dev.settle.core.model.ItemId;
import dev.settle.core.model.QueueObjective;
import dev.settle.core.model.WireName;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;

/** Everything that can happen between a run and the step queue that feeds it, in the past tense, as the journal has it. */
public sealed interface QueueEvent {
    Kind kind();

    /** The kinds of queue events; the word is the journal's. */
    enum Kind {
        STARTING,
        ATTACHED,
        CLAIMING,
        NOT_CLAIMED,
        CLAIMED,
        STORED,
        SENDING,
        SUBMITTED,
        RETRIED,
        BEST_KEPT,
        CLOSED;

        private final String word = "queue." + name().toLowerCase(Locale.ROOT);

        public String word() {
            return word;
        }
    }

    /** What became of a result that was sent. */
    enum Submission implements WireName {
        /** The service took it. */
        ACCEPTED,
        /** Its answer was lost; a look showed that the service has it. */
        LANDED,
        /** The service has a result for this step already, or gave the step to somebody else. */
        CONFLICT;

        @Override
        public String word() {
            return name().toLowerCase(Locale.ROOT);
        }

        public static Optional<Submission> ofWord(String word) {
            return WireName.find(values(), word);
        }
    }

    /** A run is about to be started on the service; it may exist there from here on. */
    record Starting() implements QueueEvent {
        @Override
        public Kind kind() {
            return Kind.STARTING;
        }
    }

    /**
     * The run of the service is known, or was found to go on.
     *
     * @param run the service's id of the run
     * @param name the service's name of the run
     * @param step how many steps the service has behind it
     * @param objective what it says of itself, where the run file only names it
     */
    record Attached(String run, Optional<String> name, int step, QueueObjective objective) implements QueueEvent {
        public Attached(String run, Optional<String> name, int step) {
            this(run, name, step, QueueObjective.NONE);
        }

        @Override
        public Kind kind() {
            return Kind.ATTACHED;
        }
    }

    /** A task is about to be claimed; it may be ours from here on. */
    record Claiming(String task) implements QueueEvent {
        @Override
        public Kind kind() {
            return Kind.CLAIMING;
        }
    }

    /**
     * The task was not given to us, as far as is known.
     *
     * @param lost the answer was lost, so that it may be ours, and its candidate could not be told from others
     */
    record NotClaimed(String task, boolean lost, String text) implements QueueEvent {
        @Override
        public Kind kind() {
            return Kind.NOT_CLAIMED;
        }
    }

    /**
     * The task is ours and its candidate is on disk.
     *
     * @param item the item that evaluates it
     * @param step its number in the service's count, from 0
     * @param revision the file that holds the candidate, relative to the run's folder
     * @param fingerprint the same for the same files: tells a step that is offered again under another task
     * @param others the other tasks that were ready then: only one that is not among them tells of a landed result
     */
    record Claimed(ItemId item, String task, int step, String revision, String fingerprint, List<String> others)
            implements QueueEvent {
        public Claimed {
            others = List.copyOf(others);
        }

        @Override
        public Kind kind() {
            return Kind.CLAIMED;
        }
    }

    /**
     * The step's result is on disk; it is not evaluated again.
     *
     * @param result the file that holds it, relative to the run's folder
     */
    record Stored(ItemId item, String result, OptionalDouble metric) implements QueueEvent {
        @Override
        public Kind kind() {
            return Kind.STORED;
        }
    }

    /** The stored result is about to be sent; the service may have it from here on. */
    record Sending(ItemId item) implements QueueEvent {
        @Override
        public Kind kind() {
            return Kind.SENDING;
        }
    }

    /** The service has the step's result. */
    record Submitted(ItemId item, Submission submission, String text) implements QueueEvent {
        @Override
        public Kind kind() {
            return Kind.SUBMITTED;
        }
    }

    /**
     * The service could not be asked, and will be asked again.
     *
     * @param call which call, in words
     * @param attempt the attempt that failed, from 1
     * @param delay the pause before the next one
     */
    record Retried(String call, int attempt, int attemptsMax, Duration delay, String text) implements QueueEvent {
        @Override
        public Kind kind() {
            return Kind.RETRIED;
        }
    }

    /**
     * The best step's files are kept with the run.
     *
     * @param folder where, relative to the run's folder
     */
    record BestKept(int step, OptionalDouble metric, String folder) implements QueueEvent {
        @Override
        public Kind kind() {
            return Kind.BEST_KEPT;
        }
    }

    /**
     * Nothing more comes from the service, and it was told what it had to be told: the run may end.
     *
     * @param status the service's own word for its run's state, or what kept it from being told
     */
    record Closed(String status) implements QueueEvent {
        @Override
        public Kind kind() {
            return Kind.CLOSED;
        }
    }
}
