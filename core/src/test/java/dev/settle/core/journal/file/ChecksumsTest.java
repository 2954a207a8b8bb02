package dev.settle.core.journal.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.settle.core.file.Disk;
import dev.settle.core.file.LocalDisk;
import dev.settle.core.journal.RunFolder;
import dev.settle.core.model.ItemId;
import dev.settle.core.model.Plan;
import dev.settle.core.model.PlanItem;
import dev.settle.core.model.RunId;
import dev.settle.core.run.RunEvent;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ChecksumsTest {
    private final Disk disk = new LocalDisk();
    private final List<String> notices = new ArrayList<>();
    private final RunLoader loader = new RunLoader(disk, "0.1.0", notices::add);

    @TempDir
    Path temp;

    private RunFolder folder;

    @BeforeEach
    void create() throws IOException {
        RunDraft draft = RunDraft.create(
                disk,
                new StateHome(temp),
                Plan.of("nightly", List.of(PlanItem.command(new ItemId("a"), "echo right"))),
                new RunEvent.Opened(new RunId("k3v9q2m7"), "nightly", "0.1.0", "/home/ada", "ada", "local", false),
                Instant.parse("2026-11-20T12:00:00Z"));
        WholeFile.write(disk, draft.folder().path().resolve("environment"), "A=1\0");
        folder = draft.publish().folder();
    }

    private void assertDamaged(Path file) {
        assertThatThrownBy(() -> loader.load(folder))
                .isInstanceOfSatisfying(
                        DamagedFileException.class, e -> assertThat(e.file()).isEqualTo(file))
                .hasMessageContaining("damaged");
        assertThatThrownBy(() -> loader.loadToDrive(folder)).isInstanceOf(DamagedFileException.class);
    }

    @Test
    void runThatNothingWasChangedOfOpens() throws IOException {
        assertThat(loader.load(folder).state().opened().name()).isEqualTo("nightly");
    }

    @Test
    void commandThatWasChangedInThePlanIsNoticed() throws IOException {
        Files.writeString(folder.plan(), Files.readString(folder.plan()).replace("echo right", "echo wrong"));
        assertDamaged(folder.plan());
    }

    @Test
    void everyFileThatIsWrittenAsAWholeIsChecked() throws IOException {
        for (String name : List.of("name", "environment", "checksums")) {
            Path file = folder.path().resolve(name);
            byte[] good = Files.readAllBytes(file);
            byte[] bad = good.clone();
            bad[bad.length / 2] ^= 1;
            Files.write(file, bad);
            assertDamaged(file);
            Files.write(file, good);
        }
        Files.delete(folder.name());
        assertDamaged(folder.name());
    }

    @Test
    void fileThatSettleItselfReplacesIsWhatItIsAfterwards() throws IOException {
        Path environment = folder.path().resolve("environment");
        WholeFile.write(disk, environment, "A=2\0");
        loader.load(folder);
        WholeFile.write(disk, environment, "A=3\0");
        loader.load(folder);
        Files.writeString(environment, "A=4\0");
        assertDamaged(environment);
    }

    @Test
    void fileThatIsReplacedOrDeletedForGoodWhileItIsCheckedIsNotDamaged() throws IOException {
        Path environment = folder.path().resolve("environment");
        assertOpensWhile(environment, () -> WholeFile.write(disk, environment, "A=2\0"));
        assertOpensWhile(environment, () -> {
            Checksums.forget(disk, environment);
            Files.delete(environment);
        });
    }

    private interface Change {
        void make() throws IOException;
    }

    /** Loads the run on a disk that changes after the checksums were read, right before that file is. */
    private void assertOpensWhile(Path file, Change change) throws IOException {
        AtomicBoolean changed = new AtomicBoolean();
        Disk busy = (Disk) Proxy.newProxyInstance(
                Disk.class.getClassLoader(), new Class<?>[] {Disk.class}, (proxy, method, args) -> {
                    boolean reads = method.getName().equals("read") && file.equals(args[0]);
                    if (reads && changed.compareAndSet(false, true)) {
                        change.make();
                    }
                    try {
                        return method.invoke(disk, args);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
        assertThat(new RunLoader(busy, "0.1.0").load(folder).state().opened().name())
                .isEqualTo("nightly");
        assertThat(changed).isTrue();
    }

    @Test
    void killBetweenTheChecksumAndTheFileLeavesASoundRun() throws IOException {
        Path environment = folder.path().resolve("environment");
        Checksums.expect(disk, environment, "A=2\0".getBytes(java.nio.charset.StandardCharsets.UTF_8));
        loader.load(folder);
        Files.writeString(environment, "A=2\0");
        loader.load(folder);
    }

    @Test
    void runOfAnEarlierVersionHasNoChecksumsAndOpens() throws IOException {
        Files.delete(folder.path().resolve("checksums"));
        assertThat(loader.load(folder).state().plan().items().get(0).script()).contains("echo right");
    }

    @Test
    void planOfAnEarlierVersionThatCannotBeIsDamagedAndNoDefect() throws IOException {
        Files.delete(folder.path().resolve("checksums"));
        String plan = Files.readString(folder.plan());
        String item = plan.lines()
                .filter(line -> line.startsWith("{\"id\""))
                .findFirst()
                .orElseThrow();
        Files.writeString(folder.plan(), plan.replace(item, item + ",\n" + item));
        assertDamaged(folder.plan());
        Files.delete(folder.plan());
        Files.createDirectory(folder.plan());
        assertDamaged(folder.plan());
    }

    @Test
    void damagedSnapshotIsDoneWithoutAndThatIsSaid() throws IOException {
        Files.writeString(folder.snapshot(), "settlesn is no snapshot");
        assertThat(loader.load(folder).state().opened().name()).isEqualTo("nightly");
        assertThat(notices)
                .singleElement()
                .asString()
                .contains(folder.snapshot().toString(), "is damaged");
    }
}
