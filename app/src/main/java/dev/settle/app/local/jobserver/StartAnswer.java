package dev.settle.app.local.jobserver;

import dev.settle.core.scheduler.SubmitAnswer;

/** What became of starting a job on this machine. */
public sealed interface StartAnswer {
    Kind kind();

    /** Which of the three it is. */
    enum Kind {
        STARTED,
        REFUSED,
        UNCLEAR
    }

    /** The job runs or has run, and its start record is written; perhaps somebody had started this attempt before. */
    record Started(long pid) implements StartAnswer {
        @Override
        public Kind kind() {
            return Kind.STARTED;
        }
    }

    /**
     * The attempt was not started by this request, and will not be.
     *
     * @param refusal what that means: {@code NO_PROCESS} where there was no room for a process, {@code GIVEN_BACK} where the
     *     job waited for its turn and nothing is wrong with it, {@code FOR_GOOD} where another request started the attempt
     * @param text for people
     */
    record Refused(SubmitAnswer.Refusal refusal, String text) implements StartAnswer {
        @Override
        public Kind kind() {
            return Kind.REFUSED;
        }
    }

    /** It may have been started. */
    record Unclear(String text) implements StartAnswer {
        @Override
        public Kind kind() {
            return Kind.UNCLEAR;
        }
    }
}
