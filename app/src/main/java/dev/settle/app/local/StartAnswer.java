package dev.settle.app.local;

/** What became of starting a job on this machine. */
sealed interface StartAnswer {
    Kind kind();

    /** Which of the three it is. */
    enum Kind {
        STARTED,
        REFUSED,
        UNCLEAR
    }

    /** The wrapper runs and has written its start record, or somebody had started this attempt before. */
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

    /** It may have been started. */
    record Unclear(String text) implements StartAnswer {
        @Override
        public Kind kind() {
            return Kind.UNCLEAR;
        }
    }
}
