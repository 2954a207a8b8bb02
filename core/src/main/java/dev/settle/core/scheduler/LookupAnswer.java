package dev.settle.core.scheduler;

import java.util.List;

/** Whether a submission whose fate is unclear arrived. */
public sealed interface LookupAnswer {
    Kind kind();

    /** Which of the three it is. */
    enum Kind {
        FOUND,
        NOT_FOUND,
        NO_ANSWER
    }

    /**
     * It arrived.
     *
     * @param jobs one id for each task of the request, in its order
     */
    record Found(List<JobId> jobs) implements LookupAnswer {
        public Found {
            jobs = List.copyOf(jobs);
        }

        @Override
        public Kind kind() {
            return Kind.FOUND;
        }
    }

    /** Every source that could know it answered, and none does. */
    record NotFound() implements LookupAnswer {
        @Override
        public Kind kind() {
            return Kind.NOT_FOUND;
        }
    }

    /** Somebody did not answer. */
    record NoAnswer(String text) implements LookupAnswer {
        @Override
        public Kind kind() {
            return Kind.NO_ANSWER;
        }
    }
}
