package dev.settle.core.journal;

import dev.settle.core.json.Instants;
import java.time.Instant;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** Collects the fields of a JSON object in order; what is absent is left out, so that it can never read as 0. */
final class Tree {
    private final Map<String, Object> fields = new LinkedHashMap<>();

    Tree put(String name, String value) {
        return set(name, value);
    }

    Tree put(String name, long value) {
        return set(name, value);
    }

    /** A flag; false is left out. */
    Tree flag(String name, boolean value) {
        return value ? set(name, true) : this;
    }

    /** Anything that has a text form which reads back: an instant, an id. */
    Tree text(String name, Object value) {
        return set(name, value instanceof Instant at ? Instants.format(at) : value.toString());
    }

    Tree object(String name, Tree value) {
        return set(name, value.fields);
    }

    /** An object that another codec wrote. */
    Tree object(String name, Map<String, ? extends @Nullable Object> value) {
        return set(name, value);
    }

    Tree objects(String name, List<? extends Map<String, ? extends @Nullable Object>> value) {
        return set(name, value);
    }

    /** A list of strings; an empty one is left out. */
    Tree texts(String name, List<String> value) {
        return value.isEmpty() ? this : set(name, value);
    }

    Tree maybe(String name, Optional<?> value) {
        return value.isPresent() ? text(name, value.get()) : this;
    }

    Tree maybe(String name, OptionalInt value) {
        return value.isPresent() ? set(name, (long) value.getAsInt()) : this;
    }

    Tree maybe(String name, OptionalLong value) {
        return value.isPresent() ? set(name, value.getAsLong()) : this;
    }

    Tree maybe(String name, OptionalDouble value) {
        return value.isPresent() ? set(name, value.getAsDouble()) : this;
    }

    /** An object that may be absent or have no fields; it is left out then. */
    Tree maybeObject(String name, Optional<Tree> value) {
        return value.isPresent() && !value.get().fields.isEmpty() ? object(name, value.get()) : this;
    }

    Map<String, Object> fields() {
        return Collections.unmodifiableMap(fields);
    }

    private Tree set(String name, Object value) {
        if (fields.put(name, value) != null) {
            throw new IllegalStateException("two fields are called " + name);
        }
        return this;
    }
}
