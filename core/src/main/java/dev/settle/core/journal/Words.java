package dev.settle.core.journal;

import dev.settle.core.json.Fields;
import java.io.IOException;
import java.util.Optional;

/**
 * Fields whose text is mostly one of a few words (a state, a node, a rule): the same text is the same object, as far as a
 * small cache remembers. The lines of 100,000 items hold a million of them.
 */
final class Words {
    private static final int SLOTS = 4096;

    @SuppressWarnings({"unchecked", "rawtypes"})
    private static final Optional<String>[] CACHE = new Optional[SLOTS];

    private Words() {}

    static String text(Fields fields, String name) throws IOException {
        return shared(Optional.of(fields.text(name))).orElseThrow();
    }

    static Optional<String> optText(Fields fields, String name) throws IOException {
        return shared(fields.optText(name));
    }

    /** Two threads may both miss the cache; each then has an object of its own, which is as good. */
    private static Optional<String> shared(Optional<String> text) {
        if (text.isEmpty()) {
            return text;
        }
        int slot = text.get().hashCode() & (SLOTS - 1);
        Optional<String> known = CACHE[slot];
        if (text.equals(known)) {
            return known;
        }
        CACHE[slot] = text;
        return text;
    }
}
