package dev.settle.slurm.parse;

import java.util.List;
import java.util.random.RandomGenerator;

/**
 * What stands between the columns of one answer, chosen anew for each question: no text that somebody else gave a job
 * before it was asked can contain it, and what a site prints around an answer does not either.
 *
 * <p>It begins with a character that it has nowhere else, so that text before it never completes an earlier one.
 */
public record ColumnMark(String value) {
    private static final String CHARACTERS = "abcdefghijklmnopqrstuvwxyz0123456789";
    private static final int LENGTH = 10;

    public static ColumnMark random(RandomGenerator random) {
        StringBuilder mark = new StringBuilder("|");
        for (int i = 0; i < LENGTH; i++) {
            mark.append(CHARACTERS.charAt(random.nextInt(CHARACTERS.length())));
        }
        return new ColumnMark(mark.toString());
    }

    /** For {@code squeue --Format}: columns in their full width, the last one ended by a plain bar. */
    public String squeueFormat(List<String> columns) {
        StringBuilder format = new StringBuilder();
        for (int i = 0; i < columns.size(); i++) {
            format.append(i > 0 ? "," : "")
                    .append(columns.get(i))
                    .append(':')
                    .append(i < columns.size() - 1 ? value : "|");
        }
        return format.toString();
    }

    /** For sacct, beside {@code -P}. */
    public List<String> sacctOptions(List<String> columns) {
        return List.of("--delimiter=" + value, "-o", String.join(",", columns));
    }
}
