package dev.settle.core.view.html.page;

import dev.settle.core.run.Item;
import dev.settle.core.scheduler.Usage;
import dev.settle.core.view.Amounts;
import dev.settle.core.view.RunView;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * What the items asked for and what they used of it.
 *
 * @param rows for each resource that both is known of
 * @param advice a sentence where much was wasted
 */
public record UsageTable(List<Row> rows, List<String> advice) {
    /** Less use than this share is worth a sentence. */
    private static final double WASTED = 0.5;

    /** Shorter jobs use what the start-up of a program uses, and say nothing. */
    private static final double SECONDS_MIN = 60;

    public UsageTable {
        rows = List.copyOf(rows);
        advice = List.copyOf(advice);
    }

    /**
     * A resource.
     *
     * @param share used of what was asked for, in percent
     */
    public record Row(String resource, String asked, String used, String share, int items) {}

    /** Sums and the largest of what was asked for and used. */
    private static final class Sum {
        double asked;
        double used;
        double usedMost;
        double askedMost;
        int items;

        void add(double itemAsked, double itemUsed) {
            asked += itemAsked;
            used += itemUsed;
            usedMost = Math.max(usedMost, itemUsed);
            askedMost = Math.max(askedMost, itemAsked);
            items++;
        }

        double share() {
            return asked > 0 ? used / asked : 1;
        }
    }

    static UsageTable of(RunView view) {
        Sum cpu = new Sum();
        Sum memory = new Sum();
        Sum time = new Sum();
        double busy = 0;
        for (Item item : view.items()) {
            Usage usage = item.usage();
            if (usage.elapsedSeconds().isPresent()) {
                double elapsed = usage.elapsedSeconds().getAsLong();
                busy += elapsed;
                double cpus =
                        Math.max(1, usage.cpus().orElse(item.requested().cpus().orElse(1)));
                if (usage.cpuSeconds().isPresent() && elapsed > 0) {
                    cpu.add(elapsed * cpus, usage.cpuSeconds().getAsDouble());
                }
                item.requested().timeLimit().ifPresent(limit -> time.add((double) limit.toSeconds(), elapsed));
            }
            if (usage.maxRssBytes().isPresent()
                    && item.requested().memoryBytes().isPresent()) {
                memory.add((double) item.requested().memoryBytes().getAsLong(), (double)
                        usage.maxRssBytes().getAsLong());
            }
        }
        List<Row> rows = new ArrayList<>();
        List<String> advice = new ArrayList<>();
        if (cpu.items > 0) {
            rows.add(row("Cores (core time)", seconds(cpu.asked), seconds(cpu.used), cpu));
            if (cpu.share() < WASTED && busy >= SECONDS_MIN) {
                advice.add("Cores: the items used " + percent(cpu) + " of the core time that they held ("
                        + seconds(cpu.used) + " of " + seconds(cpu.asked) + "). Request fewer cpus.");
            }
        }
        if (memory.items > 0) {
            rows.add(row(
                    "Memory (largest of an item)",
                    Amounts.bytes((long) memory.askedMost),
                    Amounts.bytes((long) memory.usedMost),
                    memory));
            if (memory.usedMost / memory.askedMost < WASTED && busy >= SECONDS_MIN) {
                advice.add("Memory: no item used more than " + Amounts.bytes((long) memory.usedMost) + " of up to "
                        + Amounts.bytes((long) memory.askedMost) + " requested. "
                        + Amounts.bytes((long) (memory.usedMost * 1.25)) + " would have been enough.");
            }
        }
        if (time.items > 0) {
            rows.add(row("Time (longest of an item)", seconds(time.askedMost), seconds(time.usedMost), time));
            if (time.usedMost / time.askedMost < WASTED && busy >= SECONDS_MIN) {
                advice.add("Time: no item ran longer than " + seconds(time.usedMost) + " of a limit of up to "
                        + seconds(time.askedMost) + "."
                        + (view.run().opened().backend().equals("slurm")
                                ? " A shorter limit lets Slurm start jobs earlier."
                                : ""));
            }
        }
        return new UsageTable(rows, advice);
    }

    private static Row row(String resource, String asked, String used, Sum sum) {
        return new Row(resource, asked, used, percent(sum), sum.items);
    }

    private static String percent(Sum sum) {
        return Amounts.decimal(sum.share() * 100, 1) + "%";
    }

    private static String seconds(double seconds) {
        return Amounts.duration(Duration.ofMillis((long) (seconds * 1_000)));
    }
}
