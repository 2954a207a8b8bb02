package dev.settle.core.json;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.settle.core.text.Times;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;

/**
 * Writes the fields of JSON objects in order, whatever their encoding; what is absent is left out, so that it can never
 * read as 0. {@link Fields} reads them back.
 */
public final class FieldWriter {
    /** Seconds since 1970 whose nanoseconds a long can hold, for sure. */
    private static final long SECONDS_MAX = Long.MAX_VALUE / 1_000_000_000 - 1;

    private final JsonGenerator out;
    private final boolean timesAreNumbers;

    /** For {@link Fields}: times are texts. */
    public FieldWriter(JsonGenerator out) {
        this(out, false);
    }

    private FieldWriter(JsonGenerator out, boolean timesAreNumbers) {
        this.out = out;
        this.timesAreNumbers = timesAreNumbers;
    }

    /** For {@link PulledFields}: times are nanoseconds since 1970. */
    public static FieldWriter pulled(JsonGenerator out) {
        return new FieldWriter(out, true);
    }

    public FieldWriter put(String name, String value) throws IOException {
        out.writeStringField(name, value);
        return this;
    }

    public FieldWriter put(String name, long value) throws IOException {
        out.writeNumberField(name, value);
        return this;
    }

    public FieldWriter put(String name, double value) throws IOException {
        out.writeNumberField(name, value);
        return this;
    }

    public FieldWriter put(String name, boolean value) throws IOException {
        out.writeBooleanField(name, value);
        return this;
    }

    /** A flag; false is left out. */
    public FieldWriter flag(String name, boolean value) throws IOException {
        return value ? put(name, true) : this;
    }

    public FieldWriter put(String name, Instant value) throws IOException {
        if (timesAreNumbers && Math.abs(value.getEpochSecond()) < SECONDS_MAX) {
            return put(name, value.getEpochSecond() * 1_000_000_000 + value.getNano());
        }
        return put(name, Times.format(value));
    }

    /** Something whose text form reads back, such as an id. */
    public FieldWriter text(String name, Object value) throws IOException {
        return put(name, value.toString());
    }

    /** Something whose text form reads back, or a time. */
    public FieldWriter maybe(String name, Optional<?> value) throws IOException {
        if (value.isEmpty()) {
            return this;
        }
        return value.get() instanceof Instant at ? put(name, at) : text(name, value.get());
    }

    public FieldWriter maybe(String name, OptionalInt value) throws IOException {
        return value.isPresent() ? put(name, value.getAsInt()) : this;
    }

    public FieldWriter maybe(String name, OptionalLong value) throws IOException {
        return value.isPresent() ? put(name, value.getAsLong()) : this;
    }

    public FieldWriter maybe(String name, OptionalDouble value) throws IOException {
        return value.isPresent() ? put(name, value.getAsDouble()) : this;
    }

    /** A list of strings; an empty one is left out. */
    public FieldWriter texts(String name, List<String> values) throws IOException {
        return values.isEmpty() ? this : allTexts(name, values);
    }

    /** A list of strings, which may be empty. */
    public FieldWriter allTexts(String name, List<String> values) throws IOException {
        out.writeArrayFieldStart(name);
        for (String value : values) {
            out.writeString(value);
        }
        out.writeEndArray();
        return this;
    }

    public FieldWriter numbers(String name, List<Integer> values) throws IOException {
        out.writeArrayFieldStart(name);
        for (int value : values) {
            out.writeNumber(value);
        }
        out.writeEndArray();
        return this;
    }

    /** An object of strings; an empty one is left out. */
    public FieldWriter texts(String name, Map<String, String> values) throws IOException {
        if (values.isEmpty()) {
            return this;
        }
        begin(name);
        for (Map.Entry<String, String> each : values.entrySet()) {
            put(each.getKey(), each.getValue());
        }
        return end();
    }

    /** Begins the document, or an element of a list. */
    public FieldWriter begin() throws IOException {
        out.writeStartObject();
        return this;
    }

    /** Begins an object in a field. */
    public FieldWriter begin(String name) throws IOException {
        out.writeObjectFieldStart(name);
        return this;
    }

    /** Ends the object that was begun last. */
    public FieldWriter end() throws IOException {
        out.writeEndObject();
        return this;
    }

    /** Begins a list of objects in a field. */
    public FieldWriter beginList(String name) throws IOException {
        out.writeArrayFieldStart(name);
        return this;
    }

    /** Ends the list that was begun last. */
    public FieldWriter endList() throws IOException {
        out.writeEndArray();
        return this;
    }
}
