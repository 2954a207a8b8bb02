package dev.settle.core.runfile;

import static dev.settle.core.runfile.keys.RunFileKey.EXPECT_EXIT_CODES;
import static dev.settle.core.runfile.keys.RunFileKey.EXPECT_METRIC;
import static dev.settle.core.runfile.keys.RunFileKey.RETRY_DELAY;
import static dev.settle.core.runfile.keys.RunFileKey.RETRY_MAX;
import static dev.settle.core.runfile.keys.RunFileKey.RETRY_MEMORY;
import static dev.settle.core.runfile.keys.RunFileKey.RETRY_ON;
import static dev.settle.core.runfile.keys.RunFileKey.RETRY_TIME_LIMIT;

import dev.settle.core.model.Expect;
import dev.settle.core.model.Growth;
import dev.settle.core.model.ItemReason;
import dev.settle.core.model.Resources;
import dev.settle.core.model.Retries;
import dev.settle.core.runfile.keys.MappingNode;
import dev.settle.core.runfile.keys.RunFileKey;
import dev.settle.core.runfile.keys.Values;
import dev.settle.core.runfile.tree.DocumentPath;
import dev.settle.core.runfile.tree.Node;
import dev.settle.core.runfile.tree.Problems;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads {@code retries} and {@code expect}: when an item is tried again, and what counts as good. */
final class RetryAndExpectReader {
    private static final List<String> REASONS =
            Arrays.stream(ItemReason.values()).map(ItemReason::word).toList();
    private static final Pattern COMPARISON =
            Pattern.compile("\\s*([A-Za-z_][\\w./:-]*)\\s*(<=|>=|==|!=|<|>)\\s*(\\S+)\\s*");
    private static final String COMPARISON_EXAMPLE = "write exit codes, or a comparison such as accuracy >= 0.8";

    /** {@code x2}, {@code 1.5}. */
    private static final Pattern FACTOR = Pattern.compile("\\s*[xX]?\\s*(\\d{1,9}(?:\\.\\d{1,9})?)\\s*");

    private static final int EXIT_CODE_MAX = 255;

    private RetryAndExpectReader() {}

    /** A whole number, or a map with {@code max}, {@code on} and {@code delay}. */
    static Retries retries(MappingNode map, RunFileKey key, Values values) {
        Optional<Node> node = map.value(key);
        if (node.isEmpty()) {
            return Retries.NONE;
        }
        if (node.get() instanceof Node.Scalar) {
            OptionalInt max = values.whole(map, key, 0);
            return max.orElse(0) == 0 ? Retries.NONE : new Retries(max.getAsInt(), Set.of(), Duration.ZERO);
        }
        Optional<MappingNode> found =
                MappingNode.ofNode(node.get(), RunFileKey.Scope.RETRIES, map.at(key), values.problems);
        if (found.isEmpty()) {
            return Retries.NONE;
        }
        MappingNode inner = found.get();
        if (!inner.has(RETRY_MAX)) {
            inner.missing(RETRY_MAX, values.problems, "write how often, such as max: 2");
        }
        Set<ItemReason> on = EnumSet.noneOf(ItemReason.class);
        for (Node reason : values.elements(inner, RETRY_ON)) {
            values.word(reason, inner.at(RETRY_ON), ItemReason::ofWord, REASONS).ifPresent(on::add);
        }
        if (on.contains(ItemReason.OK)) {
            values.problems.add(
                    Values.place(inner, RETRY_ON), inner.at(RETRY_ON), "an item that is ok is not tried again", "");
        }
        Retries retries = new Retries(
                values.whole(inner, RETRY_MAX, 0).orElse(0),
                on,
                values.duration(inner, RETRY_DELAY).orElse(Duration.ZERO),
                new Growth(factor(inner, RETRY_MEMORY, values), factor(inner, RETRY_TIME_LIMIT, values)));
        return retries.max() == 0 ? Retries.NONE : retries;
    }

    /** A factor as it is written in words: {@code x2}, {@code x1.5}; 1 where there is none. */
    private static double factor(MappingNode inner, RunFileKey key, Values values) {
        Optional<String> text = values.text(inner, key);
        if (text.isEmpty()) {
            return 1;
        }
        Matcher factor = FACTOR.matcher(text.get());
        double number = factor.matches() ? Double.parseDouble(factor.group(1)) : 0;
        if (Growth.isFactor(number)) {
            return number;
        }
        values.problems.add(
                Values.place(inner, key),
                inner.at(key),
                Values.quoted(text.get()) + " is not a factor",
                "write x2 or x1.5, from x1 to x" + (int) Growth.FACTOR_MAX);
        return 1;
    }

    /** A factor of nothing is nothing: what grows has to be there. */
    static void checkGrowth(MappingNode place, RunFileKey key, Retries retries, Resources resources, Values values) {
        Growth growth = retries.growth();
        if (growth.memory() != 1 && resources.memoryBytes().isEmpty()) {
            values.problems.add(
                    Values.place(place, key),
                    place.at(key),
                    "retries multiply memory, and the item asks for none",
                    "write memory as well, such as memory: 2G");
        }
        if (growth.timeLimit() != 1 && resources.timeLimit().isEmpty()) {
            values.problems.add(
                    Values.place(place, key),
                    place.at(key),
                    "retries multiply time_limit, and the item has none",
                    "write time_limit as well, such as time_limit: 30m");
        }
    }

    /** Exit codes and a comparison: one, a list of them, or a map with {@code exit_codes} and {@code metric}. */
    static Expect expect(MappingNode map, RunFileKey key, Values values) {
        Optional<Node> node = map.value(key);
        if (node.isEmpty()) {
            return Expect.ZERO;
        }
        Set<Integer> codes = new LinkedHashSet<>();
        List<Expect.Comparison> metrics = new ArrayList<>(1);
        if (node.get() instanceof Node.OfMap) {
            MappingNode.ofNode(node.get(), RunFileKey.Scope.EXPECT, map.at(key), values.problems)
                    .ifPresent(inner -> {
                        expectations(inner, EXPECT_EXIT_CODES, values, codes, metrics);
                        expectations(inner, EXPECT_METRIC, values, codes, metrics);
                    });
        } else {
            expectations(map, key, values, codes, metrics);
        }
        if (metrics.size() > 1) {
            values.problems.add(node.get(), map.at(key), "more than one comparison", "keep one");
        }
        return codes.isEmpty() && metrics.isEmpty()
                ? Expect.ZERO
                : new Expect(codes, metrics.stream().findFirst());
    }

    private static void expectations(
            MappingNode map, RunFileKey key, Values values, Set<Integer> codes, List<Expect.Comparison> metrics) {
        for (Node node : values.elements(map, key)) {
            Optional<String> text = values.text(node, map.at(key));
            boolean isCode = text.isPresent() && text.get().matches("\\d{1,9}");
            if (isCode && key != EXPECT_METRIC) {
                int code = Integer.parseInt(text.get());
                if (code > EXIT_CODE_MAX) {
                    values.problems.add(node, map.at(key), code + " is no exit code", "write 0 to " + EXIT_CODE_MAX);
                }
                codes.add(code);
            } else if (text.isPresent() && key == EXPECT_EXIT_CODES) {
                values.problems.add(
                        node,
                        map.at(key),
                        Values.quoted(text.get()) + " is no exit code",
                        "write 0 to " + EXIT_CODE_MAX);
            } else if (text.isPresent()) {
                comparison(text.get(), node, map.at(key), values.problems).ifPresent(metrics::add);
            }
        }
    }

    private static Optional<Expect.Comparison> comparison(String text, Node node, DocumentPath at, Problems problems) {
        Matcher parts = COMPARISON.matcher(text);
        if (parts.matches()) {
            try {
                return Optional.of(new Expect.Comparison(
                        parts.group(1),
                        Expect.Operator.ofSymbol(parts.group(2)).orElseThrow(),
                        new BigDecimal(parts.group(3)).doubleValue()));
            } catch (NumberFormatException e) {
                problems.add(node, at, Values.quoted(parts.group(3)) + " is not a number", COMPARISON_EXAMPLE);
                return Optional.empty();
            }
        }
        problems.add(node, at, Values.quoted(text) + " is no exit code and no comparison", COMPARISON_EXAMPLE);
        return Optional.empty();
    }
}
