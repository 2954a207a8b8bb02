package dev.settle.slurm;

import dev.settle.slurm.tools.ToolRunner;
import dev.settle.testdata.SlurmOutput;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;

/** squeue and sacct that know these jobs, and print them as they are asked to. */
final class SlurmRows implements ToolRunner {
    private final List<Map<String, String>> queue = new ArrayList<>();
    private final List<Map<String, String>> accounting = new ArrayList<>();
    final List<List<String>> calls = new ArrayList<>();
    private UnaryOperator<String> printing = text -> text;
    private String lacking = "";

    /** The job in the queue; its columns can be changed by the map that is returned. */
    Map<String, String> inQueue(String id, String number, String state, String name) {
        Map<String, String> row = new LinkedHashMap<>();
        row.put("JobArrayID", id);
        row.put("JobID", number);
        row.put("State", state);
        row.put("Reason", "None");
        row.put("exit_code", "0:0");
        row.put("SubmitTime", "2026-11-21T03:13:26");
        row.put("StartTime", "2026-11-21T03:13:27");
        row.put("EndTime", state.equals("RUNNING") ? "N/A" : "2026-11-21T03:13:29");
        row.put("TimeLimit", "10:00");
        row.put("TimeUsed", "0:02");
        row.put("NodeList", "n1");
        row.put("NumCPUs", "1");
        row.put("UserID", "5");
        row.put("Name", name);
        row.put("Command", "/home/games/job.sh");
        row.put("Comment", "(null)");
        queue.add(row);
        return row;
    }

    /** The job, or with an id such as {@code 7.batch} a step of it, in accounting. */
    Map<String, String> inAccounting(String id, String number, String state, String exit) {
        Map<String, String> row = new LinkedHashMap<>();
        row.put("JobID", id);
        row.put("JobIDRaw", number);
        row.put("State", state);
        row.put("ExitCode", exit);
        row.put("Submit", "2026-11-21T03:13:26");
        row.put("Start", "2026-11-21T03:13:27");
        row.put("End", "2026-11-21T03:13:29");
        row.put("ElapsedRaw", "2");
        row.put("NodeList", "n1");
        row.put("TimelimitRaw", id.contains(".") ? "" : "10");
        row.put("QOS", id.contains(".") ? "" : "normal");
        row.put("JobName", id.contains(".") ? "batch" : "name");
        row.put("UID", "5");
        row.put("SubmitLine", id.contains(".") ? "" : "sbatch job.sh");
        row.put("Comment", "");
        accounting.add(row);
        return row;
    }

    void clear() {
        queue.clear();
        accounting.clear();
    }

    /** What becomes of each answer on its way. */
    void printing(UnaryOperator<String> change) {
        printing = change;
    }

    /** sacct lacks this column, as in earlier versions. */
    void without(String column) {
        lacking = column;
    }

    @Override
    public Result run(List<String> argv, Duration limit) {
        calls.add(argv);
        if (argv.get(0).equals("sacct") && !lacking.isEmpty() && argv.toString().contains(lacking)) {
            return new Result(Kind.EXITED, 1, "", "sacct: error: Invalid field requested: \"" + lacking + "\"\n");
        }
        String text =
                switch (argv.get(0)) {
                    case "squeue" -> SlurmOutput.squeue(argv, queue);
                    case "sacct" ->
                        SlurmOutput.sacct(
                                argv,
                                argv.contains("-X")
                                        ? accounting.stream()
                                                .filter(row -> !row.get("JobID").contains("."))
                                                .toList()
                                        : accounting);
                    default -> throw new AssertionError(argv);
                };
        return new Result(Kind.EXITED, 0, printing.apply(text), "");
    }
}
