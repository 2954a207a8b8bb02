package dev.settle.core.journal.file;

import dev.settle.core.file.Disk;
import dev.settle.core.file.LocalDisk;
import dev.settle.core.journal.RunFolder;
import dev.settle.core.journal.lease.Fence;
import dev.settle.core.model.ItemId;
import dev.settle.core.model.ItemReason;
import dev.settle.core.model.Plan;
import dev.settle.core.model.PlanItem;
import dev.settle.core.model.RunId;
import dev.settle.core.run.ConfirmedBy;
import dev.settle.core.run.Entry;
import dev.settle.core.run.ItemEvent;
import dev.settle.core.run.ItemState;
import dev.settle.core.run.Outcome;
import dev.settle.core.run.RunEvent;
import dev.settle.core.scheduler.JobId;
import dev.settle.core.scheduler.JobObservation;
import dev.settle.core.scheduler.JobState;
import dev.settle.core.scheduler.Source;
import dev.settle.core.scheduler.SubmitToken;
import dev.settle.core.scheduler.Usage;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;

/** A run of many items as a driver leaves it: submitted in arrays of 1,000, ended well but for every hundredth. */
final class LargeRun {
    private static final Instant START = Instant.parse("2026-11-20T12:00:00.123456Z");
    private static final int ARRAY = 1000;

    private final int size;
    private long number;
    private Instant now = START;

    private LargeRun(int size) {
        this.size = size;
    }

    /** Creates the run and drives it to its end, with snapshots as they become due. */
    static RunFolder create(Disk disk, StateHome home, int size, String version) throws IOException {
        return new LargeRun(size).create(disk, home, version);
    }

    private RunFolder create(Disk disk, StateHome home, String version) throws IOException {
        List<PlanItem> items = new ArrayList<>();
        for (int i = 0; i < size; i++) {
            items.add(PlanItem.command(id(i), "python train.py --lr 0." + i % 100 + " --seed " + i));
        }
        RunEvent.Opened opened =
                new RunEvent.Opened(new RunId("k3v9q2m7"), "large", version, "/home/ada", "ada", "slurm", false);
        RunFolder folder = RunDraft.create(disk, home, Plan.of("large", items), opened, now)
                .publish()
                .folder();
        LoadedRun run = new RunLoader(disk, version).load(folder);
        number = run.state().lastNumber();
        try (JournalWriter writer = JournalWriter.open(
                disk.write(folder.journal()),
                run.extent().end(),
                number,
                Fence.OPEN,
                new Reserve(disk, folder.reserve()))) {
            for (int from = 0; from < size; from += ARRAY) {
                int to = Math.min(size, from + ARRAY);
                append(writer, run, submitted(from, to));
                append(writer, run, running(from, to));
                append(writer, run, settled(from, to));
            }
            if (run.snapshots().isWorthwhile(writer.size())) {
                run.snapshots().write(run.state(), writer.size());
            }
        }
        return folder;
    }

    private void append(JournalWriter writer, LoadedRun run, List<Entry> entries) throws IOException {
        entries.forEach(run.state()::apply);
        if (writer.append(entries).kind() != WriteAnswer.Kind.WRITTEN) {
            throw new IOException("not written");
        }
        entries.forEach(run.snapshots()::note);
        if (run.snapshots().isDue(writer.size())) {
            run.snapshots().write(run.state(), writer.size());
        }
    }

    private static ItemId id(int i) {
        return new ItemId("train[lr=0." + i % 100 + ",seed=" + i + "]");
    }

    private static JobId job(int i) {
        return new JobId((4711 + i / ARRAY) + "_" + i % ARRAY);
    }

    private List<Entry> submitted(int from, int to) {
        List<Entry> entries = new ArrayList<>();
        SubmitToken token = new SubmitToken(String.format("st%012d", from));
        for (int i = from; i < to; i++) {
            entries.add(entry(new ItemEvent.Intended(id(i), 1, token)));
        }
        for (int i = from; i < to; i++) {
            entries.add(entry(new ItemEvent.Submitted(id(i), job(i))));
        }
        return entries;
    }

    private List<Entry> running(int from, int to) {
        List<Entry> entries = new ArrayList<>();
        for (int i = from; i < to; i++) {
            entries.add(
                    entry(new ItemEvent.Observed(id(i), said(Source.SQUEUE, i, "RUNNING", JobState.Phase.RUNNING))));
            entries.add(entry(new ItemEvent.Started(id(i), now.minusSeconds(3), Optional.of("n" + i % 64))));
        }
        return entries;
    }

    private List<Entry> settled(int from, int to) {
        List<Entry> entries = new ArrayList<>();
        for (int i = from; i < to; i++) {
            boolean good = i % 100 != 0;
            entries.add(entry(new ItemEvent.Left(id(i), "left the queue")));
            entries.add(entry(new ItemEvent.Observed(
                    id(i),
                    good
                            ? said(Source.SACCT, i, "COMPLETED", JobState.Phase.COMPLETED)
                            : said(Source.SACCT, i, "FAILED", JobState.Phase.FAILED))));
            entries.add(entry(new ItemEvent.Settled(id(i), outcome(i, good))));
        }
        return entries;
    }

    private JobObservation said(Source source, int i, String word, JobState.Phase phase) {
        JobObservation.Builder said = JobObservation.of(source, now, job(i), new JobState(word, phase, ItemReason.OK))
                .jobName(Optional.of("large.st000000000000"))
                .submittedAt(Optional.of(START.plusSeconds(i / ARRAY)))
                .startedAt(Optional.of(now.minusSeconds(60)))
                .node(Optional.of("n" + i % 64));
        return phase == JobState.Phase.RUNNING
                ? said.build()
                : said.exitCode(i % 100 == 0 ? 1 : 0)
                        .endedAt(Optional.of(now.minusSeconds(1)))
                        .usage(usage(i))
                        .build();
    }

    private Outcome outcome(int i, boolean good) {
        return new Outcome(
                good ? ItemState.COMPLETED : ItemState.FAILED,
                good ? ItemReason.OK : ItemReason.EXIT_CODE,
                OptionalInt.of(good ? 0 : 1),
                OptionalInt.empty(),
                ConfirmedBy.ACCOUNTING,
                good ? Optional.empty() : Optional.of("exit code 1"),
                Optional.of(good ? "COMPLETED" : "FAILED"),
                Optional.of(now.minusSeconds(60)),
                Optional.of(now.minusSeconds(1)),
                Optional.of("n" + i % 64),
                usage(i),
                "accounting");
    }

    private static Usage usage(int i) {
        return new Usage(
                OptionalLong.of(59 + i % 7),
                OptionalDouble.of(58.25 + i % 5),
                OptionalLong.of(1L << 20),
                OptionalInt.of(1));
    }

    private Entry entry(ItemEvent event) {
        now = now.plusNanos(1_234_000);
        return new Entry(++number, now, new RunEvent.OfItem(event));
    }

    /**
     * Figures of opening large runs: {@code LargeRun DIRECTORY SIZE make [VERSION]|load|replay}. Each in a fresh JVM with the
     * launcher's options, since every {@code status} is one.
     */
    public static void main(String[] args) throws IOException {
        Disk disk = new LocalDisk();
        StateHome home = new StateHome(Path.of(args[0]).toAbsolutePath());
        int size = Integer.parseInt(args[1]);
        long begin = System.nanoTime();
        if (args[2].equals("make")) {
            create(disk, home, size, args.length > 3 ? args[3] : "bench");
        } else {
            RunLoader loader = new RunLoader(disk, args[2].equals("load") ? "bench" : "other");
            LoadedRun run = loader.load(home.newest().orElseThrow());
            if (args.length > 3) {
                // Time for a look at the heap.
                System.in.read();
            }
            System.out.println(run.state().counts().of(ItemState.COMPLETED) + " completed of "
                    + run.state().counts().total());
        }
        long millis = (System.nanoTime() - begin) / 1_000_000;
        Runtime runtime = Runtime.getRuntime();
        System.out.println(args[2] + " " + size + ": " + millis + " ms, heap "
                + (runtime.totalMemory() - runtime.freeMemory() >> 20) + " MB of "
                + (runtime.totalMemory() >> 20) + " MB");
    }
}
