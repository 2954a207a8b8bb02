package dev.settle.testdata;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * What the real squeue and sacct would print of rows, in the columns and with the delimiters that a command line asks for.
 * Rows are cells by the tools' own names of the columns; names are compared without their case.
 */
public final class SlurmOutput {
    private SlurmOutput() {}

    /** The table for {@code squeue --Format=NAME:SUFFIX,...}, with titles unless {@code --noheader} is there. */
    public static String squeue(List<String> argv, List<Map<String, String>> rows) {
        StringBuilder text = new StringBuilder();
        if (!argv.contains("--noheader") && !argv.contains("-h")) {
            text.append(titles(argv));
        }
        rows.forEach(row -> text.append(squeueRow(argv, row)));
        return text.toString();
    }

    private static String titles(List<String> argv) {
        if (argv.get(0).equals("sacct")) {
            return String.join(delimiter(argv), columns(argv)) + "\n";
        }
        StringBuilder line = new StringBuilder();
        for (String column : columns(argv)) {
            line.append(name(column).toUpperCase(Locale.ROOT)).append(suffix(column));
        }
        return line.append('\n').toString();
    }

    /** One row of squeue with its line break. */
    public static String squeueRow(List<String> argv, Map<String, String> row) {
        StringBuilder line = new StringBuilder();
        for (String column : columns(argv)) {
            line.append(cell(row, name(column))).append(suffix(column));
        }
        return line.append('\n').toString();
    }

    /** The table for {@code sacct -P --delimiter=TEXT -o NAME,...}, with titles unless {@code -n} is there. */
    public static String sacct(List<String> argv, List<Map<String, String>> rows) {
        StringBuilder text = new StringBuilder();
        if (!argv.contains("--noheader") && !argv.contains("-n")) {
            text.append(titles(argv));
        }
        rows.forEach(row -> text.append(sacctRow(argv, row)));
        return text.toString();
    }

    /** One row of sacct with its line break. */
    public static String sacctRow(List<String> argv, Map<String, String> row) {
        List<String> cells = new ArrayList<>();
        for (String column : columns(argv)) {
            cells.add(cell(row, column));
        }
        return String.join(delimiter(argv), cells) + "\n";
    }

    /** What stands between the columns. */
    public static String delimiter(List<String> argv) {
        if (argv.get(0).equals("squeue")) {
            return suffix(columns(argv).get(0));
        }
        return option(argv, "--delimiter=").isEmpty() ? "|" : option(argv, "--delimiter=");
    }

    private static List<String> columns(List<String> argv) {
        String format = argv.get(0).equals("squeue") ? option(argv, "--Format=") : argv.get(argv.indexOf("-o") + 1);
        return List.of(format.split(","));
    }

    private static String option(List<String> argv, String name) {
        return argv.stream()
                .filter(word -> word.startsWith(name))
                .map(word -> word.substring(name.length()))
                .findFirst()
                .orElse("");
    }

    private static String name(String column) {
        int colon = column.indexOf(':');
        return colon < 0 ? column : column.substring(0, colon);
    }

    private static String suffix(String column) {
        int colon = column.indexOf(':');
        return colon < 0 ? "" : column.substring(colon + 1);
    }

    private static String cell(Map<String, String> row, String name) {
        return row.entrySet().stream()
                .filter(each -> each.getKey().equalsIgnoreCase(name))
                .map(Map.Entry::getValue)
                .findFirst()
                .orElse("");
    }
}
