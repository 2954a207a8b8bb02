package dev.settle.app.stepqueue;

import java.util.Optional;

/** What a call brought: a body or trouble, never both. */
sealed interface Answer<T> {
    /** The body; empty when there was trouble. */
    Optional<T> body();

    /** The trouble; empty when there is a body. */
    Optional<Trouble> trouble();

    /** It worked. */
    record Ok<T>(T value) implements Answer<T> {
        @Override
        public Optional<T> body() {
            return Optional.of(value);
        }

        @Override
        public Optional<Trouble> trouble() {
            return Optional.empty();
        }
    }

    /** It did not. */
    record Failed<T>(Trouble reason) implements Answer<T> {
        @Override
        public Optional<T> body() {
            return Optional.empty();
        }

        @Override
        public Optional<Trouble> trouble() {
            return Optional.of(reason);
        }
    }
}
