package dev.settle.core.scheduler;

/** Whether the allocation that a job is charged to is used up. */
public sealed interface LimitUsageAnswer {
    Kind kind();

    /** The tool that answered; empty where none did. */
    default String source() {
        return "";
    }

    /** Account or QOS, spend and limit, for people; empty where there is nothing to tell. */
    default String figures() {
        return "";
    }

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
    record AtLimit(String source, String text) implements LimitUsageAnswer {
        @Override
        public String figures() {
            return text;
        }

        @Override
        public Kind kind() {
            return Kind.AT_LIMIT;
        }
    }

    /**
     * There is credit left, or no limit.
     *
     * @param text as {@link AtLimit}'s; empty where there is no limit
     */
    record BelowLimit(String source, String text) implements LimitUsageAnswer {
        /** Where nobody counts. */
        public static final BelowLimit NONE = new BelowLimit("", "");

        @Override
        public String figures() {
            return text;
        }

        @Override
        public Kind kind() {
            return Kind.BELOW_LIMIT;
        }
    }

    /** Nobody could say. */
    record NoAnswer(String text) implements LimitUsageAnswer {
        @Override
        public Kind kind() {
            return Kind.NO_ANSWER;
        }
    }
}
