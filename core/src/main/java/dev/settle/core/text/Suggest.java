package dev.settle.core.text;

import java.util.Collection;
import java.util.Optional;

/** Finds what a mistyped word was meant to be. */
public final class Suggest {
    private static final int LENGTH_MAX = 40;

    private Suggest() {}

    /** {@code did you mean "memory"?}, or nothing when no candidate is near. */
    public static String didYouMean(String word, Collection<String> candidates) {
        return nearest(word, candidates)
                .map(each -> "did you mean \"" + each + "\"?")
                .orElse("");
    }

    public static Optional<String> nearest(String word, Collection<String> candidates) {
        String plain = plain(word);
        int best = 2 * (plain.length() / 3 + 2);
        String nearest = null;
        for (String candidate : candidates) {
            String other = plain(candidate);
            boolean startsAlike =
                    other.length() >= 3 && plain.length() >= 3 && (other.startsWith(plain) || plain.startsWith(other));
            int distance = distance(plain, other);
            // Less likely than one slip, and more than two.
            int unlikely = startsAlike ? Math.min(2 * distance, 3) : 2 * distance;
            if (unlikely < best && unlikely < 2 * Math.max(plain.length(), 2)) {
                best = unlikely;
                nearest = candidate;
            }
        }
        return Optional.ofNullable(nearest);
    }

    /** Case and separators are no difference: {@code max-concurrent} is {@code max_concurrent}. */
    private static String plain(String word) {
        StringBuilder plain = new StringBuilder();
        for (int i = 0; i < Math.min(word.length(), LENGTH_MAX); i++) {
            char character = word.charAt(i);
            if (character != '_' && character != '-' && character != ' ') {
                plain.append(Character.toLowerCase(character));
            }
        }
        return plain.toString();
    }

    /** Insertions, deletions, replacements and swaps of neighbours that lead from one word to the other. */
    private static int distance(String left, String right) {
        int[][] cost = new int[left.length() + 1][right.length() + 1];
        for (int i = 0; i <= left.length(); i++) {
            for (int j = 0; j <= right.length(); j++) {
                cost[i][j] = i == 0 || j == 0 ? i + j : cheapest(cost, left, right, i, j);
            }
        }
        return cost[left.length()][right.length()];
    }

    private static int cheapest(int[][] cost, String left, String right, int i, int j) {
        int same = left.charAt(i - 1) == right.charAt(j - 1) ? 0 : 1;
        int cheapest = Math.min(Math.min(cost[i - 1][j], cost[i][j - 1]) + 1, cost[i - 1][j - 1] + same);
        boolean swapped = i > 1
                && j > 1
                && left.charAt(i - 1) == right.charAt(j - 2)
                && left.charAt(i - 2) == right.charAt(j - 1);
        return swapped ? Math.min(cheapest, cost[i - 2][j - 2] + 1) : cheapest;
    }
}
