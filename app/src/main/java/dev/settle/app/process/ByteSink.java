package dev.settle.app.process;

/** Takes what a job has written, piece by piece. */
public interface ByteSink {
    /** Takes the first {@code length} of these bytes; the array is the caller's again afterwards. */
    void bytes(byte[] bytes, int length);

    /** Nothing more comes. */
    default void end() {}
}
