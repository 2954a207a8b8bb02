package dev.settle.core.kernel.evidence;

/** The file with the items that one item generates. */
final class GeneratedFile {
    private boolean requested;
    private boolean accepted;

    /** Returns whether it was not requested before. */
    boolean request() {
        boolean first = !requested;
        requested = true;
        return first;
    }

    /** Whether it was requested and is not accepted yet. */
    boolean isAwaited() {
        return requested && !accepted;
    }

    /** It has to be read again when the item ends. */
    void disregard() {
        requested = false;
    }

    void accept() {
        accepted = true;
    }

    boolean isAccepted() {
        return accepted;
    }
}
