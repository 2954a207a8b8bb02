package dev.settle.core.journal.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.settle.core.file.Disk;
import dev.settle.core.file.LocalDisk;
import dev.settle.core.journal.Lines;
import dev.settle.core.journal.PlanCodec;
import dev.settle.core.journal.RunFolder;
import dev.settle.core.model.ItemId;
import dev.settle.core.model.Plan;
import dev.settle.core.model.PlanItem;
import dev.settle.core.model.RunId;
import dev.settle.core.run.RunEvent;
import dev.settle.core.run.RunState;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class StateHomeTest {
    private static final Plan PLAN = Plan.of("nightly", List.of(PlanItem.command(new ItemId("a"), "true")));

    private final Disk disk = new LocalDisk();

    @TempDir
    Path temp;

    private StateHome home;

    @BeforeEach
    void begin() {
        home = new StateHome(temp.resolve("state"));
    }

    private static RunEvent.Opened opened(String id, String name) {
        return new RunEvent.Opened(new RunId(id), name, "0.1.0", "/home/ada", "ada", "local", false);
    }

    private RunFolder add(String id, String name, int hour) throws IOException {
        RunFolder folder = RunDraft.create(disk, home, PLAN, opened(id, name), Lines.START)
                .publish()
                .folder();
        Files.setLastModifiedTime(
                folder.name(),
                FileTime.from(Instant.parse("2026-11-20T00:00:00Z").plusSeconds(hour)));
        return folder;
    }

    @Test
    void somethingElseInThePlaceOfTheStateFolderIsNoTakenId() throws IOException {
        Files.writeString(home.root(), "");
        assertThatThrownBy(() -> RunDraft.create(disk, home, PLAN, opened("aaaaaaaa", "x"), Lines.START))
                .isInstanceOf(NotDirectoryException.class)
                .hasMessage(home.root().toString());
        assertThatThrownBy(home::list).isInstanceOf(IOException.class);
    }

    @Test
    void runThatCannotBeLookedAtIsListedLastAndHidesNoOther() throws IOException {
        add("aaaaaaaa", "good", 1);
        RunFolder odd = add("bbbbbbbb", "odd", 2);
        Files.delete(odd.name());
        // A link to itself: the root of these tests may read everything else.
        Files.createSymbolicLink(odd.name(), odd.name());
        assertThat(home.list().stream().map(folder -> folder.id().value())).containsExactly("aaaaaaaa", "bbbbbbbb");
        assertThat(find("good")).containsExactly("aaaaaaaa");
        assertThat(find("bbb")).containsExactly("bbbbbbbb");
    }

    private List<String> find(String word) throws IOException {
        return home.find(word).stream().map(folder -> folder.id().value()).toList();
    }

    @Test
    void homeIsTheFirstOfThreePlacesThatIsNamed() {
        Path user = Path.of("/home/ada");
        assertThat(StateHome.resolve(Map.of("SETTLE_HOME", "/s", "XDG_STATE_HOME", "/x"), user)
                        .root())
                .isEqualTo(Path.of("/s"));
        assertThat(StateHome.resolve(Map.of("SETTLE_HOME", "/s/../t"), user).root())
                .isEqualTo(Path.of("/t"));
        assertThatThrownBy(() -> StateHome.resolve(Map.of("SETTLE_HOME", "s"), user))
                .isInstanceOf(IllegalArgumentException.class);
        assertThat(StateHome.resolve(Map.of("SETTLE_HOME", "", "XDG_STATE_HOME", "/x"), user)
                        .root())
                .isEqualTo(Path.of("/x/settle"));
        assertThat(StateHome.resolve(Map.of("XDG_STATE_HOME", "x"), user).root())
                .isEqualTo(Path.of("/home/ada/.local/state/settle"));
    }

    @Test
    void emptyHomeHasNoRuns() throws IOException {
        assertThat(home.list()).isEmpty();
        assertThat(home.newest()).isEmpty();
        assertThat(find("anything")).isEmpty();
    }

    @Test
    void everythingIsForItsOwnerAlone() throws IOException {
        RunFolder folder = add("k3v9q2m7", "nightly", 1);
        try (Stream<Path> all = Files.walk(home.root())) {
            for (Path path : all.toList()) {
                assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(path)))
                        .as("%s", path)
                        .isEqualTo(Files.isDirectory(path) ? "rwx------" : "rw-------");
            }
        }
        assertThat(folder.path().getParent()).isEqualTo(home.runs());
    }

    @Test
    void newRunHoldsItsPlanItsFirstLineItsNameAndItsReserve() throws IOException {
        RunFolder folder = add("k3v9q2m7", "nightly evals", 1);
        Plan plan;
        try (var reader = Files.newBufferedReader(folder.plan())) {
            plan = PlanCodec.read(reader);
        }
        assertThat(plan).isEqualTo(PLAN);
        RunState state = new RunState(plan);
        assertThat(JournalReader.replay(disk, folder.journal(), 0, state).torn())
                .isFalse();
        assertThat(state.opened()).isEqualTo(opened("k3v9q2m7", "nightly evals"));
        assertThat(home.nameOf(folder)).contains("nightly evals");
        assertThat(new Reserve(disk, folder.reserve()).isKept()).isTrue();
    }

    @Test
    void runThatIsBeingCreatedDoesNotShow() throws IOException {
        RunDraft draft = RunDraft.create(disk, home, PLAN, opened("k3v9q2m7", "nightly"), Lines.START);
        assertThat(home.list()).isEmpty();
        assertThat(find("k3v9q2m7")).isEmpty();
        assertThat(home.unfinished()).containsExactly(draft.folder().path());
        draft.publish();
        assertThat(home.unfinished()).isEmpty();
        assertThat(find("k3v9q2m7")).containsExactly("k3v9q2m7");
    }

    @Test
    void discardedDraftLeavesNothing() throws IOException {
        RunDraft.create(disk, home, PLAN, opened("k3v9q2m7", "nightly"), Lines.START)
                .discard();
        try (Stream<Path> left = Files.list(home.runs())) {
            assertThat(left).isEmpty();
        }
    }

    @Test
    void takenIdIsRefused() throws IOException {
        add("k3v9q2m7", "nightly", 1);
        assertThatThrownBy(() -> add("k3v9q2m7", "other", 2)).isInstanceOf(FileAlreadyExistsException.class);
        RunDraft first = RunDraft.create(disk, home, PLAN, opened("aaaaaaaa", "x"), Lines.START);
        assertThatThrownBy(() -> RunDraft.create(disk, home, PLAN, opened("aaaaaaaa", "y"), Lines.START))
                .isInstanceOf(FileAlreadyExistsException.class);
        first.publish();
        assertThat(home.nameOf(home.folder(new RunId("aaaaaaaa")))).contains("x");
    }

    @Test
    void failedCreationLeavesNothing() throws IOException {
        FaultyDisk full = new FaultyDisk(1);
        full.capacity(200);
        assertThatThrownBy(() -> RunDraft.create(full, home, PLAN, opened("k3v9q2m7", "nightly"), Lines.START))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("No space left on device");
        try (Stream<Path> left = Files.list(home.runs())) {
            assertThat(left).isEmpty();
        }
    }

    @Test
    void runsAreListedNewestFirst() throws IOException {
        add("k3v9q2m7", "a", 2);
        add("bbbbbbbb", "b", 3);
        add("cccccccc", "c", 1);
        Files.createDirectory(home.runs().resolve("lost+found"));
        Files.createDirectory(home.runs().resolve("dddddddd"));
        assertThat(home.list().stream().map(folder -> folder.id().value()))
                .containsExactly("bbbbbbbb", "k3v9q2m7", "cccccccc");
        assertThat(home.newest().map(RunFolder::id)).isEqualTo(Optional.of(new RunId("bbbbbbbb")));
    }

    @Test
    void runIsFoundByIdNameAndBeginning() throws IOException {
        add("k3v9q2m7", "nightly", 1);
        add("k3aaaaaa", "nightly", 2);
        add("bbbbbbbb", "k3v", 3);
        add("cccccccc", "k3v9q2m7", 4);
        assertThat(find("k3v9q2m7")).as("an id goes before a name").containsExactly("k3v9q2m7");
        assertThat(find("nightly")).as("the newest of a name").containsExactly("k3aaaaaa");
        assertThat(find("k3a")).containsExactly("k3aaaaaa");
        assertThat(find("k3v")).as("a whole name goes before a beginning").containsExactly("bbbbbbbb");
        assertThat(find("k3")).as("several").containsExactlyInAnyOrder("k3v9q2m7", "k3aaaaaa");
        assertThat(find("zz")).isEmpty();
        assertThat(find("")).isEmpty();
        assertThat(find("../runs")).isEmpty();
        assertThat(home.named("nightly").stream().map(folder -> folder.id().value()))
                .containsExactly("k3aaaaaa", "k3v9q2m7");
    }
}
