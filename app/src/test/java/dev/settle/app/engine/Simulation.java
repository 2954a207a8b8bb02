package dev.settle.app.engine;

import dev.settle.core.run.Outcome;
import dev.settle.core.wrapper.JobWrapper;
import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.LongStream;
import java.util.stream.Stream;

/** Plays timelines, each in a folder of its own, on all processors. */
final class Simulation implements Closeable {
    /** A timeline in which something happened that must not. */
    record Failure(long seed, Invariant invariant, String what) {}

    private static final int CHUNK = 50;

    private final Path scratch;
    private final JobWrapper wrapper;
    private final Map<String, LongAdder> counts = new ConcurrentSkipListMap<>();

    Simulation() throws IOException {
        // Scripts and records are real files; in memory they cost little.
        Path memory = Path.of("/dev/shm");
        scratch = Files.isWritable(memory)
                ? Files.createTempDirectory(memory, "settle-sim")
                : Files.createTempDirectory("settle-sim");
        wrapper = JobWrapper.install(scratch);
    }

    /** What went wrong in the timelines of these seeds, each in one line. */
    List<Failure> play(long from, long to, SystemUnderTest subject) {
        return LongStream.rangeClosed(from, to)
                .parallel()
                .boxed()
                .flatMap(seed -> play(seed, subject, false).stream())
                .toList();
    }

    /** What the first of so many timelines that go wrong go wrong against. */
    Set<Invariant> invariantsThatNotice(int most, SystemUnderTest subject) {
        Set<Invariant> noticed = EnumSet.noneOf(Invariant.class);
        for (int from = 1; from <= most && noticed.isEmpty(); from += CHUNK) {
            play(from, from + CHUNK - 1, subject).forEach(failure -> noticed.add(failure.invariant()));
        }
        return noticed;
    }

    private void count(String word) {
        counts.computeIfAbsent(word, w -> new LongAdder()).increment();
    }

    /** How often each reason was told, and each rule decided, in what has been played so far. */
    Map<String, LongAdder> counts() {
        return counts;
    }

    Optional<Failure> play(long seed, SystemUnderTest subject, boolean logged) {
        Path folder = scratch.resolve("t" + seed + "-" + Thread.currentThread().getId());
        try {
            Files.createDirectory(folder);
            try {
                SimRun run = new SimRun(seed, subject, wrapper, folder, logged);
                run.play();
                for (Outcome outcome : run.invariants().verdicts()) {
                    count(outcome.reason().word());
                    count(outcome.rule());
                }
                return Optional.empty();
            } catch (SimRun.Failed e) {
                return Optional.of(new Failure(seed, e.invariant(), e.getMessage()));
            } finally {
                delete(folder);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void delete(Path folder) throws IOException {
        try (Stream<Path> all = Files.walk(folder)) {
            for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        }
    }

    @Override
    public void close() throws IOException {
        delete(scratch);
    }
}
