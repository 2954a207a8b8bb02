package dev.settle.app.crash;

import static org.assertj.core.api.Assertions.assertThat;

import dev.settle.core.model.Plan.BackendName;
import dev.settle.core.run.RunEvent;
import dev.settle.core.run.RunState;
import dev.settle.core.run.StopReason;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A disk that refuses while a run goes on: told loudly, nothing lost, nothing run twice. */
@Timeout(120)
final class StorageTest {

    @TempDir
    Path home;

    private final Clock clock = new FastClock(40);
    private final Cluster cluster = new Cluster(CrashPlan.EXIT_CODES, clock);
    private final AtomicReference<Optional<String>> why = new AtomicReference<>(Optional.empty());

    private CrashedRun run() {
        return new CrashedRun(
                        home,
                        CrashPlan.plan(home.resolve("ran"), BackendName.SLURM),
                        CrashPlan.policy(BackendName.SLURM),
                        clock,
                        folder -> cluster)
                .with(disk -> new RefusingDisk(disk, why));
    }

    /** Trouble from the first submission on. */
    private Thread troubleOnceJobsRun(String words) {
        Thread thread = new Thread(() -> {
            while (cluster.ran().isEmpty()) {
                Thread.onSpinWait();
            }
            why.set(Optional.of(words));
        });
        thread.start();
        return thread;
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Read-only file system",
                "Input/output error",
                "Permission denied",
                "Disk quota exceeded",
                "No space left on device",
                "Stale file handle"
            })
    void runWhoseJournalIsRefusedForGoodIsLeftAndGoesOnLater(String words) throws Exception {
        CrashedRun run = run();
        Thread trouble = troubleOnceJobsRun(words);
        assertThat(run.live(Integer.MAX_VALUE, CrashPoint.When.BEFORE)).isEqualTo(CrashedRun.End.STORAGE_FAILED);
        trouble.join();
        assertThat(run.said())
                .contains("the journal cannot be written: ", words, "trying again", "settle recover finds it");
        List<String> before = cluster.ran();
        assertThat(CrashPlan.EXPECTED_RUNS).containsAll(before);
        why.set(Optional.empty());
        assertThat(run.state().orElseThrow().ended()).as("nobody could say so").isEmpty();
        finish(run);
    }

    @Test
    void runWhoseJournalIsRefusedForAWhileGoesOnByItself() throws Exception {
        CrashedRun run = run();
        Thread trouble = troubleOnceJobsRun("Input/output error");
        Thread end = new Thread(() -> {
            while (!run.said().contains("trying again")) {
                Thread.onSpinWait();
            }
            why.set(Optional.empty());
        });
        end.start();
        assertThat(run.live(Integer.MAX_VALUE, CrashPoint.When.BEFORE)).isEqualTo(CrashedRun.End.ENDED);
        trouble.join();
        end.join();
        assertThat(run.said()).contains("the journal can be written again; nothing was lost");
        assertAllIsWell(run);
    }

    /** A disk without room for one more page, but for what the reserve gives back. */
    @Test
    void fullDiskKeepsRoomForTheRunsEndAndTheRunGoesOnWhenThereIsRoomAgain() throws Exception {
        AtomicInteger reserves = new AtomicInteger();
        CrashedRun run = run().with(disk -> new RefusingDisk(disk, why) {
            @Override
            public void delete(Path path) throws java.io.IOException {
                if (path.endsWith("reserve") && why.get().isPresent()) {
                    reserves.incrementAndGet();
                    why.set(Optional.empty());
                }
                super.delete(path);
            }
        });
        Thread trouble = troubleOnceJobsRun("No space left on device");
        assertThat(run.live(Integer.MAX_VALUE, CrashPoint.When.BEFORE)).isEqualTo(CrashedRun.End.STORAGE_FAILED);
        trouble.join();
        assertThat(reserves).hasValue(1);
        RunState state = run.state().orElseThrow();
        assertThat(state.ended().orElseThrow().reason()).isEqualTo(StopReason.STORAGE_FAILED);
        assertThat(state.ended().orElseThrow().detail().orElseThrow()).contains("No space left on device");
        run.opening(List.of(new RunEvent.Resumed("tester", clock.instant())));
        finish(run);
    }

    @Test
    void removedStateDirectoryEndsTheDriveWithoutADefect() throws Exception {
        CrashedRun run = run();
        Thread remover = new Thread(() -> {
            while (cluster.ran().isEmpty()) {
                Thread.onSpinWait();
            }
            Path folder = run.folder().orElseThrow().path();
            assertThat(folder.toFile().renameTo(home.resolve("gone").toFile())).isTrue();
        });
        remover.start();
        assertThat(run.live(Integer.MAX_VALUE, CrashPoint.When.BEFORE)).isEqualTo(CrashedRun.End.STORAGE_FAILED);
        remover.join();
        assertThat(run.said()).contains("the journal cannot be written: the folder is gone: ");
        assertThat(Files.exists(home.resolve("gone/journal.log"))).isTrue();
        assertThat(home.resolve("gone")
                        .toFile()
                        .renameTo(run.folder().orElseThrow().path().toFile()))
                .isTrue();
        finish(run);
    }

    private void finish(CrashedRun run) throws Exception {
        assertThat(run.live(Integer.MAX_VALUE, CrashPoint.When.BEFORE))
                .as(run.said())
                .isEqualTo(CrashedRun.End.ENDED);
        assertAllIsWell(run);
    }

    private void assertAllIsWell(CrashedRun run) {
        assertThat(cluster.ran().stream().sorted().toList()).isEqualTo(CrashPlan.EXPECTED_RUNS);
        assertThat(CrashPlan.verdicts(run.state().orElseThrow())).isEqualTo(CrashPlan.EXPECTED_VERDICTS);
    }
}
