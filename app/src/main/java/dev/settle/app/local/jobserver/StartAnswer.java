package dev.settle.app.local.jobserver;

/** What became of starting a job on this machine. */
public sealed interface StartAnswer {
    Kind kind();

    /** Which of the five it is. */
    enum Kind {
        STARTED,
        REFUSED,
        NO_PROCESS,
        GIVEN_BACK,
        UNCLEAR
    }

    /** The job runs or has run, and its start record is written; perhaps somebody had started this attempt before. */
    record Started(long pid) implements StartAnswer {
        @Override
        public Kind kind() {
            return Kind.STARTED;
        }
    }

    /** The attempt was not started, and will not be. */
    record Refused(String text) implements StartAnswer {
        @Override
        public Kind kind() {
            return Kind.REFUSED;
        }
    }

    /** The attempt was not started, since there was no room for a process: it can be later. */
    record NoProcess(String text) implements StartAnswer {
        @Override
        public Kind kind() {
            return Kind.NO_PROCESS;
        }
    }

    /** It waited for its turn and will not start; nothing is wrong with it. */
    record GivenBack(String text) implements StartAnswer {
        @Override
        public Kind kind() {
            return Kind.GIVEN_BACK;
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
