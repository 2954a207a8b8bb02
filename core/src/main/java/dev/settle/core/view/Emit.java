package dev.settle.core.view;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.settle.core.text.Times;
import java.io.IOException;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;

/** Fields that are always there: null is written where there is no value. */
public final class Emit {
    private Emit() {}

    public static void text(JsonGenerator out, String name, Optional<String> value) throws IOException {
        if (value.isPresent()) {
            out.writeStringField(name, value.get());
        } else {
            out.writeNullField(name);
        }
    }

    public static void time(JsonGenerator out, String name, Optional<Instant> value) throws IOException {
        if (value.isPresent()) {
            out.writeStringField(name, Times.rfc3339(value.get()));
        } else {
            out.writeNullField(name);
        }
    }

    public static void number(JsonGenerator out, String name, OptionalInt value) throws IOException {
        if (value.isPresent()) {
            out.writeNumberField(name, value.getAsInt());
        } else {
            out.writeNullField(name);
        }
    }

    public static void number(JsonGenerator out, String name, OptionalLong value) throws IOException {
        if (value.isPresent()) {
            out.writeNumberField(name, value.getAsLong());
        } else {
            out.writeNullField(name);
        }
    }

    public static void number(JsonGenerator out, String name, OptionalDouble value) throws IOException {
        if (value.isPresent()) {
            number(out, name, value.getAsDouble());
        } else {
            out.writeNullField(name);
        }
    }

    /** JSON has no infinity and no NaN. */
    public static void number(JsonGenerator out, String name, double value) throws IOException {
        if (Double.isNaN(value) || Double.isInfinite(value)) {
            out.writeNullField(name);
        } else {
            out.writeNumberField(name, value);
        }
    }
}
