package dev.settle.app.process;

import dev.settle.core.environment.RawText;
import dev.settle.core.json.Json;
import java.io.IOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Puts {@value #MASK} in place of secret values: as they are, and as JSON and XML write them.
 *
 * <p>A text may come in pieces: what may be the beginning of a value is held back until it is known.
 */
final class Redaction {
    static final String MASK = "***";

    /** Shorter values are found everywhere by accident, and protect nothing. */
    static final int VALUE_MIN = 4;

    static final Redaction NONE = new Redaction(List.of());

    /** The longest first: one may be the beginning of another. */
    private final List<String> values;

    private Redaction(List<String> values) {
        this.values = values;
    }

    /** Of these values, in all of their forms. */
    static Redaction of(Collection<String> values) {
        Set<String> forms = new LinkedHashSet<>();
        for (String value : values) {
            if (value.length() >= VALUE_MIN) {
                forms.add(value);
                String json = Json.write(Map.of("", value));
                forms.add(json.substring("{\"\":\"".length(), json.length() - "\"}".length()));
                String markup = value.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
                for (String quote : List.of("\"", "&quot;", "&#34;")) {
                    for (String apostrophe : List.of("'", "&#39;", "&apos;")) {
                        forms.add(markup.replace("\"", quote).replace("'", apostrophe));
                    }
                }
            }
        }
        List<String> longestFirst = new ArrayList<>(forms);
        longestFirst.sort(Comparator.comparingInt(String::length).reversed());
        return new Redaction(longestFirst);
    }

    boolean isEmpty() {
        return values.isEmpty();
    }

    /** The text without secret values. */
    String of(String text) {
        String clean = text;
        for (String value : values) {
            clean = clean.contains(value) ? clean.replace(value, MASK) : clean;
        }
        return clean;
    }

    /** How many characters at the end of a text may be the beginning of a value. */
    private int begun(String text) {
        int most = 0;
        for (String value : values) {
            for (int length = Math.min(value.length() - 1, text.length()); length > most; length--) {
                if (text.startsWith(value.substring(0, length), text.length() - length)) {
                    most = length;
                }
            }
        }
        return most;
    }

    /** Pieces of a text, one after the other. */
    private static final class Pieces {
        private final Redaction redaction;
        private String held = "";

        Pieces(Redaction redaction) {
            this.redaction = redaction;
        }

        String next(String more) {
            String clean = redaction.of(held + more);
            int kept = redaction.begun(clean);
            held = clean.substring(clean.length() - kept);
            return clean.substring(0, clean.length() - kept);
        }

        String rest() {
            String rest = held;
            held = "";
            return rest;
        }
    }

    /** A sink before another one, for bytes of any encoding. */
    ByteSink before(ByteSink out) {
        Pieces pieces = new Pieces(new Redaction(values.stream()
                .map(value -> new String(RawText.encode(value), StandardCharsets.ISO_8859_1))
                .toList()));
        return new ByteSink() {
            @Override
            public void bytes(byte[] chunk, int length) {
                pass(pieces.next(new String(chunk, 0, length, StandardCharsets.ISO_8859_1)));
            }

            private void pass(String text) {
                if (!text.isEmpty()) {
                    byte[] clean = text.getBytes(StandardCharsets.ISO_8859_1);
                    out.bytes(clean, clean.length);
                }
            }

            @Override
            public void end() {
                pass(pieces.rest());
                out.end();
            }
        };
    }

    /** A writer before another one. */
    Writer before(Writer out) {
        Pieces pieces = new Pieces(this);
        return new Writer() {
            @Override
            public void write(char[] more, int from, int length) throws IOException {
                out.write(pieces.next(new String(more, from, length)));
            }

            @Override
            public void flush() throws IOException {
                out.write(pieces.rest());
                out.flush();
            }

            @Override
            public void close() throws IOException {
                out.write(pieces.rest());
                out.close();
            }
        };
    }
}
