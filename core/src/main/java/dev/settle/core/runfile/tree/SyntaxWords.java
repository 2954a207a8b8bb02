package dev.settle.core.runfile.tree;

import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.yaml.snakeyaml.error.YAMLException;

/**
 * The parsers' own words on bad syntax, cut down to a line for the author of the file.
 *
 * @param line 0 when not known
 * @param column 0 when not known
 */
record SyntaxWords(int line, int column, String message) {
    /** SnakeYAML names the place where it noticed and, before it, the place where the matter begins. */
    private static final Pattern MARK = Pattern.compile("in '[^']*', line (\\d+), column (\\d+)");

    static SyntaxWords of(JsonProcessingException e) {
        JsonLocation at = e.getLocation();
        int line = at == null ? 0 : at.getLineNr();
        int column = at == null ? 0 : at.getColumnNr();
        String raw = e.getOriginalMessage();
        if (e instanceof StreamConstraintsException && raw.contains("nesting depth")) {
            return new SyntaxWords(line, column, "nested deeper than " + TreeReader.DEPTH_MAX + " levels");
        }
        return of(raw, line, column);
    }

    static SyntaxWords of(YAMLException e) {
        return of(String.valueOf(e.getMessage()), 0, 0);
    }

    void tell(Problems problems) {
        problems.add(line, column, DocumentPath.ROOT, message, hint());
    }

    /** The commonest slips: a command with ": " in it, a tab, and a wildcard that YAML takes for an alias. */
    private String hint() {
        if (message.startsWith("mapping values are not allowed")) {
            return "put a text with a colon in quotes, or on lines of its own after a |";
        }
        if (message.contains("(TAB)")) {
            return "indent with spaces";
        }
        return message.startsWith("while scanning an alias") ? "put a text that begins with * in quotes" : "";
    }

    private static SyntaxWords of(String raw, int line, int column) {
        List<int[]> marks = new ArrayList<>();
        Matcher mark = MARK.matcher(raw);
        while (mark.find()) {
            marks.add(new int[] {Integer.parseInt(mark.group(1)), Integer.parseInt(mark.group(2))});
        }
        // A quote that is never closed is noticed at the end of the file; its author looks for its beginning.
        boolean atBeginning = raw.contains("quoted scalar") && raw.contains("end of stream");
        int[] place = marks.isEmpty() ? new int[] {line, column} : marks.get(atBeginning ? 0 : marks.size() - 1);
        return new SyntaxWords(place[0], place[1], tidy(raw));
    }

    /** The sentences without the snippets between them. */
    private static String tidy(String raw) {
        StringBuilder words = new StringBuilder();
        for (String line : raw.split("\n")) {
            String clean = line.strip();
            boolean snippet = line.startsWith("    ") || clean.startsWith("in ") || clean.startsWith("at [Source");
            if (!clean.isEmpty() && !snippet) {
                words.append(words.length() == 0 ? "" : ": ").append(clean);
            }
        }
        String text = words.toString().replaceFirst(" ?\\(start marker at.*", "");
        return text.isEmpty() ? "bad syntax" : text.substring(0, 1).toLowerCase(Locale.ROOT) + text.substring(1);
    }
}
