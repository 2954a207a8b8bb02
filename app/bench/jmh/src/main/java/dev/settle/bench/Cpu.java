package dev.settle.bench;

import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import java.util.Collection;
import java.util.List;
import org.openjdk.jmh.infra.BenchmarkParams;
import org.openjdk.jmh.infra.IterationParams;
import org.openjdk.jmh.profile.InternalProfiler;
import org.openjdk.jmh.results.AggregationPolicy;
import org.openjdk.jmh.results.IterationResult;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.ScalarResult;

/**
 * The CPU time of what a bench measures, collector and compiler included: on a machine that has other work it says more
 * than the clock. A bench puts what it measures between {@link #begin} and {@link #end}, without its preparations.
 */
public final class Cpu implements InternalProfiler {
    private static final OperatingSystemMXBean SYSTEM =
            (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
    private static long spentNanos;

    /** Begins to count. */
    public static void begin() {
        spentNanos -= SYSTEM.getProcessCpuTime();
    }

    /** Counts no more. */
    public static void end() {
        spentNanos += SYSTEM.getProcessCpuTime();
    }

    @Override
    public String getDescription() {
        return "CPU time of all threads";
    }

    @Override
    public void beforeIteration(BenchmarkParams benchmark, IterationParams iteration) {
        spentNanos = 0;
    }

    @Override
    public Collection<? extends Result<?>> afterIteration(
            BenchmarkParams benchmark, IterationParams iteration, IterationResult result) {
        return List.of(new ScalarResult("cpu", spentNanos / 1e6, "ms", AggregationPolicy.AVG));
    }
}
