package dev.settle.app.remote;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * A command line, taken apart as far as the client has to understand it: which words are options with their values, and
 * which is the first word that is none.
 */
final class CommandWords {
    /** A part of the command line. */
    private sealed interface Part {}

    /** @param raw the words as they were given */
    private record Option(String name, Optional<String> value, List<String> raw) implements Part {}

    private record Word(String text) implements Part {}

    /** The words from {@code --} on, or from a script's name on. */
    private record Rest(List<String> words) implements Part {}

    private final List<Part> parts;

    private CommandWords(List<Part> parts) {
        this.parts = List.copyOf(parts);
    }

    /**
     * Takes apart what follows a command's name.
     *
     * @param takesValue whether the option of that name has a value
     * @param isLast whether a word that is no option, and everything behind it, is the script's
     */
    static CommandWords of(List<String> args, Predicate<String> takesValue, Predicate<String> isLast) {
        List<Part> parts = new ArrayList<>();
        for (int i = 0; i < args.size(); i++) {
            String arg = args.get(i);
            if (arg.equals("--") || (isWord(arg) && isLast.test(arg))) {
                parts.add(new Rest(args.subList(i, args.size())));
                break;
            }
            int equals = arg.startsWith("--") ? arg.indexOf('=') : -1;
            if (isWord(arg)) {
                parts.add(new Word(arg));
            } else if (equals > 0) {
                parts.add(new Option(arg.substring(0, equals), Optional.of(arg.substring(equals + 1)), List.of(arg)));
            } else if (takesValue.test(arg) && i + 1 < args.size()) {
                parts.add(new Option(arg, Optional.of(args.get(i + 1)), List.of(arg, args.get(i + 1))));
                i++;
            } else {
                parts.add(new Option(arg, Optional.empty(), List.of(arg)));
            }
        }
        return new CommandWords(parts);
    }

    private static boolean isWord(String arg) {
        return !arg.startsWith("-") || arg.equals("-");
    }

    boolean has(String name) {
        return parts.stream()
                .anyMatch(part -> part instanceof Option option && option.name().equals(name));
    }

    /** The value of an option; the last one wins. */
    Optional<String> value(String name) {
        List<String> values = values(name);
        return values.isEmpty() ? Optional.empty() : Optional.of(values.get(values.size() - 1));
    }

    List<String> values(String name) {
        List<String> values = new ArrayList<>();
        for (Part part : parts) {
            if (part instanceof Option option && option.name().equals(name)) {
                option.value().ifPresent(values::add);
            }
        }
        return values;
    }

    /** What is run, or which run is meant: the first word that is no option, unless a command after {@code --} begins. */
    Optional<String> first() {
        for (Part part : parts) {
            if (part instanceof Word word) {
                return Optional.of(word.text());
            }
            if (part instanceof Rest rest) {
                return rest.words().get(0).equals("--")
                        ? Optional.empty()
                        : Optional.of(rest.words().get(0));
            }
        }
        return Optional.empty();
    }

    /** All words that are no options, those of a script included and those of a command after {@code --} not. */
    List<String> words() {
        List<String> words = new ArrayList<>();
        for (Part part : parts) {
            if (part instanceof Word word) {
                words.add(word.text());
            } else if (part instanceof Rest rest && !rest.words().get(0).equals("--")) {
                words.addAll(rest.words());
            }
        }
        return words;
    }

    /** The same with other options: those of these names are left out. */
    CommandWords without(List<String> names) {
        return new CommandWords(parts.stream()
                .filter(part -> !(part instanceof Option option && names.contains(option.name())))
                .toList());
    }

    /** Only the options of these names. */
    CommandWords only(List<String> names) {
        return new CommandWords(parts.stream()
                .filter(part -> part instanceof Option option && names.contains(option.name()))
                .toList());
    }

    /** The same with another first word. */
    CommandWords withFirst(String other) {
        List<Part> changed = new ArrayList<>(parts);
        for (int i = 0; i < changed.size(); i++) {
            Part part = changed.get(i);
            if (part instanceof Word) {
                changed.set(i, new Word(other));
                break;
            }
            if (part instanceof Rest rest) {
                List<String> words = new ArrayList<>(rest.words());
                if (!words.get(0).equals("--")) {
                    words.set(0, other);
                    changed.set(i, new Rest(words));
                }
                break;
            }
        }
        return new CommandWords(changed);
    }

    /** The command line again. */
    List<String> list() {
        List<String> words = new ArrayList<>();
        for (Part part : parts) {
            if (part instanceof Option option) {
                words.addAll(option.raw());
            } else if (part instanceof Word word) {
                words.add(word.text());
            } else if (part instanceof Rest rest) {
                words.addAll(rest.words());
            }
        }
        return words;
    }
}
