package dev.settle.app.local;

import dev.settle.core.port.SubmitRequest;

/** A way to start wrappers in sessions of their own. */
interface Starter extends AutoCloseable {

    /** Starts the one task of a request and waits until its start record is written, with a bound. */
    StartAnswer start(SubmitRequest request);

    /** Lets go of the jobs; they go on. */
    @Override
    void close();
}
