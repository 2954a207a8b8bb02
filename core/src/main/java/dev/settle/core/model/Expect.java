package dev.settle.core.model;

import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What decides a case beside its exit code.
 *
 * @param exitCodes the exit codes that count as good; empty means 0 alone
 * @param metric a comparison on a metric, such as {@code accuracy >= 0.8}
 */
public record Expect(Set<Integer> exitCodes, Optional<Comparison> metric) {
    public static final Expect ZERO = new Expect(Set.of(), Optional.empty());

    public Expect {
        exitCodes = Set.copyOf(exitCodes);
    }

    public boolean accepts(int exitCode) {
        return exitCodes.isEmpty() ? exitCode == 0 : exitCodes.contains(exitCode);
    }

    /** How a metric is compared. */
    public enum Operator {
        LT("<"),
        LE("<="),
        GT(">"),
        GE(">="),
        EQ("=="),
        NE("!=");

        private final String symbol;

        Operator(String symbol) {
            this.symbol = symbol;
        }

        public String symbol() {
            return symbol;
        }

        public static Optional<Operator> ofSymbol(String symbol) {
            return Arrays.stream(values()).filter(o -> o.symbol.equals(symbol)).findFirst();
        }
    }

    /** One comparison of a named metric with a number. */
    public record Comparison(String name, Operator operator, double number) {
        /** Whether the metrics satisfy the comparison; a metric that was not reported does not. */
        public boolean holds(Map<String, Double> metrics) {
            Double value = metrics.get(name);
            if (value == null) {
                return false;
            }
            int order = Double.compare(value, number);
            return switch (operator) {
                case LT -> order < 0;
                case LE -> order <= 0;
                case GT -> order > 0;
                case GE -> order >= 0;
                case EQ -> order == 0;
                case NE -> order != 0;
            };
        }

        @Override
        public String toString() {
            return name + " " + operator.symbol() + " "
                    + (number == Math.rint(number) && Math.abs(number) < 1e15
                            ? Long.toString((long) number)
                            : Double.toString(number));
        }
    }
}
