package dev.settle.core.json;

import java.io.IOException;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** A JSON object read strictly: a field that is missing or of the wrong type is an error that names it. */
public final class Fields {
    private final Map<String, @Nullable Object> map;

    Fields(Map<String, @Nullable Object> map) {
        this.map = map;
    }

    /** Wraps a tree that is already parsed. */
    public static Fields of(Map<String, ? extends @Nullable Object> tree) {
        return new Fields(new LinkedHashMap<>(tree));
    }

    /**
     * Takes over what {@link Json#read} returned.
     *
     * @throws IOException when it is no object
     */
    public static Fields ofParsed(@Nullable Object tree) throws IOException {
        if (!(tree instanceof Map<?, ?>)) {
            throw new IOException("not a JSON object: " + tree);
        }
        return new Fields(Json.asMap(tree));
    }

    public Map<String, @Nullable Object> asMap() {
        return map;
    }

    public boolean has(String name) {
        return map.get(name) != null;
    }

    public String text(String name) throws IOException {
        return optText(name).orElseThrow(() -> new IOException("missing field '" + name + "' in " + map.keySet()));
    }

    public Optional<String> optText(String name) throws IOException {
        Object value = map.get(name);
        if (value == null) {
            return Optional.empty();
        }
        if (value instanceof String text) {
            return Optional.of(text);
        }
        throw wrong(name, "a string", value);
    }

    public OptionalInt optInt(String name) throws IOException {
        OptionalLong value = optLong(name);
        if (value.isEmpty()) {
            return OptionalInt.empty();
        }
        if (value.getAsLong() != (int) value.getAsLong()) {
            throw wrong(name, "a number of 32 bits", value.getAsLong());
        }
        return OptionalInt.of((int) value.getAsLong());
    }

    public int integer(String name) throws IOException {
        return optInt(name).orElseThrow(() -> new IOException("missing field '" + name + "' in " + map.keySet()));
    }

    public OptionalLong optLong(String name) throws IOException {
        Object value = map.get(name);
        if (value == null) {
            return OptionalLong.empty();
        }
        if (value instanceof Long || value instanceof Integer) {
            return OptionalLong.of(((Number) value).longValue());
        }
        throw wrong(name, "a whole number", value);
    }

    public long longer(String name) throws IOException {
        return optLong(name).orElseThrow(() -> new IOException("missing field '" + name + "' in " + map.keySet()));
    }

    public OptionalDouble optDouble(String name) throws IOException {
        Object value = map.get(name);
        if (value == null) {
            return OptionalDouble.empty();
        }
        if (value instanceof Number number) {
            return OptionalDouble.of(number.doubleValue());
        }
        throw wrong(name, "a number", value);
    }

    /** A flag that is false when absent. */
    public boolean flag(String name) throws IOException {
        Object value = map.get(name);
        if (value == null) {
            return false;
        }
        if (value instanceof Boolean flag) {
            return flag;
        }
        throw wrong(name, "true or false", value);
    }

    public Optional<Instant> optInstant(String name) throws IOException {
        Optional<String> text = optText(name);
        if (text.isEmpty()) {
            return Optional.empty();
        }
        try {
            return Optional.of(Instants.parse(text.get()));
        } catch (DateTimeException e) {
            throw new IOException("field '" + name + "' is no time: " + text.get(), e);
        }
    }

    public Instant instant(String name) throws IOException {
        return optInstant(name).orElseThrow(() -> new IOException("missing field '" + name + "' in " + map.keySet()));
    }

    public Optional<Fields> optObject(String name) throws IOException {
        Object value = map.get(name);
        if (value == null) {
            return Optional.empty();
        }
        if (value instanceof Map<?, ?>) {
            return Optional.of(new Fields(Json.asMap(value)));
        }
        throw wrong(name, "an object", value);
    }

    public Fields object(String name) throws IOException {
        return optObject(name).orElseThrow(() -> new IOException("missing field '" + name + "' in " + map.keySet()));
    }

    /** The objects of a list; empty when absent. */
    public List<Fields> objects(String name) throws IOException {
        List<Fields> objects = new ArrayList<>();
        for (Object each : list(name)) {
            if (!(each instanceof Map<?, ?>)) {
                throw wrong(name, "a list of objects", each);
            }
            objects.add(new Fields(Json.asMap(each)));
        }
        return objects;
    }

    /** The strings of a list; empty when absent. */
    public List<String> texts(String name) throws IOException {
        List<String> texts = new ArrayList<>();
        for (Object each : list(name)) {
            if (!(each instanceof String text)) {
                throw wrong(name, "a list of strings", each);
            }
            texts.add(text);
        }
        return texts;
    }

    /** The whole numbers of a list; empty when absent. */
    public List<Long> longs(String name) throws IOException {
        List<Long> numbers = new ArrayList<>();
        for (Object each : list(name)) {
            if (!(each instanceof Long) && !(each instanceof Integer)) {
                throw wrong(name, "a list of whole numbers", each);
            }
            numbers.add(((Number) each).longValue());
        }
        return numbers;
    }

    /** The string values of an object; empty when absent. */
    public Map<String, String> textMap(String name) throws IOException {
        Map<String, String> texts = new LinkedHashMap<>();
        Optional<Fields> object = optObject(name);
        if (object.isPresent()) {
            for (String key : object.get().asMap().keySet()) {
                texts.put(key, object.get().text(key));
            }
        }
        return texts;
    }

    private List<?> list(String name) throws IOException {
        Object value = map.get(name);
        if (value == null) {
            return List.of();
        }
        if (value instanceof List<?> list) {
            return list;
        }
        throw wrong(name, "a list", value);
    }

    private static IOException wrong(String name, String wanted, @Nullable Object got) {
        return new IOException("field '" + name + "' is not " + wanted + ": " + got);
    }
}
