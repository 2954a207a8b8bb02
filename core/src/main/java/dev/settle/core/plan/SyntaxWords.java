package dev.settle.core.plan;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import java.util.List;
import java.util.Locale;
import org.yaml.snakeyaml.error.YAMLException;

/** The parsers' own words on bad syntax, cut down to a line for the author of the file. */
final class SyntaxWords {
    private static final List<String> NOISE = List.of("(start marker at", " at [Source", "\n at [", " in 'reader'");

    private SyntaxWords() {}

    static String of(JsonProcessingException e) {
        if (e instanceof StreamConstraintsException && e.getOriginalMessage().contains("nesting depth")) {
            return "nested deeper than " + TreeReader.DEPTH_MAX + " levels";
        }
        return tidy(e.getOriginalMessage());
    }

    static String of(YAMLException e) {
        return tidy(String.valueOf(e.getMessage()));
    }

    /** The last sentence that says something: of SnakeYAML's "while parsing X ... expected Y" that is the latter. */
    private static String tidy(String raw) {
        StringBuilder words = new StringBuilder();
        for (String line : raw.split("\n")) {
            String clean = line.strip();
            boolean snippet = line.startsWith("    ") || clean.equals("^") || clean.startsWith("in ");
            if (!clean.isEmpty() && !snippet) {
                words.append(words.length() == 0 ? "" : ": ").append(clean);
            }
        }
        String text = words.toString();
        for (String noise : NOISE) {
            int at = text.indexOf(noise);
            if (at > 0) {
                text = text.substring(0, at).strip();
            }
        }
        return text.isEmpty() ? "bad syntax" : text.substring(0, 1).toLowerCase(Locale.ROOT) + text.substring(1);
    }
}
