package dev.settle.core.runfile.keys;

import dev.settle.core.runfile.tree.DocumentPath;
import dev.settle.core.runfile.tree.Node;
import dev.settle.core.runfile.tree.Problems;
import dev.settle.core.text.Durations;
import dev.settle.core.text.Sizes;
import dev.settle.core.text.Suggest;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Function;

/** Reads the values of keys; what cannot be read is a problem, and absent. */
public final class Values {
    /** Longer texts are refused where a name is meant. */
    static final int NAME_MAX = 200;

    /** No count in a run file is larger: more is a slip of the pen. */
    static final int WHOLE_MAX = 10_000_000;

    private static final Set<String> ENDLESS = Set.of("UNLIMITED", "INFINITE", "-1");

    public final Problems problems;
    public final Bindings bindings;
    private final Path home;

    public Values(Problems problems, Bindings bindings, Path home) {
        this.problems = problems;
        this.bindings = bindings;
        this.home = home;
    }

    /** Any scalar as it was written: {@code command: true} is the program. */
    public Optional<String> text(MappingNode map, RunFileKey key) {
        return map.value(key).flatMap(node -> text(node, map.at(key)));
    }

    public Optional<String> text(Node node, DocumentPath at) {
        if (!(node instanceof Node.Scalar scalar) || node.kind() == Node.Kind.NULL) {
            problems.add(node, at, "this is " + node.noun() + ", not a text", braces(node));
            return Optional.empty();
        }
        String text = bindings.apply(scalar.text);
        if (text.indexOf('\0') >= 0) {
            problems.add(node, at, "a text with a NUL character", "");
            return Optional.empty();
        }
        return Optional.of(text);
    }

    /** A text that says something. */
    public Optional<String> filled(MappingNode map, RunFileKey key) {
        Optional<String> text = text(map, key);
        if (text.isPresent() && text.get().isBlank()) {
            problems.add(place(map, key), map.at(key), "this is empty", "write a value, or leave the key out");
            return Optional.empty();
        }
        return text;
    }

    /** A text on one line that says something. */
    public Optional<String> line(MappingNode map, RunFileKey key) {
        Optional<String> text = filled(map, key);
        if (text.isPresent() && text.get().chars().anyMatch(character -> character < ' ' || character == 0x7f)) {
            problems.add(place(map, key), map.at(key), "this goes over more than one line", "");
            return Optional.empty();
        }
        return text;
    }

    /** A line of at most {@value #NAME_MAX} characters. */
    public Optional<String> name(MappingNode map, RunFileKey key) {
        Optional<String> text = line(map, key);
        if (text.isPresent() && text.get().length() > NAME_MAX) {
            problems.add(
                    place(map, key),
                    map.at(key),
                    "this is " + text.get().length() + " characters long",
                    "write at most " + NAME_MAX);
            return Optional.empty();
        }
        return text;
    }

    /** A path as the plan holds it, {@code ~} replaced. */
    public Optional<String> path(MappingNode map, RunFileKey key) {
        Optional<String> text = line(map, key);
        if (text.isEmpty()) {
            return text;
        }
        String path = text.get();
        if (path.equals("~") || path.startsWith("~/")) {
            return Optional.of(home + path.substring(1));
        }
        for (String prefix : List.of("$HOME", "${HOME}")) {
            if (path.equals(prefix) || path.startsWith(prefix + "/")) {
                return Optional.of(home + path.substring(prefix.length()));
            }
        }
        if (path.startsWith("~") || path.indexOf('$') >= 0) {
            problems.add(
                    place(map, key),
                    map.at(key),
                    "\"" + path + "\" needs a shell, and paths are not given to one",
                    "write the path in full, or beginning with ~/");
            return Optional.empty();
        }
        return text;
    }

    public OptionalInt whole(MappingNode map, RunFileKey key, int min) {
        Optional<Node> node = map.value(key);
        return node.isPresent() ? whole(node.get(), map.at(key), min) : OptionalInt.empty();
    }

    public OptionalInt whole(Node node, DocumentPath at, int min) {
        Optional<String> text = text(node, at);
        if (text.isEmpty()) {
            return OptionalInt.empty();
        }
        try {
            int number = Integer.parseInt(text.get());
            if (number >= min && number <= WHOLE_MAX) {
                return OptionalInt.of(number);
            }
            String wrong = number < min ? " is too small" : " is too large";
            problems.add(node, at, number + wrong, "write a whole number from " + min + " to " + WHOLE_MAX);
        } catch (NumberFormatException e) {
            problems.add(node, at, quoted(text.get()) + " is not a whole number", "write one from " + min);
        }
        return OptionalInt.empty();
    }

    /** A number above 0. */
    public OptionalDouble positive(MappingNode map, RunFileKey key) {
        Optional<String> text = text(map, key);
        if (text.isEmpty()) {
            return OptionalDouble.empty();
        }
        try {
            // Double.parseDouble takes "NaN", "1d" and hexadecimal as well.
            double number = new BigDecimal(text.get()).doubleValue();
            if (number > 0 && !Double.isInfinite(number)) {
                return OptionalDouble.of(number);
            }
        } catch (NumberFormatException e) {
            problems.add(place(map, key), map.at(key), quoted(text.get()) + " is not a number", "write one above 0");
            return OptionalDouble.empty();
        }
        problems.add(place(map, key), map.at(key), text.get() + " is out of range", "write a number above 0");
        return OptionalDouble.empty();
    }

    /** A truth value; empty when absent or refused. */
    public Optional<Boolean> flag(MappingNode map, RunFileKey key) {
        Optional<String> text = text(map, key);
        if (text.isEmpty()) {
            return Optional.empty();
        }
        // YAML 1.1 has all of these.
        switch (text.get().toLowerCase(Locale.ROOT)) {
            case "true", "yes", "on" -> {
                return Optional.of(true);
            }
            case "false", "no", "off" -> {
                return Optional.of(false);
            }
            default -> {}
        }
        problems.add(place(map, key), map.at(key), quoted(text.get()) + " is not a truth value", "write true or false");
        return Optional.empty();
    }

    /** A duration above 0 for a limit. */
    public Optional<Duration> limit(MappingNode map, RunFileKey key) {
        Optional<Duration> duration = duration(map, key);
        if (duration.isPresent() && duration.get().isZero()) {
            problems.add(place(map, key), map.at(key), "a limit of no time", "leave it out for no limit");
            return Optional.empty();
        }
        return duration;
    }

    public Optional<Duration> duration(MappingNode map, RunFileKey key) {
        Optional<String> text = text(map, key);
        if (text.isEmpty()) {
            return Optional.empty();
        }
        boolean isTimeLimit = key == RunFileKey.TIME_LIMIT;
        Optional<Duration> duration = isTimeLimit ? Durations.parseTimeLimit(text.get()) : Durations.parse(text.get());
        if (duration.isEmpty()) {
            boolean endless = isTimeLimit && ENDLESS.contains(text.get().toUpperCase(Locale.ROOT));
            String hint = problems.isFull() ? "" : Durations.hint(text.get());
            problems.add(
                    place(map, key),
                    map.at(key),
                    quoted(text.get()) + " is not a duration",
                    endless ? "for no limit put --time=" + text.get() + " in extra" : hint);
        }
        return duration;
    }

    public OptionalLong size(MappingNode map, RunFileKey key) {
        Optional<String> text = text(map, key);
        if (text.isEmpty()) {
            return OptionalLong.empty();
        }
        OptionalLong bytes = Sizes.parse(text.get());
        if (bytes.isEmpty()) {
            problems.add(
                    place(map, key),
                    map.at(key),
                    quoted(text.get()) + " is not a size",
                    problems.isFull() ? "" : Sizes.hint(text.get()));
        }
        return bytes;
    }

    /** One of a closed set of words. */
    public <T> Optional<T> word(MappingNode map, RunFileKey key, Function<String, Optional<T>> of, List<String> words) {
        return map.value(key).flatMap(node -> word(node, map.at(key), of, words));
    }

    public <T> Optional<T> word(Node node, DocumentPath at, Function<String, Optional<T>> of, List<String> words) {
        Optional<String> text = text(node, at);
        if (text.isEmpty()) {
            return Optional.empty();
        }
        Optional<T> value = of.apply(text.get());
        if (value.isEmpty()) {
            String hint = Suggest.didYouMean(text.get(), words);
            problems.add(
                    node,
                    at,
                    quoted(text.get()) + " is not known here",
                    hint.isEmpty() ? "write one of " + String.join(", ", words) : hint);
        }
        return value;
    }

    /** An address that begins with http:// or https://. */
    public Optional<String> address(MappingNode map, RunFileKey key) {
        Optional<String> text = line(map, key);
        if (text.isEmpty() || text.get().matches("https?://[^\\s/]+(/\\S*)?")) {
            return text;
        }
        problems.add(
                place(map, key),
                map.at(key),
                quoted(text.get()) + " is not an address",
                "write one that begins with https:// or http://");
        return Optional.empty();
    }

    /** A list of texts, or one text alone. */
    public List<String> texts(MappingNode map, RunFileKey key) {
        List<String> texts = new ArrayList<>();
        for (Node node : elements(map, key)) {
            text(node, map.at(key)).ifPresent(texts::add);
        }
        return texts;
    }

    /** The elements of a list; a scalar stands for a list of one. */
    public List<Node> elements(MappingNode map, RunFileKey key) {
        Optional<Node> node = map.value(key);
        if (node.isEmpty()) {
            return List.of();
        }
        if (node.get() instanceof Node.OfList list) {
            return list.elements;
        }
        if (node.get() instanceof Node.Scalar) {
            return List.of(node.get());
        }
        problems.add(node.get(), map.at(key), "this is " + node.get().noun() + ", not a list", braces(node.get()));
        return List.of();
    }

    /** Where the value of a key that is there stands. */
    public static Node place(MappingNode map, RunFileKey key) {
        return map.value(key).orElse(map.node);
    }

    /** A text in quotes, cut to what a line of a message can hold. */
    public static String quoted(String text) {
        return "\"" + (text.length() <= 60 ? text : text.substring(0, 57) + "...").replace("\n", "\\n") + "\"";
    }

    /** {@code {lr}} without quotes is a map for YAML. */
    private static String braces(Node node) {
        boolean bare = node instanceof Node.OfMap map
                && map.entries.size() == 1
                && map.entries.get(0).value().kind() == Node.Kind.NULL;
        return bare ? "put {...} in quotes" : "";
    }
}
