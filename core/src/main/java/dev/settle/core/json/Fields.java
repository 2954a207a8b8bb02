package dev.settle.core.json;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.settle.core.text.Times;
import java.io.IOException;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * A JSON object read strictly: a field that is missing or of the wrong type is an error that names it. A field that is
 * null counts as absent.
 *
 * <p>The fields lie in two arrays in the order of the document. Whoever reads an object asks for its fields in the order
 * in which they were written, so each look-up goes on where the last one ended.
 */
public sealed class Fields permits PulledFields {
    private static final int CAPACITY_FIRST = 16;

    private String[] names = new String[CAPACITY_FIRST];

    /** Strings, longs, doubles, booleans, other {@code Fields}, lists of these, and null. */
    private @Nullable Object[] values = new Object[CAPACITY_FIRST];

    private int size;
    private int next;

    Fields() {}

    /** Wraps a tree that is already parsed. */
    public static Fields of(Map<String, ? extends @Nullable Object> tree) {
        Fields fields = new Fields();
        tree.forEach((name, value) -> fields.add(name, ofTree(value)));
        return fields;
    }

    private static @Nullable Object ofTree(@Nullable Object value) {
        if (value instanceof Map<?, ?> map) {
            Fields fields = new Fields();
            map.forEach((name, each) -> fields.add(String.valueOf(name), ofTree(each)));
            return fields;
        }
        if (value instanceof List<?> list) {
            List<@Nullable Object> elements = new ArrayList<>();
            list.forEach(each -> elements.add(ofTree(each)));
            return elements;
        }
        return value;
    }

    /**
     * Reads the object that the parser is at, whatever its encoding.
     *
     * @throws IOException when there is no object, or it is not whole
     */
    public static Fields read(JsonParser parser) throws IOException {
        if (parser.currentToken() != JsonToken.START_OBJECT) {
            throw new IOException("not a JSON object: " + parser.getText());
        }
        return read(parser, 0);
    }

    /** Reads the value of one field, which the parser is at. */
    public interface ValueReader {
        void read(JsonParser parser) throws IOException;
    }

    /**
     * As {@link #read(JsonParser)}, but for one field, which may be too large to be held as a tree.
     *
     * @param streamed the name of that field
     */
    public static Fields read(JsonParser parser, String streamed, ValueReader reader) throws IOException {
        if (parser.currentToken() != JsonToken.START_OBJECT) {
            throw new IOException("not a JSON object: " + parser.getText());
        }
        Fields fields = new Fields();
        for (String name = parser.nextFieldName(); name != null; name = parser.nextFieldName()) {
            JsonToken token = parser.nextToken();
            if (name.equals(streamed)) {
                reader.read(parser);
            } else {
                fields.add(name, value(parser, token, 1));
            }
        }
        return whole(fields, parser);
    }

    private static Fields read(JsonParser parser, int depth) throws IOException {
        Fields fields = new Fields();
        for (String name = parser.nextFieldName(); name != null; name = parser.nextFieldName()) {
            fields.add(name, value(parser, parser.nextToken(), depth + 1));
        }
        return whole(fields, parser);
    }

    static Fields whole(Fields fields, JsonParser parser) throws IOException {
        if (parser.currentToken() != JsonToken.END_OBJECT) {
            throw new IOException("a JSON object is cut short");
        }
        return fields;
    }

    static @Nullable Object value(JsonParser parser, @Nullable JsonToken token, int depth) throws IOException {
        if (depth > Json.DEPTH_MAX) {
            throw new IOException("nested deeper than " + Json.DEPTH_MAX);
        }
        if (token == null) {
            throw new IOException("a JSON document is cut short");
        }
        return switch (token) {
            case VALUE_STRING -> parser.getText();
            case VALUE_NUMBER_INT -> parser.getLongValue();
            case VALUE_NUMBER_FLOAT -> parser.getDoubleValue();
            case VALUE_TRUE -> true;
            case VALUE_FALSE -> false;
            case VALUE_NULL -> null;
            case START_OBJECT -> read(parser, depth);
            case START_ARRAY -> {
                List<@Nullable Object> list = new ArrayList<>();
                for (JsonToken each = parser.nextToken(); each != JsonToken.END_ARRAY; each = parser.nextToken()) {
                    list.add(value(parser, each, depth + 1));
                }
                yield list;
            }
            default -> throw new IOException("unexpected " + token);
        };
    }

    private void add(String name, @Nullable Object value) {
        if (size == names.length) {
            names = Arrays.copyOf(names, size * 2);
            values = Arrays.copyOf(values, size * 2);
        }
        names[size] = name;
        values[size] = value;
        size++;
    }

    private @Nullable Object value(String name) {
        for (int i = next; i < size; i++) {
            if (names[i].equals(name)) {
                next = i + 1;
                return values[i];
            }
        }
        for (int i = 0; i < next; i++) {
            if (names[i].equals(name)) {
                return values[i];
            }
        }
        return null;
    }

    /** The names, in the order of the document. */
    public List<String> names() {
        return Collections.unmodifiableList(Arrays.asList(names).subList(0, size));
    }

    /** The whole object as a tree of maps, lists and simple values. */
    public Map<String, @Nullable Object> asMap() {
        Map<String, @Nullable Object> map = new LinkedHashMap<>();
        for (int i = 0; i < size; i++) {
            map.put(names[i], asTree(values[i]));
        }
        return map;
    }

    private static @Nullable Object asTree(@Nullable Object value) {
        if (value instanceof Fields fields) {
            return fields.asMap();
        }
        if (value instanceof List<?> list) {
            List<@Nullable Object> elements = new ArrayList<>();
            list.forEach(each -> elements.add(asTree(each)));
            return elements;
        }
        return value;
    }

    public boolean has(String name) {
        return value(name) != null;
    }

    public boolean isText(String name) {
        return value(name) instanceof String;
    }

    public String text(String name) throws IOException {
        Object value = value(name);
        if (value instanceof String text) {
            return text;
        }
        throw value == null ? missing(name) : wrong(name, "a string", value);
    }

    public Optional<String> optText(String name) throws IOException {
        Object value = value(name);
        if (value == null) {
            return Optional.empty();
        }
        if (value instanceof String text) {
            return Optional.of(text);
        }
        throw wrong(name, "a string", value);
    }

    /** A text that is mostly one of a few. */
    public Optional<String> optWord(String name) throws IOException {
        Optional<String> text = optText(name);
        return text.isPresent() ? Shared.optional(text.get()) : text;
    }

    /** A text that is mostly one of a few. */
    public String word(String name) throws IOException {
        return Shared.value(text(name));
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
        OptionalInt value = optInt(name);
        if (value.isEmpty()) {
            throw missing(name);
        }
        return value.getAsInt();
    }

    public OptionalLong optLong(String name) throws IOException {
        Object value = value(name);
        if (value == null) {
            return OptionalLong.empty();
        }
        if (value instanceof Long || value instanceof Integer) {
            return OptionalLong.of(((Number) value).longValue());
        }
        throw wrong(name, "a whole number", value);
    }

    public long longer(String name) throws IOException {
        return optLong(name).orElseThrow(() -> missing(name));
    }

    public OptionalDouble optDouble(String name) throws IOException {
        Object value = value(name);
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
        Object value = value(name);
        if (value == null) {
            return false;
        }
        if (value instanceof Boolean flag) {
            return flag;
        }
        throw wrong(name, "true or false", value);
    }

    public Optional<Instant> optInstant(String name) throws IOException {
        Object value = value(name);
        if (value == null) {
            return Optional.empty();
        }
        if (value instanceof String text) {
            try {
                return Shared.optional(Times.parse(text));
            } catch (DateTimeException e) {
                throw new IOException("field '" + name + "' is no time: " + text, e);
            }
        }
        throw wrong(name, "a time", value);
    }

    public Instant instant(String name) throws IOException {
        Optional<Instant> value = optInstant(name);
        if (value.isEmpty()) {
            throw missing(name);
        }
        return value.get();
    }

    public Optional<Fields> optObject(String name) throws IOException {
        Object value = value(name);
        if (value == null) {
            return Optional.empty();
        }
        if (value instanceof Fields fields) {
            return Optional.of(fields);
        }
        throw wrong(name, "an object", value);
    }

    public Fields object(String name) throws IOException {
        return optObject(name).orElseThrow(() -> missing(name));
    }

    /** Makes a value of an object. */
    public interface Reader<T> {
        T read(Fields fields) throws IOException;
    }

    /** What the objects of a list stand for, in order; empty when absent. */
    public <T> List<T> list(String name, Reader<T> reader) throws IOException {
        List<Fields> objects = objects(name);
        if (objects.isEmpty()) {
            return List.of();
        }
        List<T> list = new ArrayList<>(objects.size());
        for (Fields each : objects) {
            list.add(reader.read(each));
        }
        return list;
    }

    /** What an object stands for. */
    public <T> Optional<T> optional(String name, Reader<T> reader) throws IOException {
        Optional<Fields> object = optObject(name);
        return object.isPresent() ? Optional.of(reader.read(object.get())) : Optional.empty();
    }

    /** An object whose names are not known before, such as one of metrics. */
    public Optional<Fields> optTree(String name) throws IOException {
        return optObject(name);
    }

    /** The objects of a list; empty when absent. */
    public List<Fields> objects(String name) throws IOException {
        List<Fields> objects = new ArrayList<>();
        for (Object each : list(name)) {
            if (!(each instanceof Fields fields)) {
                throw wrong(name, "a list of objects", each);
            }
            objects.add(fields);
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
            for (String key : object.get().names()) {
                texts.put(key, object.get().text(key));
            }
        }
        return texts;
    }

    private List<?> list(String name) throws IOException {
        Object value = value(name);
        if (value == null) {
            return List.of();
        }
        if (value instanceof List<?> list) {
            return list;
        }
        throw wrong(name, "a list", value);
    }

    IOException missing(String name) {
        return new IOException("missing field '" + name + "' in " + names());
    }

    static IOException wrong(String name, String wanted, @Nullable Object got) {
        return new IOException("field '" + name + "' is not " + wanted + ": " + asTree(got));
    }
}
