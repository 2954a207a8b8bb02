package dev.settle.slurm;

import dev.settle.core.port.JobId;
import java.time.Instant;
import java.util.HashSet;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** Reading what squeue and sacct print of arrays of many tasks, each with its jobs asked about one by one. */
@State(Scope.Thread)
@BenchmarkMode(Mode.SingleShotTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Fork(
        value = 3,
        jvmArgsAppend = {"-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xms8m", "-Xmn4m", "-Xmx320m"})
@Warmup(iterations = 2)
@Measurement(iterations = 7)
public class ParserBench {
    @Param({"1000", "10000", "100000"})
    int rows;

    private String queue = "";
    private String accounting = "";
    private Set<JobId> jobs = Set.of();

    @Setup
    public void make() {
        queue = queue(rows);
        accounting = accounting(rows);
        jobs = new HashSet<>();
        for (int i = 0; i < rows; i++) {
            jobs.add(new JobId("4711_" + i));
        }
    }

    @Benchmark
    public int squeue() {
        return whole(SqueueParser.parse(queue, new Asked(jobs), Instant.EPOCH));
    }

    @Benchmark
    public int sacct() {
        return whole(SacctParser.parse(accounting, new Asked(jobs), Instant.EPOCH));
    }

    private int whole(SqueueParser.Rows parsed) {
        if (parsed.sightings().size() != rows || parsed.garbled() > 0) {
            throw new IllegalStateException(
                    "read " + parsed.sightings().size() + " of " + rows + ", garbled " + parsed.garbled());
        }
        return parsed.sightings().size();
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
