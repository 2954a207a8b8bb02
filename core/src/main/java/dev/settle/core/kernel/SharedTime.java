package dev.settle.core.kernel;

import java.time.Instant;
import java.util.Optional;

/** A time that many items keep: the same object for all of them, since each answer gives 100,000 items a new one. */
final class SharedTime {
    private Optional<Instant> last = Optional.empty();

    Optional<Instant> of(Instant at) {
        if (last.isEmpty() || !last.get().equals(at)) {
            last = Optional.of(at);
        }
        return last;
    }
}
