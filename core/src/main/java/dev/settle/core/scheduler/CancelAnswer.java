package dev.settle.core.scheduler;

import java.util.Set;

/** What became of a cancellation: whether the jobs are gone is for the next observation to say. */
public sealed interface CancelAnswer {
    Kind kind();

    /** Which of the two it is. */
    enum Kind {
        SENT,
        NO_ANSWER
    }

    /**
     * The scheduler took the request.
     *
     * @param waited the jobs that it listed as waiting right before: if they are gone without a trace, they never started
     */
    record Sent(Set<JobId> waited) implements CancelAnswer {
        public Sent {
            waited = Set.copyOf(waited);
        }

        @Override
        public Kind kind() {
            return Kind.SENT;
        }
    }

    /** It did not, or not for all jobs. */
    record NoAnswer(String text) implements CancelAnswer {
        @Override
        public Kind kind() {
            return Kind.NO_ANSWER;
        }
    }
}
