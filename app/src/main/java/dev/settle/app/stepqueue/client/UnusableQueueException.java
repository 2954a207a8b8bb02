package dev.settle.app.stepqueue.client;

import java.util.List;

/** A queue that cannot be used from here: what is wrong, then the fix. */
public final class UnusableQueueException extends Exception {
    private static final long serialVersionUID = 1L;
    private final transient List<String> lines;

    public UnusableQueueException(List<String> lines) {
        super(String.join("\n", lines));
        this.lines = List.copyOf(lines);
    }

    public List<String> lines() {
        return lines;
    }
}
