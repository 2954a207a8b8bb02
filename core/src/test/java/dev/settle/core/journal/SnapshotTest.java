package dev.settle.core.journal;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.settle.core.file.LocalDisk;
import dev.settle.core.journal.file.JournalReader;
import dev.settle.core.json.Json;
import dev.settle.core.model.Plan;
import dev.settle.core.run.Entry;
import dev.settle.core.run.Item;
import dev.settle.core.run.Outcome;
import dev.settle.core.run.RunState;
import dev.settle.testdata.Golden;
import dev.settle.testdata.TestData;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class SnapshotTest {
    private static final String VERSION = "0.1.0";

    private final List<Entry> entries = SampleRun.entries();

    private RunState folded(int count) {
        RunState state = new RunState(SampleRun.plan());
        entries.subList(0, count).forEach(state::apply);
        return state;
    }

    private Snapshot snapshot(int count) {
        return snapshot(new RunState(SampleRun.plan()), entries.subList(0, count));
    }

    private static Snapshot snapshot(RunState state, List<Entry> entries) {
        entries.forEach(state::apply);
        List<Entry> ofRun =
                entries.stream().flatMap(entry -> Snapshot.kept(entry).stream()).toList();
        return new Snapshot(state, ofRun, 1000 + entries.size(), 77);
    }

    private static void assertSame(RunState actual, RunState expected) {
        assertThat(actual)
                .usingRecursiveComparison()
                // A count that went back to 0 stays in the map; StateText compares what it says.
                .ignoringFields("counts")
                .isEqualTo(expected);
        assertThat(StateText.of(actual)).isEqualTo(StateText.of(expected));
    }

    @Test
    void stateComesBackAsItWas() throws IOException {
        for (int count = 1; count <= entries.size(); count += 2) {
            Snapshot back =
                    Snapshot.decode(snapshot(count).encode(VERSION), VERSION).orElseThrow();
            assertSame(back.state(), folded(count));
            assertThat(back.journalEnd()).isEqualTo(1000 + count);
            assertThat(back.mark()).isEqualTo(77);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"0000-01-01T00:00:00.1Z", "1969-12-31T23:30:00.5Z", "9999-12-31T12:00:00.9Z"})
    void runOfAnyYearComesBackFromJournalAndSnapshot(String begin) throws IOException {
        Duration shift = Duration.between(entries.get(0).at(), Instant.parse(begin));
        List<Entry> shifted = entries.stream()
                .map(entry -> new Entry(entry.number(), entry.at().plus(shift), entry.event()))
                .toList();
        for (Entry entry : shifted) {
            assertThat(EventCodec.decode(EventCodec.encode(entry)).at()).isEqualTo(entry.at());
        }
        Snapshot snapshot = snapshot(new RunState(SampleRun.plan()), shifted);
        assertSame(
                Snapshot.decode(snapshot.encode(VERSION), VERSION).orElseThrow().state(), snapshot.state());
    }

    @Test
    void restOfTheJournalFoldsOntoASnapshotAsOntoTheWhole() throws IOException {
        // Not after every line: comparing whole states takes long.
        for (int count = 1; count <= entries.size(); count += 9) {
            RunState state = Snapshot.decode(snapshot(count).encode(VERSION), VERSION)
                    .orElseThrow()
                    .state();
            entries.subList(count, entries.size()).forEach(state::apply);
            assertSame(state, folded(entries.size()));
        }
    }

    @Test
    void snapshotOfASnapshotIsTheSame() throws IOException {
        byte[] first = snapshot(entries.size()).encode(VERSION);
        byte[] second = Snapshot.decode(first, VERSION).orElseThrow().encode(VERSION);
        assertThat(second).isEqualTo(first);
    }

    @Test
    void everyDamagedByteIsNoticed() throws IOException {
        byte[] bytes = snapshot(entries.size()).encode(VERSION);
        for (int at = 0; at < bytes.length; at++) {
            byte[] bad = bytes.clone();
            bad[at] ^= 1;
            assertThat(Snapshot.decode(bad, VERSION)).as("byte %d", at).isEmpty();
            assertThat(Snapshot.decode(Arrays.copyOf(bytes, at), VERSION))
                    .as("cut at %d", at)
                    .isEmpty();
        }
    }

    @Test
    void snapshotOfAnotherVersionIsNotRead() throws IOException {
        assertThat(Snapshot.decode(snapshot(5).encode("0.0.9"), VERSION)).isEmpty();
    }

    @Test
    void snapshotOfAnotherFormatIsNotRead() throws IOException {
        byte[] bytes = snapshot(5).encode(VERSION);
        assertThat(ByteBuffer.wrap(bytes).getInt(8)).isEqualTo(Snapshot.FORMAT);
        ByteBuffer.wrap(bytes).putInt(8, Snapshot.FORMAT - 1);
        assertThat(Snapshot.isSound(bytes)).isTrue();
        assertThat(Snapshot.decode(bytes, VERSION)).isEmpty();
    }

    @Test
    void absentExitCodeDoesNotComeBackAsZero() throws IOException {
        RunState state = snapshot(entries.size()).state();
        List<Item> back = back(snapshot(entries.size())).state().items();
        List<OptionalInt> codes = new ArrayList<>();
        for (int i = 0; i < back.size(); i++) {
            Optional<OptionalInt> code = back.get(i).attempt().outcome().map(Outcome::exitCode);
            assertThat(code).isEqualTo(state.items().get(i).attempt().outcome().map(Outcome::exitCode));
            code.ifPresent(codes::add);
        }
        assertThat(codes).contains(OptionalInt.empty());
    }

    @TestFactory
    Stream<DynamicTest> everyOldJournalGivesTheSameStateThroughASnapshot() throws IOException {
        try (Stream<Path> folders = Files.list(TestData.path("journals"))) {
            return folders.filter(Files::isDirectory).sorted().toList().stream()
                    .map(folder -> DynamicTest.dynamicTest(String.valueOf(folder.getFileName()), () -> {
                        List<Entry> journal = new ArrayList<>();
                        JournalReader.read(
                                new LocalDisk(),
                                folder.resolve("journal.log"),
                                0,
                                0,
                                (entry, end) -> journal.add(entry));
                        Plan plan = PlanCodec.fromJson(Files.readString(folder.resolve("run.json")));
                        Snapshot snapshot = snapshot(new RunState(plan), journal);
                        assertSame(back(snapshot).state(), snapshot.state());
                    }));
        }
    }

    private static Snapshot back(Snapshot snapshot) {
        return Snapshot.decode(snapshot.encode(VERSION), VERSION).orElseThrow();
    }

    /** When this differs, raise Snapshot.FORMAT, unless it has been raised since the last release. */
    @Test
    void whatASnapshotKeepsIsKnown() throws IOException {
        StringWriter text = new StringWriter();
        try (JsonGenerator generator = Json.generator(text, Json.Layout.INDENTED)) {
            snapshot(entries.size()).write(generator, VERSION);
        }
        Golden.check("snapshot.json", text + "\n");
    }
}
