package dev.settle.app.stepqueue.client;

import java.util.Optional;
import java.util.function.Function;

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

    <R> Answer<R> map(Function<T, R> part) {
        return new Answer<>(body.map(part), failure);
    }
}
