package dev.settle.core.json;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.json.JsonReadFeature;
import com.fasterxml.jackson.core.util.DefaultIndenter;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import com.fasterxml.jackson.core.util.Separators;
import dev.settle.core.text.Times;
import java.io.IOException;
import java.io.Reader;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * Reads and writes small JSON documents as plain trees of {@code Map}, {@code List}, {@code String}, {@code Number},
 * {@code Boolean} and null, by streaming.
 *
 * <p>Databind costs 225 ms at first use and is kept away from the commands that people run often.
 */
public final class Json {
    /** Deeper documents are refused; no file of ours nests deeper than ten. */
    static final int DEPTH_MAX = 200;

    private static final JsonFactory FACTORY = JsonFactory.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .build();

    private static final JsonFactory LENIENT = JsonFactory.builder()
            .enable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS)
            .build();

    private Json() {}

    /**
     * Parses one object.
     *
     * @throws IOException when the text is no JSON object, names a key twice or goes on after its end
     */
    public static Fields parseObject(String text) throws IOException {
        try (JsonParser parser = FACTORY.createParser(text)) {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                throw new IOException("not a JSON object: " + head(text));
            }
            Fields fields = Fields.read(parser);
            if (parser.nextToken() != null) {
                throw new IOException("text after the JSON object: " + head(text));
            }
            return fields;
        }
    }

    /**
     * The numbers that an object of somebody else's has at its top; what is no number, or not finite, is passed over.
     *
     * @throws IOException when the text is no JSON object; {@code NaN}, as Python writes it, is let pass
     */
    public static Map<String, Double> numbers(String text) throws IOException {
        Map<String, Double> numbers = new LinkedHashMap<>();
        try (JsonParser parser = LENIENT.createParser(text)) {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                throw new IOException("not a JSON object: " + head(text));
            }
            while (parser.nextToken() != JsonToken.END_OBJECT) {
                String name = parser.currentName();
                JsonToken token = parser.nextToken();
                if (token.isNumeric() && Double.isFinite(parser.getDoubleValue())) {
                    numbers.put(name, parser.getDoubleValue());
                }
                parser.skipChildren();
            }
            if (parser.nextToken() != null) {
                throw new IOException("text after the JSON object: " + head(text));
            }
        } catch (JsonProcessingException e) {
            // Its own message goes over several lines.
            throw new IOException("not JSON: " + e.getOriginalMessage(), e);
        }
        return numbers;
    }

    /** A parser with the strictness of this class, for documents of many objects. */
    public static JsonParser parser(Reader in) throws IOException {
        return FACTORY.createParser(in);
    }

    /** Writes a tree on one line, without a line end. */
    public static String write(Map<String, ? extends @Nullable Object> tree) {
        StringWriter out = new StringWriter(256);
        try (JsonGenerator generator = FACTORY.createGenerator(out)) {
            emit(generator, tree);
        } catch (IOException e) {
            throw new IllegalStateException("a string cannot fail to be written", e);
        }
        return out.toString();
    }

    /** How a document is laid out. */
    public enum Layout {
        ONE_LINE,
        /** Two spaces a level, for documents that people read as well. */
        INDENTED
    }

    /**
     * A generator for a document that is too large or too hot for a tree. Closing it flushes, but does not close,
     * {@code out}.
     */
    public static JsonGenerator generator(Writer out, Layout layout) {
        try {
            JsonGenerator generator = FACTORY.createGenerator(out).disable(JsonGenerator.Feature.AUTO_CLOSE_TARGET);
            if (layout == Layout.INDENTED) {
                DefaultIndenter indent = new DefaultIndenter("  ", "\n");
                DefaultPrettyPrinter printer = new DefaultPrettyPrinter(
                        DefaultPrettyPrinter.DEFAULT_SEPARATORS.withObjectFieldValueSpacing(Separators.Spacing.AFTER));
                printer.indentObjectsWith(indent);
                printer.indentArraysWith(indent);
                generator.setPrettyPrinter(printer);
            }
            return generator;
        } catch (IOException e) {
            throw new UncheckedIOException("a generator that has written nothing cannot fail", e);
        }
    }

    /** Writes a tree to an open generator. */
    public static void emit(JsonGenerator out, @Nullable Object node) throws IOException {
        if (node == null) {
            out.writeNull();
        } else if (node instanceof Map<?, ?> map) {
            out.writeStartObject();
            for (Map.Entry<?, ?> entry : map.entrySet()) {
                out.writeFieldName(String.valueOf(entry.getKey()));
                emit(out, entry.getValue());
            }
            out.writeEndObject();
        } else if (node instanceof Iterable<?> list) {
            out.writeStartArray();
            for (Object each : list) {
                emit(out, each);
            }
            out.writeEndArray();
        } else if (node instanceof Optional<?> optional) {
            emit(out, optional.orElse(null));
        } else if (node instanceof OptionalInt optional) {
            emit(out, optional.isPresent() ? (Integer) optional.getAsInt() : null);
        } else if (node instanceof OptionalLong optional) {
            emit(out, optional.isPresent() ? (Long) optional.getAsLong() : null);
        } else if (node instanceof OptionalDouble optional) {
            emit(out, optional.isPresent() ? (Double) optional.getAsDouble() : null);
        } else if (node instanceof Integer number) {
            out.writeNumber(number.intValue());
        } else if (node instanceof Long number) {
            out.writeNumber(number.longValue());
        } else if (node instanceof Double number) {
            out.writeNumber(number.doubleValue());
        } else if (node instanceof Boolean flag) {
            out.writeBoolean(flag);
        } else if (node instanceof Instant at) {
            out.writeString(Times.format(at));
        } else if (node instanceof String || node instanceof Enum<?>) {
            out.writeString(node.toString());
        } else {
            throw new IllegalArgumentException("no JSON form for " + node.getClass());
        }
    }

    private static String head(String text) {
        return text.length() <= 80 ? text : text.substring(0, 80) + "...";
    }
}
