package dev.settle.app.stepqueue.client;

import java.util.Optional;

/** What a call brought: a body or a failure, never both. */
public record Answer<T>(Optional<T> body, Optional<CallFailure> failure) {
    public Answer {
        if (body.isPresent() == failure.isPresent()) {
            throw new IllegalArgumentException("an answer is a body or a failure");
        }
    }

    public static <T> Answer<T> of(T body) {
        return new Answer<>(Optional.of(body), Optional.empty());
    }

    public static <T> Answer<T> failed(CallFailure failure) {
        return new Answer<>(Optional.empty(), Optional.of(failure));
    }
}
