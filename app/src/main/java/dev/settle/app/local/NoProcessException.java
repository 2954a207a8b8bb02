package dev.settle.app.local;

import dev.settle.app.process.Shortage;

/** This machine has no room for another process or thread now; nothing was started. */
final class NoProcessException extends Exception {
    private static final long serialVersionUID = 1L;

    NoProcessException(Throwable cause) {
        super(Shortage.words(cause), cause);
    }
}
