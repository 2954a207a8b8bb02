package dev.settle.app.engine.records;

import static org.assertj.core.api.Assertions.assertThat;

import dev.settle.app.engine.SimFate;
import dev.settle.app.engine.SimJob;
import dev.settle.app.engine.SimRecord;
import dev.settle.app.runs.Requests;
import dev.settle.core.journal.RunFolder;
import dev.settle.core.kernel.Input;
import dev.settle.core.wrapper.JobWrapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class RecordWatchTest {
    private static final String TOKEN = "stxsjxq4eaaspp";

    @TempDir
    private Path home;

    private final List<Input.RecordSeen> seen = new ArrayList<>();
    private final List<Input.StartSeen> starts = new ArrayList<>();
    private final List<String> notices = new ArrayList<>();
    private RunFolder folder;
    private RecordWatch watch;

    @BeforeEach
    void open() throws IOException {
        folder = new RunFolder(home.resolve("k3v9q2m7"));
        Files.createDirectories(folder.records());
        watch = watch();
    }

    private RecordWatch watch() {
        Clock clock = Clock.fixed(Instant.parse("2026-11-21T00:00:00Z"), ZoneOffset.UTC);
        return new RecordWatch(
                new Requests(folder, home),
                clock,
                input -> {
                    if (input instanceof Input.RecordSeen end) {
                        seen.add(end);
                    } else {
                        starts.add((Input.StartSeen) input);
                    }
                },
                notices::add,
                (task, number) -> {});
    }

    private Path record() {
        return folder.records().resolve("train.1");
    }

    private void ended(int restart, SimFate fate) throws IOException {
        SimJob job = new SimJob("101", -1, "101", "train", TOKEN);
        SimJob.Run run =
                new SimJob.Run(restart, Instant.parse("2026-11-20T00:00:00Z").plusSeconds(restart * 100L));
        run.fate = fate;
        Files.writeString(record(), SimRecord.text(job, run, TOKEN, "train.1"));
    }

    private void putAside(int restart) throws IOException {
        Files.move(record(), folder.records().resolve("train.1" + JobWrapper.ASIDE + restart));
    }

    private List<Integer> restarts() {
        return seen.stream().map(Input.RecordSeen::restarts).toList();
    }

    @Test
    void aRecordIsToldOnce() throws IOException {
        ended(0, SimFate.OK);
        watch.look();
        watch.look();

        assertThat(restarts()).containsExactly(0);
    }

    @Test
    void theRecordOfARequeuedJobsNextRunIsToldAsWell() throws IOException {
        ended(0, SimFate.PREEMPTED_REQUEUED);
        watch.look();
        putAside(0);
        watch.look();
        ended(1, SimFate.PREEMPTED_REQUEUED);
        watch.look();
        putAside(1);
        ended(2, SimFate.EXIT_3);
        watch.look();
        watch.look();

        assertThat(restarts()).containsSubsequence(0, 1, 2).endsWith(2);
    }

    @Test
    void theNextRunsRecordIsToldThoughNobodyLookedBetweenTheTwo() throws IOException {
        ended(0, SimFate.PREEMPTED_REQUEUED);
        watch.look();
        putAside(0);
        ended(1, SimFate.OK);
        watch.look();
        watch.look();

        assertThat(restarts()).startsWith(0).endsWith(1);
    }

    @Test
    void aDriverThatComesLaterIsToldTheNewestRecord() throws IOException {
        ended(0, SimFate.PREEMPTED_REQUEUED);
        putAside(0);
        ended(1, SimFate.OK);
        watch.look();

        assertThat(restarts()).isNotEmpty().containsOnly(1);
    }

    @Test
    void whatIsPutAsideIsNoRecordThatCannotBeRead() throws IOException {
        ended(0, SimFate.PREEMPTED_REQUEUED);
        watch.look();
        putAside(0);
        for (int i = 0; i < 50; i++) {
            watch.look();
        }

        assertThat(restarts()).containsExactly(0);
        assertThat(notices).isEmpty();
    }

    private void started(int restart) throws IOException {
        SimJob job = new SimJob("101", -1, "101", "train", TOKEN);
        SimJob.Run run =
                new SimJob.Run(restart, Instant.parse("2026-11-20T00:00:00Z").plusSeconds(restart * 100L));
        Files.writeString(JobWrapper.startRecord(record()), SimRecord.start(job, run, TOKEN, "train.1"));
    }

    @Test
    void aStartRecordIsToldOnceWithWhereAndWhenTheJobStarted() throws IOException {
        started(0);
        watch.look();
        watch.look();

        assertThat(starts).hasSize(1);
        assertThat(starts.get(0).observation().node()).contains("n1");
        assertThat(starts.get(0).observation().startedAt()).contains(Instant.parse("2026-11-20T00:00:00Z"));
        assertThat(seen).isEmpty();
    }

    @Test
    void theStartOfARequeuedJobsNextRunIsToldAsWell() throws IOException {
        started(0);
        watch.look();
        Files.move(
                JobWrapper.startRecord(record()),
                folder.records().resolve("train.1" + JobWrapper.ASIDE + 0 + JobWrapper.START_SUFFIX));
        started(1);
        watch.look();
        watch.look();

        assertThat(starts.stream().map(Input.StartSeen::restarts)).startsWith(0).endsWith(1);
    }

    @Test
    void aStartRecordThatIsJustBeingWrittenIsReadLater() throws IOException {
        Files.createFile(JobWrapper.startRecord(record()));
        watch.look();
        started(0);
        watch.look();

        assertThat(starts).hasSize(1);
        assertThat(notices).isEmpty();
    }
}
