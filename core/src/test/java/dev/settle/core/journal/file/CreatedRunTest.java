package dev.settle.core.journal.file;

import static org.assertj.core.api.Assertions.assertThat;

import dev.settle.core.file.Disk;
import dev.settle.core.file.LocalDisk;
import dev.settle.core.journal.Lines;
import dev.settle.core.model.ItemId;
import dev.settle.core.model.Plan;
import dev.settle.core.model.PlanItem;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class CreatedRunTest {
    private final Disk disk = new LocalDisk();

    @TempDir
    Path temp;

    @Test
    void creatorKnowsItsRunAsItWouldReadWithoutReadingIt() throws Exception {
        Plan plan = Plan.of("nightly", List.of(PlanItem.command(new ItemId("a"), "true")));
        CreatedRun created = RunDraft.create(
                        disk, new StateHome(temp.resolve("state")), plan, Lines.opened(), Lines.START)
                .publish();
        LoadedRun read = new RunLoader(disk, "0.1.0").load(created.folder());
        Files.delete(created.folder().plan());
        Files.delete(created.folder().journal());
        LoadedRun known = created.load(disk, "0.1.0");
        assertThat(known.extent()).isEqualTo(read.extent());
        assertThat(known.state().plan()).isEqualTo(read.state().plan());
        assertThat(known.state().opened()).isEqualTo(read.state().opened());
        assertThat(known.state().lastNumber()).isEqualTo(read.state().lastNumber());
        assertThat(known.state())
                .as("each caller folds for itself")
                .isNotSameAs(created.load(disk, "0.1.0").state());
        assertThat(created.unread(disk, "0.1.0").state().isOpened()).isFalse();
    }
}
