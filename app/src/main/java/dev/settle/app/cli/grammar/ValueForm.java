package dev.settle.app.cli.grammar;

import dev.settle.core.run.RunPhase;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/**
 * What the value of an option, or a word of a command, may be. It is read from the label that the help shows, so that
 * whatever a command declares is completed as well: {@code FILE}, {@code DIR}, {@code RUN}, {@code ITEM},
 * {@code D} (a duration), {@code STATE} (of a run), {@code a|b|c}.
 *
 * @param words the values that are suggested, for {@link Kind#WORDS}
 */
public record ValueForm(Kind kind, List<String> words) {
    /** Where suggestions come from. */
    public enum Kind {
        /** There is nothing to suggest. */
        ANY,
        WORDS,
        FILE,
        DIRECTORY,
        RUN,
        /** An item of the run that the command line names, or else of the newest one. */
        ITEM
    }

    private static final List<String> DURATIONS = List.of("5s", "30s", "1m", "10m", "30m", "1h", "12h", "1d");

    public ValueForm {
        words = List.copyOf(words);
    }

    private ValueForm(Kind kind) {
        this(kind, List.of());
    }

    /** The form that a label of one word stands for; dots and brackets around it say only how often it may be given. */
    public static ValueForm of(String label) {
        String bare = label.replaceFirst("\\[,.*", "").replaceAll("[\\[\\]]|\\.\\.\\.|,\\.\\.\\.", "");
        if (bare.indexOf('|') > 0) {
            return new ValueForm(Kind.WORDS, Arrays.asList(bare.split("\\|", -1)));
        }
        return switch (bare) {
            case "FILE" -> new ValueForm(Kind.FILE);
            case "DIR" -> new ValueForm(Kind.DIRECTORY);
            case "RUN" -> new ValueForm(Kind.RUN);
            case "ITEM" -> new ValueForm(Kind.ITEM);
            case "D" -> new ValueForm(Kind.WORDS, DURATIONS);
            case "STATE" -> new ValueForm(Kind.WORDS, states());
            default -> new ValueForm(Kind.ANY);
        };
    }

    private static List<String> states() {
        return Stream.concat(Arrays.stream(RunPhase.values()).map(RunPhase::word), Stream.of("stalled"))
                .toList();
    }

    /**
     * The words of a command, by their places.
     *
     * @param places the forms of the first, the second, ... word
     * @param repeats whether the last form holds for all further words
     * @param command whether a command with its arguments may come after {@code --}
     */
    public record Places(List<ValueForm> places, boolean repeats, boolean command) {
        public Places {
            places = List.copyOf(places);
        }
    }

    /**
     * The places of a label such as {@code RUN [ITEM...]} or {@code FILE [ARG...] | -- CMD ARG...}.
     *
     * @param most how many words there may be
     */
    public static Places places(String label, int most) {
        int bar = label.indexOf(" | ");
        List<ValueForm> places = new ArrayList<>();
        for (String word : (bar < 0 ? label : label.substring(0, bar)).split(" ", -1)) {
            // What a script is given is a file more often than anything else that can be suggested.
            places.add(word.contains("ARG") ? new ValueForm(Kind.FILE) : of(word));
        }
        return new Places(places, most > places.size(), bar >= 0 && label.startsWith(" | -- ", bar));
    }
}
