package dev.settle.core.wrapper;

import java.io.IOException;

/** A file was read whole and is no record of a job: reading it again will not help. */
public final class MalformedRecordException extends IOException {
    private static final long serialVersionUID = 1;

    MalformedRecordException(String message, Throwable cause) {
        super(message, cause);
    }

    MalformedRecordException(String message) {
        super(message);
    }
}
