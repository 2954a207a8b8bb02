package dev.settle.core.port;

/** Whether the allocation that a job is charged to is used up. */
public sealed interface SpendAnswer {
    Kind kind();

    /** Which of the three it is. */
    enum Kind {
        AT_LIMIT,
        BELOW_LIMIT,
        NO_ANSWER
    }

    /**
     * The spend is at its limit.
     *
     * @param source the tool that said so
     * @param text account or QOS, spend and limit, for people
     */
    record AtLimit(String source, String text) implements SpendAnswer {
        @Override
        public Kind kind() {
            return Kind.AT_LIMIT;
        }
    }

    /** There is credit left, or no limit. */
    record BelowLimit() implements SpendAnswer {
        @Override
        public Kind kind() {
            return Kind.BELOW_LIMIT;
        }
    }

    /** Nobody could say. */
    record NoAnswer(String text) implements SpendAnswer {
        @Override
        public Kind kind() {
            return Kind.NO_ANSWER;
        }
    }
}
