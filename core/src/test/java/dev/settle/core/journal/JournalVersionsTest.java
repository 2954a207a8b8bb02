package dev.settle.core.journal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.settle.core.file.Disk;
import dev.settle.core.file.LocalDisk;
import dev.settle.core.journal.file.JournalReader;
import dev.settle.core.run.ItemEvent;
import dev.settle.core.run.QueueEvent;
import dev.settle.core.run.RunEvent;
import dev.settle.core.run.RunState;
import dev.settle.testdata.TestData;
import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/**
 * Journals of every released version load for ever, and mean what they meant.
 *
 * <p>A folder of {@code testdata/journals} is never changed once its version is released; whoever adds an event after
 * that adds a folder and raises {@link #CURRENT}. {@code -Dsettle.golden.update=true} writes the current one.
 */
final class JournalVersionsTest {
    private static final String CURRENT = "v2";

    private final Disk disk = new LocalDisk();

    private static Path folder(String version) {
        return TestData.path("journals", version);
    }

    private RunState load(Path folder) throws IOException {
        RunState state;
        try (Reader reader = Files.newBufferedReader(folder.resolve("run.json"))) {
            state = new RunState(PlanCodec.read(reader));
        }
        JournalReader.Extent extent = JournalReader.replay(disk, folder.resolve("journal.log"), 0, state);
        assertThat(extent.torn()).isFalse();
        return state;
    }

    @TestFactory
    Stream<DynamicTest> journalOfEveryVersionLoadsAndMeansWhatItMeant() throws IOException {
        if (Boolean.getBoolean("settle.golden.update") && !"true".equals(System.getenv("CI"))) {
            write();
        }
        try (Stream<Path> folders = Files.list(TestData.path("journals"))) {
            List<Path> versions = folders.filter(Files::isDirectory).sorted().toList();
            assertThat(versions).contains(folder(CURRENT));
            return versions.stream()
                    .map(folder -> DynamicTest.dynamicTest(
                            String.valueOf(folder.getFileName()), () -> assertThat(StateText.of(load(folder)))
                                    .isEqualTo(Files.readString(folder.resolve("state.txt")))));
        }
    }

    @Test
    void currentJournalHasEveryKindOfEvent() throws IOException {
        Set<RunEvent.Kind> run = EnumSet.noneOf(RunEvent.Kind.class);
        Set<ItemEvent.Kind> item = EnumSet.noneOf(ItemEvent.Kind.class);
        Set<QueueEvent.Kind> queue = EnumSet.noneOf(QueueEvent.Kind.class);
        JournalReader.read(disk, folder(CURRENT).resolve("journal.log"), 0, 0, (entry, end) -> {
            run.add(entry.event().kind());
            if (entry.event() instanceof RunEvent.OfItem ofItem) {
                item.add(ofItem.event().kind());
            } else if (entry.event() instanceof RunEvent.OfQueue ofQueue) {
                queue.add(ofQueue.event().kind());
            }
        });
        assertThat(run).isEqualTo(EnumSet.allOf(RunEvent.Kind.class));
        assertThat(item).isEqualTo(EnumSet.allOf(ItemEvent.Kind.class));
        assertThat(queue).isEqualTo(EnumSet.allOf(QueueEvent.Kind.class));
    }

    private void write() throws IOException {
        Path folder = folder(CURRENT);
        Files.createDirectories(folder);
        Files.writeString(folder.resolve("run.json"), PlanCodec.toJson(SampleRun.plan()));
        Files.write(folder.resolve("journal.log"), JournalLine.encode(SampleRun.entries()));
        Files.writeString(folder.resolve("state.txt"), StateText.of(load(folder)));
    }
}
