package dev.settle.core.journal.lease;

/** What became of the wish to drive a run. */
public sealed interface LeaseAnswer {
    Kind kind();

    /** Which of the two it is. */
    enum Kind {
        TAKEN,
        HELD
    }

    /** How sure it is that the driver before writes no more. */
    enum Succession {
        /** There was none, it released the run, or it is known to be dead. */
        CERTAIN,
        /** It gave no character of life for so long that it counts as dead; it may wake up. */
        ASSUMED
    }

    /** The run is ours. */
    record Taken(Lease lease) implements LeaseAnswer {
        @Override
        public Kind kind() {
            return Kind.TAKEN;
        }
    }

    /** Somebody else drives the run, or has not been silent for long enough. */
    record Held(LeaseInfo by) implements LeaseAnswer {
        @Override
        public Kind kind() {
            return Kind.HELD;
        }
    }
}
