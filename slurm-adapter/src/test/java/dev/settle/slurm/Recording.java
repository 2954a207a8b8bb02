package dev.settle.slurm;

import dev.settle.slurm.tools.ToolRunner;
import dev.settle.testdata.SlurmOutput;
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
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * What a real Slurm answered to a question about jobs. The recordings were made in other formats than settle's: the cells
 * of their rows are the real ones, printed in the columns and with the delimiters that settle asks for. Columns that a
 * recording lacks are empty.
 */
public record Recording(
        String file,
        String tool,
        List<String> ids,
        Instant at,
        ToolRunner.Result recorded,
        List<Map<String, String>> rows) {
    /** The names that {@code --Format} has for what {@code -o} calls by a letter. */
    private static final Map<String, String> LETTERS = Map.of(
            "%i", "JobArrayID",
            "%A", "JobID",
            "%T", "State",
            "%r", "Reason",
            "%V", "SubmitTime",
            "%S", "StartTime",
            "%e", "EndTime",
            "%M", "TimeUsed",
            "%N", "NodeList",
            "%j", "Name");

    private static final Pattern COMMAND = Pattern.compile(
            "# command: (?:timeout \\d+ )?(squeue|sacct) (?!.*--json)(.*?)(?: -j |--jobs=)([\\d,_]+)(?: --Format='(.*)')?");
    private static final Pattern DAY = Pattern.compile("20\\d\\d-\\d\\d-\\d\\dT");
    private static final Pattern CPUS = Pattern.compile("cpu=(\\d+)");

    /** The questions about jobs in a folder of recordings, in the order in which they were asked. */
    public static List<Recording> in(Path folder) throws IOException {
        List<Path> texts;
        try (Stream<Path> files = Files.list(folder)) {
            texts = files.filter(file -> file.toString().endsWith(".txt"))
                    .sorted()
                    .toList();
        }
        String day = day(texts);
        List<Recording> all = new ArrayList<>();
        for (Path file : texts) {
            read(file, day).ifPresent(all::add);
        }
        return all;
    }

    /** The date that the rows mention most: the files themselves say only at what time of the day they were recorded. */
    private static String day(List<Path> files) throws IOException {
        Map<String, Integer> days = new TreeMap<>();
        for (Path file : files) {
            Matcher matcher = DAY.matcher(Files.readString(file));
            while (matcher.find()) {
                days.merge(matcher.group(), 1, Integer::sum);
            }
        }
        return days.entrySet().stream()
                .max(Map.Entry.comparingByValue())
                .map(Map.Entry::getKey)
                .orElse("2026-11-21T");
    }

    /** Every folder of recordings, by version and name. */
    public static List<Path> folders() throws IOException {
        List<Path> folders = new ArrayList<>();
        try (Stream<Path> all = Files.walk(dev.settle.testdata.TestData.path("slurm", "traces"), 2)) {
            for (Path folder : all.filter(Files::isDirectory).sorted().toList()) {
                if (!in(folder).isEmpty()) {
                    folders.add(folder);
                }
            }
        }
        return folders;
    }

    private static Optional<Recording> read(Path file, String day) throws IOException {
        String text = Files.readString(file);
        String[] lines = text.split("\n", 4);
        Matcher command = COMMAND.matcher(lines[0]);
        int out = text.indexOf("--- stdout\n");
        int err = text.lastIndexOf("--- stderr");
        if (!command.matches() || out < 0 || err < 0) {
            return Optional.empty();
        }
        String stdout = text.substring(out + "--- stdout\n".length(), err);
        String stderr = text.substring(Math.min(text.length(), err + "--- stderr\n".length()));
        Instant at = Instant.parse(day + lines[1].substring("# started ".length(), "# started ".length() + 12) + "Z");
        int code = Integer.parseInt(lines[2].substring("# exit code: ".length()).strip());
        boolean queue = command.group(1).equals("squeue");
        List<String> columns =
                command.group(4) != null ? formatted(command.group(4)) : columns(queue, command.group(2));
        // 124 is what timeout(1) says of a command that hung.
        ToolRunner.Kind kind = code == 124 ? ToolRunner.Kind.TIMED_OUT : ToolRunner.Kind.EXITED;
        return Optional.of(new Recording(
                String.valueOf(file.getFileName()),
                command.group(1),
                Arrays.asList(command.group(3).split(",")),
                at,
                new ToolRunner.Result(kind, code, "", stderr),
                rows(stdout, columns)));
    }

    private static List<String> formatted(String format) {
        return Stream.of(format.split(","))
                .map(column -> column.substring(0, column.indexOf(':')))
                .toList();
    }

    private static List<String> columns(boolean queue, String options) {
        int at = options.indexOf("-o ");
        if (at < 0) {
            return List.of("JobID");
        }
        String format = options.substring(at + 3).replace("'", "");
        int end = format.indexOf(' ');
        String[] columns = (end < 0 ? format : format.substring(0, end)).split(queue ? "\\|" : ",");
        return Stream.of(columns).map(name -> LETTERS.getOrDefault(name, name)).toList();
    }

    /** A name may hold the delimiter and line breaks: it takes what the other columns leave. */
    private static List<Map<String, String>> rows(String stdout, List<String> columns) {
        int name = Math.max(columns.indexOf("Name"), columns.indexOf("JobName"));
        List<Map<String, String>> rows = new ArrayList<>();
        String pending = "";
        for (String line : stdout.split("\n")) {
            boolean continues = name == columns.size() - 1 && !line.matches("[0-9][0-9_+\\[\\]%,-]*\\|.*");
            if (continues && !rows.isEmpty()) {
                Map<String, String> last = rows.get(rows.size() - 1);
                last.put(columns.get(name), last.get(columns.get(name)) + "\n" + line);
                continue;
            }
            pending += line;
            List<String> cells = new ArrayList<>(Arrays.asList(pending.split("\\|", -1)));
            while (name >= 0 && cells.size() > columns.size()) {
                cells.set(name, cells.get(name) + "|" + cells.remove(name + 1));
            }
            if (cells.size() < columns.size()) {
                pending += "\n";
                continue;
            }
            pending = "";
            rows.add(row(columns, cells));
        }
        return rows;
    }

    private static Map<String, String> row(List<String> columns, List<String> cells) {
        Map<String, String> row = new HashMap<>();
        for (int i = 0; i < columns.size(); i++) {
            row.put(columns.get(i), cells.get(i));
        }
        row.computeIfPresent("Name", (name, text) -> text.endsWith("|") ? text.substring(0, text.length() - 1) : text);
        Matcher cpus = CPUS.matcher(row.getOrDefault("AllocTRES", ""));
        row.put("AllocCPUS", cpus.find() ? cpus.group(1) : "0");
        row.putIfAbsent("JobIDRaw", row.getOrDefault("JobID", ""));
        return row;
    }

    /** The answer as the tool would have given it to this command line. */
    public ToolRunner.Result answer(List<String> argv) {
        List<Map<String, String>> asked = argv.contains("-X")
                ? rows.stream().filter(row -> !row.get("JobID").contains(".")).toList()
                : rows;
        boolean prints = recorded.isGood();
        String text =
                !prints ? "" : tool.equals("squeue") ? SlurmOutput.squeue(argv, asked) : SlurmOutput.sacct(argv, asked);
        return new ToolRunner.Result(recorded.kind(), recorded.exitCode(), text, recorded.stderr());
    }

    /** A tool that answers with this recording, once it is its turn. */
    static ToolRunner tool(Map<String, Recording> turn) {
        return tool(turn, text -> text);
    }

    /** The same, and what becomes of each table on its way. */
    static ToolRunner tool(Map<String, Recording> turn, UnaryOperator<String> change) {
        return (List<String> argv, Duration limit) -> {
            Recording recording = turn.get(argv.get(0));
            if (recording == null) {
                return new ToolRunner.Result(ToolRunner.Kind.EXITED, 1, "", "nothing was recorded");
            }
            ToolRunner.Result answer = recording.answer(argv);
            return new ToolRunner.Result(
                    answer.kind(), answer.exitCode(), change.apply(answer.stdout()), answer.stderr());
        };
    }
}
