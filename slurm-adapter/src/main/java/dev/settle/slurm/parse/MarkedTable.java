package dev.settle.slurm.parse;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;

/**
 * Reads what squeue or sacct printed about jobs, with a {@link ColumnMark} between the columns. The one place that knows
 * where a record begins and ends, and what of an answer cannot be read.
 *
 * <p>A record begins and ends with Slurm's own number of the job, after and before a line break. It has exactly as many
 * columns as were asked for, and a column may hold anything else, line breaks included. What lies between records and
 * holds no mark is noise (a message of the day) and means nothing; what holds one is a row that cannot be read.
 */
public final class MarkedTable {
    private final String text;
    private final String mark;
    private final int columns;
    private final int[] marks;
    private int records;
    private int unreadable;
    private boolean titled;

    private MarkedTable(String text, ColumnMark mark, int columns) {
        this.text = text;
        this.mark = mark.value();
        this.columns = columns;
        this.marks = places(text, mark.value());
    }

    /**
     * The columns to ask a tool for.
     *
     * @param columns the id as displayed, Slurm's own number, then any others
     */
    public static List<String> asked(List<String> columns) {
        List<String> asked = new ArrayList<>(columns.size() + 1);
        asked.add(columns.get(1));
        asked.add(columns.get(0));
        asked.addAll(columns.subList(2, columns.size()));
        asked.add(columns.get(1));
        return asked;
    }

    /**
     * Reads a table.
     *
     * @param columns as handed to {@link #asked}
     * @param reader gets the cells of each record in the order of these columns; the array is used again
     * @return how many rows cannot be read; what has neither a row nor the tool's own titles counts as one, unless it is
     *     empty
     */
    public static int read(String text, ColumnMark mark, List<String> columns, Consumer<String[]> reader) {
        MarkedTable table = new MarkedTable(text, mark, columns.size() + 1);
        table.read(reader);
        return table.unreadable;
    }

    private void read(Consumer<String[]> reader) {
        String[] cells = new String[columns - 1];
        boolean lost = false;
        int piece = 0;
        while (piece + columns - 1 <= marks.length) {
            if (isRecord(piece, cells)) {
                unreadable += lost ? 1 : 0;
                lost = false;
                if (Numbers.isDigit(cells[1].charAt(0))) {
                    records++;
                    reader.accept(cells);
                } else {
                    titled = true;
                }
                piece += columns - 1;
            } else {
                lost = true;
                piece++;
            }
        }
        boolean rest = lost || piece < marks.length || breaksOff();
        boolean nonsense = records == 0 && !titled && !text.isBlank();
        unreadable += rest || (nonsense && unreadable == 0) ? 1 : 0;
    }

    /** Whether the text ends in what may be the beginning of a record. */
    private boolean breaksOff() {
        int line = text.lastIndexOf('\n') + 1;
        boolean marked = marks.length > 0 && marks[marks.length - 1] >= line;
        return !marked && line < text.length() && Numbers.isDigit(text.charAt(line));
    }

    /** Whether a record begins in a piece of the text; if so its cells are taken. */
    private boolean isRecord(int first, String[] cells) {
        int last = first + columns - 1;
        int begin = text.lastIndexOf('\n', end(first) - 1) + 1;
        boolean atLineStart = first == 0 || begin > start(first);
        int lineEnd = text.indexOf('\n', start(last));
        if (!atLineStart || lineEnd < 0 || lineEnd > end(last)) {
            return false;
        }
        String number = withoutBar(text.substring(start(last), lineEnd));
        // Before the first record a site may have printed something without a line break.
        boolean framed = first == 0
                ? text.substring(begin, end(first)).endsWith(number)
                : end(first) - begin == number.length() && text.startsWith(number, begin);
        if (number.isEmpty() || !framed) {
            return false;
        }
        cells[0] = text.substring(start(first + 1), end(first + 1));
        cells[1] = number;
        for (int i = 2; i < cells.length; i++) {
            cells[i] = text.substring(start(first + i), end(first + i));
        }
        return true;
    }

    private static String withoutBar(String text) {
        String number = text.stripTrailing();
        return number.endsWith("|") ? number.substring(0, number.length() - 1) : number;
    }

    private int start(int piece) {
        return piece == 0 ? 0 : marks[piece - 1] + mark.length();
    }

    private int end(int piece) {
        return piece == marks.length ? text.length() : marks[piece];
    }

    private static int[] places(String text, String mark) {
        int[] places = new int[256];
        int count = 0;
        for (int at = text.indexOf(mark); at >= 0; at = text.indexOf(mark, at + mark.length())) {
            places = count < places.length ? places : Arrays.copyOf(places, 2 * places.length);
            places[count++] = at;
        }
        return Arrays.copyOf(places, count);
    }
}
