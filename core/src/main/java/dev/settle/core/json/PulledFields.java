package dev.settle.core.json;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.settle.core.text.Times;
import java.io.IOException;
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

/**
 * The fields of an object as the parser comes to them, without a tree: for documents that this same version has written,
 * whose fields are asked for in the order in which they stand, each once. What is left over when an object ends is an
 * error. {@code status} of 100,000 items would take more than a second with a tree for each.
 *
 * <p>Times are the numbers that {@link FieldWriter#pulled} writes.
 */
public final class PulledFields extends Fields {
    private static final long NANOS_OF_SECOND = 1_000_000_000;

    private final JsonParser parser;
    private final RecentTimes times;

    /** The field that the parser is at; null at the object's end. */
    private @Nullable String current;

    /** For the objects in this one, one after the other. */
    private @Nullable PulledFields inner;

    private boolean innerIsOpen;

    private PulledFields(JsonParser parser, RecentTimes times) {
        this.parser = parser;
        this.times = times;
    }

    /**
     * Reads the list of objects that the parser is at, whose type is known.
     *
     * @throws IOException when an object has other fields than the reader asks for, or in another order
     */
    public static <T> void list(JsonParser parser, List<? super T> list, Reader<T> reader) throws IOException {
        PulledFields fields = new PulledFields(parser, new RecentTimes());
        while (parser.nextToken() == JsonToken.START_OBJECT) {
            fields.begin();
            list.add(reader.read(fields));
            fields.end();
        }
    }

    private void begin() throws IOException {
        current = parser.nextFieldName();
    }

    private void end() throws IOException {
        closeInner();
        if (current != null) {
            throw new IOException("field '" + current + "' was not expected there");
        }
    }

    private void closeInner() throws IOException {
        if (innerIsOpen && inner != null) {
            innerIsOpen = false;
            inner.end();
            current = parser.nextFieldName();
        }
    }

    /** Whether the parser is at that field; then it is at the field's value. */
    private boolean at(String name) throws IOException {
        closeInner();
        if (!name.equals(current)) {
            return false;
        }
        parser.nextToken();
        return true;
    }

    private void next() throws IOException {
        current = parser.nextFieldName();
    }

    private void expect(String name, JsonToken token, String wanted) throws IOException {
        if (parser.currentToken() != token) {
            throw wrong(name, wanted, parser.getText());
        }
    }

    @Override
    public boolean has(String name) {
        return name.equals(current);
    }

    @Override
    public List<String> names() {
        return current == null ? List.of() : List.of(current);
    }

    @Override
    public String text(String name) throws IOException {
        if (!at(name)) {
            throw missing(name);
        }
        expect(name, JsonToken.VALUE_STRING, "a string");
        String text = parser.getText();
        next();
        return text;
    }

    @Override
    public Optional<String> optText(String name) throws IOException {
        closeInner();
        return has(name) ? Optional.of(text(name)) : Optional.empty();
    }

    @Override
    public OptionalInt optInt(String name) throws IOException {
        if (!at(name)) {
            return OptionalInt.empty();
        }
        expect(name, JsonToken.VALUE_NUMBER_INT, "a number of 32 bits");
        int value = parser.getIntValue();
        next();
        return OptionalInt.of(value);
    }

    @Override
    public OptionalLong optLong(String name) throws IOException {
        if (!at(name)) {
            return OptionalLong.empty();
        }
        expect(name, JsonToken.VALUE_NUMBER_INT, "a whole number");
        long value = parser.getLongValue();
        next();
        return OptionalLong.of(value);
    }

    @Override
    public OptionalDouble optDouble(String name) throws IOException {
        if (!at(name)) {
            return OptionalDouble.empty();
        }
        if (!parser.currentToken().isNumeric()) {
            throw wrong(name, "a number", parser.getText());
        }
        double value = parser.getDoubleValue();
        next();
        return OptionalDouble.of(value);
    }

    @Override
    public boolean flag(String name) throws IOException {
        if (!at(name)) {
            return false;
        }
        boolean value = parser.getBooleanValue();
        next();
        return value;
    }

    @Override
    public Optional<Instant> optInstant(String name) throws IOException {
        if (!at(name)) {
            return Optional.empty();
        }
        Optional<Instant> value = parser.currentToken() == JsonToken.VALUE_STRING
                ? Optional.of(Times.parse(parser.getText()))
                : times.of(parser.getLongValue());
        next();
        return value;
    }

    @Override
    public Optional<Fields> optObject(String name) throws IOException {
        if (!at(name)) {
            return Optional.empty();
        }
        expect(name, JsonToken.START_OBJECT, "an object");
        return Optional.of(open());
    }

    private PulledFields open() throws IOException {
        PulledFields object = inner;
        if (object == null) {
            object = new PulledFields(parser, times);
            inner = object;
        }
        innerIsOpen = true;
        object.begin();
        return object;
    }

    @Override
    public Optional<Fields> optTree(String name) throws IOException {
        if (!at(name)) {
            return Optional.empty();
        }
        Fields tree = Fields.read(parser);
        next();
        return Optional.of(tree);
    }

    @Override
    public <T> List<T> list(String name, Reader<T> reader) throws IOException {
        if (!at(name)) {
            return List.of();
        }
        expect(name, JsonToken.START_ARRAY, "a list");
        List<T> list = new ArrayList<>(2);
        while (parser.nextToken() == JsonToken.START_OBJECT) {
            PulledFields element = open();
            list.add(reader.read(element));
            innerIsOpen = false;
            element.end();
        }
        next();
        return list;
    }

    @Override
    public List<Fields> objects(String name) throws IOException {
        List<Fields> trees = new ArrayList<>();
        if (at(name)) {
            while (parser.nextToken() == JsonToken.START_OBJECT) {
                trees.add(Fields.read(parser));
            }
            next();
        }
        return trees;
    }

    @Override
    public List<String> texts(String name) throws IOException {
        if (!at(name)) {
            return List.of();
        }
        List<String> texts = new ArrayList<>();
        while (parser.nextToken() != JsonToken.END_ARRAY) {
            expect(name, JsonToken.VALUE_STRING, "a list of strings");
            texts.add(parser.getText());
        }
        next();
        return texts;
    }

    @Override
    public List<Long> longs(String name) throws IOException {
        if (!at(name)) {
            return List.of();
        }
        List<Long> numbers = new ArrayList<>();
        while (parser.nextToken() != JsonToken.END_ARRAY) {
            numbers.add(parser.getLongValue());
        }
        next();
        return numbers;
    }

    @Override
    public Map<String, String> textMap(String name) throws IOException {
        if (!at(name)) {
            return Map.of();
        }
        Map<String, String> texts = new LinkedHashMap<>();
        for (String key = parser.nextFieldName(); key != null; key = parser.nextFieldName()) {
            texts.put(key, parser.nextTextValue());
        }
        next();
        return texts;
    }

    /** Times that were read lately, by their nanoseconds: those of a poll and of an array are the same for many. */
    private static final class RecentTimes {
        private static final int SLOTS = 4096;

        private final long[] nanos = new long[SLOTS];

        @SuppressWarnings({"unchecked", "rawtypes"})
        private final @Nullable Optional<Instant>[] times = new Optional[SLOTS];

        Optional<Instant> of(long at) {
            int slot = Long.hashCode(at * 0x9E3779B97F4A7C15L) >>> 20;
            Optional<Instant> known = times[slot];
            if (known != null && nanos[slot] == at) {
                return known;
            }
            Optional<Instant> fresh = Optional.of(
                    Instant.ofEpochSecond(Math.floorDiv(at, NANOS_OF_SECOND), Math.floorMod(at, NANOS_OF_SECOND)));
            nanos[slot] = at;
            times[slot] = fresh;
            return fresh;
        }
    }
}
