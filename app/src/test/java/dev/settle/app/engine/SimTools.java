package dev.settle.app.engine;

import dev.settle.app.engine.SimFaults.Fault;
import dev.settle.slurm.tools.ToolRunner;
import dev.settle.testdata.SlurmOutput;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;

/** Slurm's commands as a process would see them: text, exit codes, delays, and whatever is wrong at the time. */
final class SimTools implements ToolRunner {
    static final String UID = "1000";

    private final SimTime time;
    private final SimTime.MachineClock clock;
    private final SimCluster cluster;
    private final SimViews views;
    private final Random random;
    private final SimLog log;
    /** Told of each submission that arrives. */
    private final Arrival arrival;

    /** A submission arrived. */
    interface Arrival {
        void submitted(String token, List<SimJob> jobs);
    }

    SimTools(SimTime time, SimTime.MachineClock clock, SimCluster cluster, Random random, Arrival arrival, SimLog log) {
        this.log = log;
        this.time = time;
        this.clock = clock;
        this.cluster = cluster;
        this.views = new SimViews(cluster);
        this.random = random;
        this.arrival = arrival;
    }

    private boolean is(Fault kind) {
        return cluster.faults().is(kind, time.now());
    }

    private void takes(Duration pause) {
        Duration into = clock.into();
        clock.into((into.isNegative() ? Duration.ZERO : into).plus(pause));
    }

    @Override
    public Result run(List<String> argv, Duration limit) {
        takes(Duration.ofMillis(5 + random.nextInt(200)));
        Result result = is(Fault.NO_PROCESSES)
                ? new Result(ToolRunner.Kind.NOT_STARTED, -1, "", "Resource temporarily unavailable")
                : switch (argv.get(0)) {
                    case "sbatch" -> sbatch(argv, limit);
                    case "squeue" -> squeue(argv, limit);
                    case "sacct" -> sacct(argv, limit);
                    case "scancel" -> scancel(argv, limit);
                    case "scontrol" -> scontrol(argv, limit);
                    default -> new Result(ToolRunner.Kind.NOT_STARTED, -1, "", "not found");
                };
        log.add(() ->
                String.join(" ", argv).replaceAll("--Format=\\S+|--delimiter=\\S+ -o \\S+|--(output|error)=\\S+", "")
                        + "\n    "
                        + result.kind() + " " + result.exitCode() + " "
                        + (result.stdout() + result.stderr()).strip().replace("\n", "\n    "));
        return result;
    }

    /** What the default cluster is called; nothing else is known. */
    private Result scontrol(List<String> argv, Duration limit) {
        if (!argv.equals(List.of("scontrol", "show", "config"))) {
            return new Result(ToolRunner.Kind.NOT_STARTED, -1, "", "not found");
        }
        if (is(Fault.CONTROLLER_HUNG)) {
            return hung(limit);
        }
        return is(Fault.CONTROLLER_DOWN)
                ? exited(1, "", "slurm_load_ctl_conf error: Unable to contact slurm controller (connect failure)\n")
                : exited(0, "ClusterName             = lab\n", "");
    }

    private static Result exited(int code, String stdout, String stderr) {
        return new Result(ToolRunner.Kind.EXITED, code, stdout, stderr);
    }

    private Result hung(Duration limit) {
        takes(limit);
        return new Result(ToolRunner.Kind.TIMED_OUT, -1, "", "");
    }

    private Result sbatch(List<String> argv, Duration limit) {
        if (is(Fault.CONTROLLER_DOWN)) {
            takes(Duration.ofSeconds(9));
            return exited(
                    1,
                    "",
                    "sbatch: error: Batch job submission failed: Unable to contact slurm controller (connect failure)\n");
        }
        if (is(Fault.SUBMIT_REFUSED_FOR_A_WHILE)) {
            return exited(
                    1,
                    "",
                    "sbatch: error: AssocMaxSubmitJobLimit\nsbatch: error: Batch job submission failed: Job violates"
                            + " accounting/QOS policy (job submit limit, user's size and/or time limits)\n");
        }
        if (is(Fault.CREDITS_SPENT)) {
            return exited(
                    1,
                    "",
                    "sbatch: error: AssocGrpBillingMinutes\nsbatch: error: Batch job submission failed: Job violates"
                            + " accounting/QOS policy (job submit limit, user's size and/or time limits)\n");
        }
        boolean unclear = is(Fault.SUBMIT_UNCLEAR) || is(Fault.CONTROLLER_HUNG);
        if (unclear && random.nextBoolean()) {
            return unclear(limit, "");
        }
        String name = option(argv, "--job-name=");
        String array = option(argv, "--array=").replaceFirst("%.*", "");
        int tasks = array.isEmpty() ? 1 : Integer.parseInt(array.substring(array.indexOf('-') + 1)) + 1;
        String script = argv.get(argv.size() - 1);
        String token = script.substring(script.lastIndexOf('/') + 1, script.length() - ".sh".length());
        List<SimJob> jobs = cluster.submit(name, token, tasks);
        arrival.submitted(token, jobs);
        String id = jobs.get(0).base;
        if (unclear) {
            return unclear(limit, id);
        }
        return switch (random.nextInt(6)) {
            case 0 -> exited(0, "You will be charged for 1 core hour\n" + id + "\n", "");
            case 1 -> exited(0, id + ";lab\n", "sbatch: Welcome\n");
            default -> exited(0, id + "\n", "");
        };
    }

    private Result unclear(Duration limit, String id) {
        return switch (random.nextInt(4)) {
            case 0 -> exited(0, "", "");
            case 1 -> hung(limit);
            case 2 -> exited(0, id.isEmpty() ? "" : "warning\n", "");
            default ->
                exited(1, "", "sbatch: error: Batch job submission failed: Socket timed out on send/recv operation\n");
        };
    }

    private static String option(List<String> argv, String name) {
        return argv.stream()
                .filter(arg -> arg.startsWith(name))
                .map(arg -> arg.substring(name.length()))
                .findFirst()
                .orElse("");
    }

    private static String after(List<String> argv, String option) {
        int at = argv.indexOf(option);
        return at < 0 ? "" : argv.get(at + 1);
    }

    private Result squeue(List<String> argv, Duration limit) {
        if (is(Fault.CONTROLLER_DOWN)) {
            takes(Duration.ofSeconds(18));
            return exited(1, "", "slurm_load_jobs error: Unable to contact slurm controller (connect failure)\n");
        }
        if (is(Fault.CONTROLLER_HUNG)) {
            return hung(limit);
        }
        Instant at = is(Fault.QUEUE_STALE) ? time.now().minusMillis(random.nextInt(5_000)) : time.now();
        boolean ofUser = option(argv, "--user=").equals(UID);
        Set<String> ids = new HashSet<>(Arrays.asList(option(argv, "--jobs=").split(",")));
        Predicate<SimJob> asked = job -> ofUser || ids.contains(job.base);
        List<Map<String, String>> rows = is(Fault.QUEUE_EMPTY) ? List.of() : views.queue(asked, at);
        boolean unknown = !ofUser
                && ids.size() == 1
                && !is(Fault.QUEUE_EMPTY)
                && cluster.jobs.stream().noneMatch(job -> asked.test(job) && views.inQueue(job, at));
        if (unknown) {
            return exited(1, "", "slurm_load_jobs error: Invalid job id specified\n");
        }
        List<String> lines = lines(rows, row -> SlurmOutput.squeueRow(argv, row), Fault.QUEUE_LACKS_ROWS);
        lines.add(0, SlurmOutput.squeue(argv, List.of()));
        return is(Fault.QUEUE_GARBLED) ? garbled(lines) : exited(0, String.join("", lines), "");
    }

    private Result sacct(List<String> argv, Duration limit) {
        if (!cluster.keepsAccounting) {
            return exited(1, "", "Slurm accounting storage is disabled\n");
        }
        if (is(Fault.ACCOUNTING_DOWN)) {
            return exited(
                    1,
                    "",
                    "sacct: error: slurm_persist_conn_open_without_init: failed to open persistent connection\n"
                            + "sacct: error: Problem talking to the database: Connection refused\n");
        }
        if (is(Fault.ACCOUNTING_HUNG)) {
            return hung(limit);
        }
        takes(Duration.ofMillis(200));
        Instant at = is(Fault.ACCOUNTING_STALE) ? time.now().minusMillis(random.nextInt(20_000)) : time.now();
        boolean ofUser = after(argv, "-u").equals(UID);
        Set<String> ids = new HashSet<>(Arrays.asList(after(argv, "-j").split(",")));
        String since = after(argv, "-S");
        // Asked for a span of time, sacct leaves out what waits and what it has only in part (slurm.md, 6).
        Predicate<SimJob> asked = !ofUser
                ? job -> ids.contains(job.base) || ids.contains(job.raw)
                : job -> !at.isBefore(job.first().startHeard)
                        && SimViews.text(job.last().end).compareTo(since) >= 0;
        List<Map<String, String>> rows = is(Fault.ACCOUNTING_EMPTY) ? List.of() : views.accounting(asked, at);
        if (argv.contains("-X")) {
            rows = rows.stream().filter(row -> !row.get("JobID").contains(".")).toList();
        }
        List<String> lines = lines(rows, row -> SlurmOutput.sacctRow(argv, row), Fault.ACCOUNTING_LACKS_ROWS);
        lines.add(0, SlurmOutput.sacct(argv, List.of()));
        return is(Fault.ACCOUNTING_GARBLED) ? garbled(lines) : exited(0, String.join("", lines), "");
    }

    private List<String> lines(
            List<Map<String, String>> rows, Function<Map<String, String>, String> printed, Fault lacking) {
        List<List<String>> jobs = new ArrayList<>();
        for (Map<String, String> row : rows) {
            String line = printed.apply(row);
            boolean step = row.getOrDefault("JobID", "").contains(".");
            if (step) {
                jobs.get(jobs.size() - 1).add(line);
            } else {
                jobs.add(new ArrayList<>(List.of(line)));
            }
        }
        if (is(lacking)) {
            jobs.removeIf(job -> random.nextBoolean());
        }
        if (is(Fault.REPEATED)) {
            jobs.addAll(List.copyOf(jobs));
        }
        if (random.nextBoolean()) {
            Collections.shuffle(jobs, random);
        }
        List<String> lines = new ArrayList<>();
        jobs.forEach(lines::addAll);
        return lines;
    }

    private Result garbled(List<String> lines) {
        String text = String.join("", lines);
        return switch (random.nextInt(4)) {
            case 0 -> exited(0, "Maintenance tonight at 8\n" + text, "");
            case 1 -> new Result(ToolRunner.Kind.CUT, -1, text, "");
            case 2 -> exited(137, text.substring(0, random.nextInt(text.length() + 1)), "");
            // At the end of a line nobody could tell: that is LACKS_ROWS.
            default -> {
                int cut = random.nextInt(text.length() + 1);
                boolean whole = cut == 0 || text.charAt(cut - 1) == '\n';
                yield whole
                        ? exited(1, "", "Zero Bytes were transmitted or received\n")
                        : exited(0, text.substring(0, cut), "");
            }
        };
    }

    private Result scancel(List<String> argv, Duration limit) {
        if (is(Fault.CONTROLLER_DOWN)) {
            takes(Duration.ofSeconds(9));
            return exited(8, "", "scancel: error: Unable to contact slurm controller (connect failure)\n");
        }
        if (is(Fault.CONTROLLER_HUNG)) {
            return hung(limit);
        }
        boolean waiting = argv.contains("--state=PENDING");
        argv.stream()
                .skip(1)
                .filter(arg -> !arg.startsWith("-"))
                .forEach(id -> cluster.cancel(expanded(id), waiting, UID));
        return exited(0, "", "");
    }

    /** The tasks of {@code 42_[0-3,7]}; any other id as it is. */
    private static Set<String> expanded(String id) {
        int bracket = id.indexOf('[');
        if (bracket < 0) {
            return Set.of(id);
        }
        Set<String> ids = new HashSet<>();
        for (String range : id.substring(bracket + 1, id.length() - 1).split(",", -1)) {
            int dash = range.indexOf('-');
            int first = Integer.parseInt(dash < 0 ? range : range.substring(0, dash));
            int last = dash < 0 ? first : Integer.parseInt(range.substring(dash + 1));
            for (int task = first; task <= last; task++) {
                ids.add(id.substring(0, bracket) + task);
            }
        }
        return ids;
    }
}
