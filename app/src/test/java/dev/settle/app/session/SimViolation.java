package dev.settle.app.session;

/** Something happened that must not, whatever a cluster does. */
final class SimViolation extends AssertionError {
    private static final long serialVersionUID = 1L;

    SimViolation(String message) {
        super(message);
    }

    @Override
    public String toString() {
        return getMessage();
    }
}
