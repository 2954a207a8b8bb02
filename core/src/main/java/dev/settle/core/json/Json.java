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
import java.io.IOException;
import java.io.Reader;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.io.Writer;
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

    /** An object as the parser made it: its keys are known to be strings, so nobody has to copy it to make sure. */
    private static final class ParsedObject extends LinkedHashMap<String, @Nullable Object> {
        private static final long serialVersionUID = 1L;
    }

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
            @Nullable Object tree = value(parser, 0);
            if (parser.nextToken() != null) {
                throw new IOException("text after the JSON object: " + head(text));
            }
            return new Fields(asMap(tree));
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

    /**
     * Parses the value that the parser stands on: for documents of many objects that are read one by one.
     *
     * @throws IOException when the text is no JSON or nests deeper than {@value #DEPTH_MAX}
     */
    public static @Nullable Object read(JsonParser parser) throws IOException {
        return value(parser, 0);
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
            out.writeString(Instants.format(at));
        } else if (node instanceof String || node instanceof Enum<?>) {
            out.writeString(node.toString());
        } else {
            throw new IllegalArgumentException("no JSON form for " + node.getClass());
        }
    }

    static Map<String, @Nullable Object> asMap(@Nullable Object tree) {
        if (!(tree instanceof Map<?, ?> map)) {
            throw new IllegalArgumentException("not an object: " + tree);
        }
        if (map instanceof ParsedObject parsed) {
            return parsed;
        }
        Map<String, @Nullable Object> typed = new LinkedHashMap<>();
        map.forEach((key, item) -> typed.put(String.valueOf(key), item));
        return typed;
    }

    private static @Nullable Object value(JsonParser parser, int depth) throws IOException {
        if (depth > DEPTH_MAX) {
            throw new IOException("nested deeper than " + DEPTH_MAX);
        }
        switch (parser.currentToken()) {
            case START_OBJECT -> {
                Map<String, @Nullable Object> map = new ParsedObject();
                while (parser.nextToken() != JsonToken.END_OBJECT) {
                    String name = parser.currentName();
                    parser.nextToken();
                    map.put(name, value(parser, depth + 1));
                }
                return map;
            }
            case START_ARRAY -> {
                List<@Nullable Object> list = new ArrayList<>();
                while (parser.nextToken() != JsonToken.END_ARRAY) {
                    list.add(value(parser, depth + 1));
                }
                return list;
            }
            case VALUE_STRING -> {
                return parser.getText();
            }
            case VALUE_NUMBER_INT -> {
                return parser.getLongValue();
            }
            case VALUE_NUMBER_FLOAT -> {
                return parser.getDoubleValue();
            }
            case VALUE_TRUE -> {
                return true;
            }
            case VALUE_FALSE -> {
                return false;
            }
            case VALUE_NULL -> {
                return null;
            }
            default -> throw new IOException("unexpected " + parser.currentToken());
        }
    }

    private static String head(String text) {
        return text.length() <= 80 ? text : text.substring(0, 80) + "...";
    }
}
