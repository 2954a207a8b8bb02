package dev.settle.app.local.jobserver;

import dev.settle.app.process.Shortage;

/** This machine has no room for another process or thread now; nothing was started. */
public final class NoProcessException extends Exception {
    private static final long serialVersionUID = 1L;

    public NoProcessException(Throwable cause) {
        super(Shortage.words(cause), cause);
    }
}
