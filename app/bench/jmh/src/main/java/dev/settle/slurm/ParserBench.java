package dev.settle.slurm;

import dev.settle.bench.Cpu;
import dev.settle.core.scheduler.JobId;
import dev.settle.core.scheduler.JobObservation;
import dev.settle.slurm.parse.JobTable;
import dev.settle.slurm.parse.QueryTargets;
import dev.settle.slurm.parse.SacctParser;
import dev.settle.slurm.parse.SqueueParser;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
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

/**
 * Reading what squeue and sacct print of arrays of many tasks, each of them asked about: the first time in a JVM, as
 * when a driver takes a run up, and again, as it does from then on.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.SingleShotTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Fork(
        value = 3,
        jvmArgsAppend = {
            "-XX:TieredStopAtLevel=1",
            "-XX:+UseSerialGC",
            "-Xms8m",
            "-Xmn4m",
            "-Xmx320m",
            "-XX:MinHeapFreeRatio=20",
            "-XX:MaxHeapFreeRatio=40"
        })
@Warmup(iterations = 2)
@Measurement(iterations = 7)
public class ParserBench {
    private static final int ARRAY = 1_000;

    @Param({"1000", "10000", "100000"})
    int rows;

    private String queue = "";
    private String accounting = "";
    private Set<JobId> queued = Set.of();
    private Set<JobId> booked = Set.of();

    /** Of the queue nine tasks of ten run and one has ended; accounting has two rows of a job, its own and its batch step's. */
    @Setup
    public void make() {
        queue = queue(rows);
        accounting = accounting(rows / 2);
        queued = jobs(rows);
        booked = jobs(rows / 2);
    }

    private static Set<JobId> jobs(int count) {
        Set<JobId> jobs = new HashSet<>();
        for (int i = 0; i < count; i++) {
            jobs.add(new JobId(id(i)));
        }
        return jobs;
    }

    @Benchmark
    public int squeue() {
        Cpu.begin();
        JobTable.Rows read = SqueueParser.parse(queue, new QueryTargets(queued), Instant.EPOCH);
        Cpu.end();
        return whole(read.observations(), read.garbled(), queued);
    }

    @Benchmark
    public int sacct() {
        Cpu.begin();
        JobTable.Rows read = SacctParser.parse(accounting, new QueryTargets(booked), Instant.EPOCH);
        Cpu.end();
        return whole(read.observations(), read.garbled(), booked);
    }

    @Benchmark
    @Fork(9)
    @Warmup(iterations = 0)
    @Measurement(iterations = 1)
    public int squeueFirst() {
        return squeue();
    }

    @Benchmark
    @Fork(9)
    @Warmup(iterations = 0)
    @Measurement(iterations = 1)
    public int sacctFirst() {
        return sacct();
    }

    private static int whole(List<JobObservation> read, int garbled, Set<JobId> jobs) {
        if (read.size() != jobs.size() || garbled > 0) {
            throw new IllegalStateException("read " + read.size() + " of " + jobs.size() + ", garbled " + garbled);
        }
        return read.size();
    }

    private static String id(int task) {
        return (4711 + task / ARRAY) + "_" + task % ARRAY;
    }

    private static String time(int seconds) {
        return "2026-11-21T%02d:%02d:%02d".formatted(6 + seconds / 3600, seconds / 60 % 60, seconds % 60);
    }

    private static String queue(int rows) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < rows; i++) {
            String state = i % 10 == 0 ? "COMPLETED|None|0" : "RUNNING|None|0";
            String times = time(0) + "|" + time(i / 10) + "|" + time(i / 10 + 61);
            text.append(id(i) + "|" + (900_000 + i) + "|" + state + "|" + times + "|10:00|" + i / 10 % 10 + ":01|n"
                    + i % 100 + "|1|bench.st0123456789ab|\n");
        }
        return text.toString();
    }

    private static String accounting(int jobs) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < jobs; i++) {
            String raw = Integer.toString(900_000 + i);
            String times = time(0) + "|" + time(i / 10) + "|" + time(i / 10 + 61) + "|61|1|00:58." + (100 + i % 900);
            text.append(id(i) + "|" + raw + "|COMPLETED|0:0|0:0|" + times + "||n" + i % 100
                    + "|10|normal|ada|None|bench.st0123456789ab\n");
            text.append(id(i) + ".batch|" + raw + ".batch|COMPLETED|0:0||" + times + "|" + (4000 + i % 1000) + "K|n"
                    + i % 100 + "|||ada||batch\n");
        }
        return text.toString();
    }
}
