package dev.settle.app.reader;

import static org.assertj.core.api.Assertions.assertThat;

import dev.settle.app.process.ByteSink;
import dev.settle.app.runs.Requests;
import dev.settle.core.journal.RunFolder;
import dev.settle.core.model.ItemId;
import dev.settle.core.model.Plan;
import dev.settle.core.model.PlanItem;
import dev.settle.core.model.RunId;
import dev.settle.core.run.Entry;
import dev.settle.core.run.ItemEvent;
import dev.settle.core.run.RunEvent;
import dev.settle.core.run.RunState;
import dev.settle.core.scheduler.SubmitToken;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class OutputCopyTest {
    private static final ItemId ITEM = new ItemId("a");
    private static final Instant START = Instant.parse("2026-11-20T12:00:00Z");

    @TempDir
    Path folder;

    private final StringBuilder seen = new StringBuilder();

    /** A command that writes faster than it is read, as yes(1) does, must not keep the reader of the run. */
    @Test
    void whatIsWrittenWhileItIsReadIsForTheNextCall() throws IOException {
        RunState state = new RunState(Plan.of("endless", List.of(PlanItem.command(ITEM, "yes"))));
        state.apply(new Entry(
                1,
                START,
                new RunEvent.Opened(new RunId("k3v9q2m7"), "endless", "0.1.0", "/home/ada", "ada", "local", false)));
        state.apply(new Entry(
                2, START, new RunEvent.OfItem(new ItemEvent.Intended(ITEM, 1, new SubmitToken("st0123456789ab")))));
        RunFolder run = new RunFolder(folder.resolve("k3v9q2m7"));
        Path file = run.stdout(ITEM, 1);
        Files.createDirectories(file.getParent());
        Files.writeString(file, "y\n");
        OutputCopy copy = new OutputCopy(
                new Requests(run, folder),
                OutputCopy.Stream.STDOUT,
                state,
                state.items().get(0),
                state.items().get(0).attempt());
        ByteSink endless = (bytes, length) -> {
            seen.append(new String(bytes, 0, length, StandardCharsets.UTF_8));
            append(file);
        };
        assertThat(copy.goOn(endless)).isTrue();
        assertThat(seen).hasToString("y\n");
        assertThat(copy.goOn(endless)).isTrue();
        assertThat(seen).hasToString("y\ny\n");
    }

    private static void append(Path file) {
        try {
            Files.writeString(file, "y\n", StandardOpenOption.APPEND);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
