package dev.settle.app.local.jobserver;

import dev.settle.core.scheduler.SubmitRequest;
import dev.settle.core.scheduler.SubmitToken;
import java.util.Set;
import java.util.function.Consumer;

/** A way to start wrappers in sessions of their own. */
public interface JobLauncher extends AutoCloseable {

    /**
     * Starts the one task of a request, at once or in its turn ({@link SubmitRequest#throttle}).
     *
     * @param answer is called once, when the start record is written or it is known that there will be none; on any
     *     thread
     */
    void start(SubmitRequest request, Consumer<StartAnswer> answer);

    /** Takes back what waits for its turn. */
    void recall(Set<SubmitToken> tokens);

    /** Lets go of the jobs; they go on, and what waits for its turn will not start. */
    @Override
    void close();
}
