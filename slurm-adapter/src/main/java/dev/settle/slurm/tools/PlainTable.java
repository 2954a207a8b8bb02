package dev.settle.slurm.tools;

import dev.settle.slurm.parse.ColumnMark;
import dev.settle.slurm.parse.MarkedTable;
import java.util.List;

/**
 * An answer of squeue or sacct as settle keeps and shares it: one record a line, {@code |} between its columns, and a line
 * for each row that could not be read. Unlike what the tools print, it cannot be misread.
 */
public final class PlainTable {
    /** Stands for a row that could not be read. */
    private static final String UNREADABLE = "?";

    private PlainTable() {}

    /** The same answer with its table in this form; what a failed command printed stays as it is. */
    public static ToolRunner.Result of(ToolRunner.Result result, ColumnMark mark, List<String> columns) {
        if (!result.isGood()) {
            return result;
        }
        StringBuilder lines = new StringBuilder(result.stdout().length());
        int unreadable = MarkedTable.read(result.stdout(), mark, columns, cells -> {
            for (int i = 0; i < cells.length; i++) {
                append(lines, cells[i]);
                lines.append(i < cells.length - 1 ? '|' : '\n');
            }
        });
        lines.append((UNREADABLE + "\n").repeat(unreadable));
        return new ToolRunner.Result(result.kind(), result.exitCode(), lines.toString(), result.stderr());
    }

    private static void append(StringBuilder line, String cell) {
        for (int i = 0; i < cell.length(); i++) {
            char character = cell.charAt(i);
            line.append(character == '|' || character < ' ' ? ' ' : character);
        }
    }
}
