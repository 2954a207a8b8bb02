package dev.settle.app.engine;

/** Something happened that must not, whatever a cluster does. */
final class SimViolation extends AssertionError {
    private static final long serialVersionUID = 1L;

    private final Invariant invariant;

    SimViolation(Invariant invariant, String message) {
        super(message);
        this.invariant = invariant;
    }

    Invariant invariant() {
        return invariant;
    }

    @Override
    public String toString() {
        return getMessage();
    }
}
