package dev.settle.slurm;

import dev.settle.core.port.JobId;
import java.lang.management.ManagementFactory;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Locale;
import java.util.Set;

/** CPU that rows of squeue and sacct take to read, in one table by size. Run by hand: {@code app/bench/parsers}. */
final class ParserBench {
    private static final int ROUNDS = 7;

    private ParserBench() {}

    private interface Parse {
        SqueueParser.Rows of(String text, Asked asked, Instant at);
    }

    /** No arguments; ends with an error when a row was not read. */
    public static void main(String[] args) {
        System.out.println("tool       rows   first ms  median ms of CPU");
        for (int rows : new int[] {1_000, 10_000, 100_000}) {
            measure("squeue", rows, queue(rows), SqueueParser::parse);
            measure("sacct", rows, accounting(rows), SacctParser::parse);
        }
    }

    private static void measure(String tool, int rows, String text, Parse parse) {
        Set<JobId> jobs = new HashSet<>();
        for (int i = 0; i < rows; i++) {
            jobs.add(new JobId("4711_" + i));
        }
        double[] millis = new double[ROUNDS];
        for (int round = 0; round < ROUNDS; round++) {
            Asked asked = new Asked(jobs);
            long begin = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
            SqueueParser.Rows parsed = parse.of(text, asked, Instant.EPOCH);
            millis[round] = (ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime() - begin) / 1e6;
            if (parsed.sightings().size() != rows || parsed.garbled() > 0) {
                throw new IllegalStateException(
                        tool + " read " + parsed.sightings().size() + " of " + rows + ", garbled " + parsed.garbled());
            }
        }
        double first = millis[0];
        Arrays.sort(millis);
        System.out.printf(Locale.ROOT, "%-8s %6d %10.0f %10.0f%n", tool, rows, first, millis[ROUNDS / 2]);
    }

    private static String queue(int rows) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < rows; i++) {
            text.append(row(SqueueParser.format().replace(":|", ""), i)).append('\n');
        }
        return text.toString();
    }

    private static String accounting(int rows) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < rows; i++) {
            text.append(row(SacctParser.format(), i)).append('\n');
        }
        return text.toString();
    }

    private static String row(String columns, int task) {
        StringBuilder row = new StringBuilder();
        String separator = "";
        for (String column : columns.split(",")) {
            row.append(separator).append(value(column, task));
            separator = "|";
        }
        return row.toString();
    }

    private static String value(String column, int task) {
        return switch (column.toLowerCase(Locale.ROOT)) {
            case "jobid", "jobarrayid" -> column.equals("JobID") && task < 0 ? "" : "4711_" + task;
            case "jobidraw" -> Integer.toString(900_000 + task);
            case "state" -> "COMPLETED";
            case "exitcode", "derivedexitcode" -> "0:0";
            case "exit_code" -> "0";
            case "submit", "start", "end", "submittime", "starttime", "endtime" -> "2026-11-21T06:00:00";
            case "reason" -> "None";
            case "elapsed" -> "00:01:01";
            case "elapsedraw" -> "61";
            case "totalcpu" -> "00:58.200";
            case "alloccpus", "ncpus", "numcpus" -> "1";
            case "maxrss" -> "1024K";
            case "nodelist" -> "n1";
            case "jobname", "name" -> "bench.st0123456789ab";
            default -> "";
        };
    }
}
