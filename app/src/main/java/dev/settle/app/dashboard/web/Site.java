package dev.settle.app.dashboard.web;

/** The pages behind the door. */
public interface Site {
    /** Answers a request that was let in; called by several threads at once, and may take its time. */
    WebAnswer answer(WebRequest request);

    /** The page that exchanges the token of the address for the cookie; it shows nothing else. */
    String door();

    /** What pages may load and run, as {@code Content-Security-Policy} has it. */
    String policy();
}
