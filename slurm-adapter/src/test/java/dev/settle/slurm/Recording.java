package dev.settle.slurm;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * What a real Slurm answered, turned into the columns that settle asks for: the recordings were made with others. What
 * they lack stays empty.
 */
record Recording(String file, String tool, List<String> ids, Instant at, ToolRunner.Result result) {
    private static final String DAY = "2026-11-21T";
    private static final List<String> QUEUE_COLUMNS =
            List.of("%i", "%A", "%F", "%K", "%T", "%r", "%M", "%N", "%a", "%q", "%V", "%S", "%e", "%u", "%j");

    /** The recorded column of each one that settle asks squeue for. */
    private static final Map<String, String> QUEUE = Map.of(
            "JobArrayID", "%i",
            "JobID", "%A",
            "State", "%T",
            "Reason", "%r",
            "SubmitTime", "%V",
            "StartTime", "%S",
            "EndTime", "%e",
            "TimeUsed", "%M",
            "NodeList", "%N",
            "Name", "%j");

    private static final Pattern COMMAND =
            Pattern.compile("# command: (?:timeout \\d+ )?(squeue|sacct) (.*) -j ([\\d,_]+)");
    private static final Pattern CPUS = Pattern.compile("cpu=(\\d+)");

    /** The questions about jobs in a folder of recordings, in the order in which they were asked. */
    static List<Recording> in(Path folder) throws IOException {
        List<Recording> all = new ArrayList<>();
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.sorted().toList()) {
                if (file.toString().endsWith(".txt")) {
                    read(file).ifPresent(all::add);
                }
            }
        }
        return all;
    }

    private static Optional<Recording> read(Path file) throws IOException {
        String text = Files.readString(file);
        String[] lines = text.split("\n", -1);
        Matcher command = COMMAND.matcher(lines[0]);
        int out = text.indexOf("--- stdout\n");
        int err = text.indexOf("--- stderr");
        boolean asks = command.matches() && !command.group(2).contains("--json") && out > 0 && err > 0;
        if (!asks) {
            return Optional.empty();
        }
        String stdout = text.substring(out + "--- stdout\n".length(), err);
        String stderr = text.substring(Math.min(text.length(), err + "--- stderr\n".length()));
        Instant at = Instant.parse(DAY + lines[1].substring("# started ".length(), "# started ".length() + 12) + "Z");
        int code = Integer.parseInt(lines[2].substring("# exit code: ".length()).strip());
        boolean queue = command.group(1).equals("squeue");
        List<String> columns = queue ? QUEUE_COLUMNS : booked(command.group(2));
        StringBuilder table = new StringBuilder();
        for (String line : stdout.split("\n")) {
            if (!line.isEmpty()) {
                table.append(queue ? queueRow(line, columns) : bookRow(line, columns))
                        .append('\n');
            }
        }
        // 124 is what timeout(1) says of a command that hung.
        ToolRunner.Kind kind = code == 124 ? ToolRunner.Kind.TIMED_OUT : ToolRunner.Kind.EXITED;
        return Optional.of(new Recording(
                String.valueOf(file.getFileName()),
                command.group(1),
                Arrays.asList(command.group(3).split(",")),
                at,
                new ToolRunner.Result(kind, code, table.toString(), stderr)));
    }

    private static List<String> booked(String options) {
        String format = options.substring(options.indexOf("-o ") + 3);
        int end = format.indexOf(' ');
        return Arrays.asList((end < 0 ? format : format.substring(0, end)).split(","));
    }

    private static Map<String, String> cells(String line, List<String> columns) {
        String[] cells = line.split("\\|", columns.size());
        Map<String, String> byName = new HashMap<>();
        for (int i = 0; i < cells.length; i++) {
            byName.put(columns.get(i), cells[i]);
        }
        return byName;
    }

    private static String queueRow(String line, List<String> columns) {
        Map<String, String> cells = cells(line, columns);
        StringBuilder row = new StringBuilder();
        for (String column : SqueueParser.format().split(",")) {
            String name = column.substring(0, column.indexOf(':'));
            row.append(cells.getOrDefault(QUEUE.getOrDefault(name, ""), "")).append('|');
        }
        return row.toString();
    }

    private static String bookRow(String line, List<String> columns) {
        Map<String, String> cells = cells(line, columns);
        Matcher cpus = CPUS.matcher(cells.getOrDefault("AllocTRES", ""));
        cells.put("AllocCPUS", cpus.find() ? cpus.group(1) : "0");
        List<String> row = new ArrayList<>();
        for (String column : SacctParser.format().split(",")) {
            row.add(cells.getOrDefault(column, ""));
        }
        return String.join("|", row);
    }

    /** A tool that answers with this recording, once it is its turn. */
    static ToolRunner tool(Map<String, Recording> turn) {
        return (List<String> argv, Duration limit) -> {
            Recording recording = turn.get(argv.get(0));
            return recording == null
                    ? new ToolRunner.Result(ToolRunner.Kind.EXITED, 1, "", "nothing was recorded")
                    : recording.result();
        };
    }
}
