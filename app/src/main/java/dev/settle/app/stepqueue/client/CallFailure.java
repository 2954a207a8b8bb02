package dev.settle.app.stepqueue.client;

import java.util.Optional;

/**
 * A call that did not bring what was asked.
 *
 * @param call which call, in words: {@code POST /runs/ID/suggest}
 * @param status the HTTP status; 0 when there was none
 * @param words the service's own words, or what happened on the way
 * @param link where the service says to go, such as the page to top up
 */
public record CallFailure(Kind kind, String call, int status, String words, Optional<String> link) {

    /** What it means for the run. */
    public enum Kind {
        /** The account is out of credits; asking again costs only time. */
        OUT_OF_CREDITS,
        /** The token is missing, wrong or lacks the right. */
        NOT_AUTHORISED,
        /** 409: another client has it, or the run is not running. */
        CONFLICT,
        /** No answer, or none that makes sense; whether the call landed is not known. Worth asking again. */
        UNAVAILABLE,
        /** The service will never take this call. */
        REFUSED
    }

    static CallFailure unavailable(String call, String words) {
        return new CallFailure(Kind.UNAVAILABLE, call, 0, words, Optional.empty());
    }

    /** For people: the call, the status where there is one, and the words. */
    public String text() {
        return call + ": " + (status == 0 ? "" : status + ", ") + words;
    }
}
