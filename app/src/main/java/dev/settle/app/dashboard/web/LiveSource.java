package dev.settle.app.dashboard.web;

import java.util.Optional;

/** What one open page is sent. A page that reads slowly is asked for rarely, and gets what has changed since all at once. */
public interface LiveSource {
    /**
     * A message.
     *
     * @param id with which the page asks again after a break
     * @param data one line
     */
    record Message(String id, String data) {}

    /** Begins; {@code wake} is called, by any thread, whenever there may be something new. */
    void begin(Runnable wake);

    /** What the page lacks; called by one thread at a time. */
    Optional<Message> next();

    /** The page is closed. */
    void end();
}
