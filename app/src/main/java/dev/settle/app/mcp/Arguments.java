package dev.settle.app.mcp;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/** The arguments of a call, which fit its schema. */
final class Arguments {
    private final Map<String, @Nullable Object> values;

    Arguments(Map<String, @Nullable Object> values) {
        this.values = values;
    }

    /** A text, or a number as text; empty where it was not passed. */
    Optional<String> text(String name) {
        Object value = values.get(name);
        return value == null ? Optional.empty() : Optional.of(String.valueOf(value));
    }

    List<String> texts(String name) {
        return values.get(name) instanceof List<?> list
                ? list.stream().map(String::valueOf).toList()
                : List.of();
    }

    OptionalInt count(String name) {
        return values.get(name) instanceof Number number ? OptionalInt.of(number.intValue()) : OptionalInt.empty();
    }

    boolean flag(String name) {
        return Boolean.TRUE.equals(values.get(name));
    }

    Map<String, String> map(String name) {
        Map<String, String> map = new LinkedHashMap<>();
        if (values.get(name) instanceof Map<?, ?> given) {
            given.forEach((key, value) -> map.put(String.valueOf(key), String.valueOf(value)));
        }
        return map;
    }
}
