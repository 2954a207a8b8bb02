package dev.settle.app.stepqueue.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class ScratchCopyTest {
    @TempDir
    private Path temp;

    private Path source;
    private Path scratch;

    @BeforeEach
    void tree() throws IOException {
        source = Files.createDirectory(temp.toRealPath().resolve("project"));
        scratch = temp.toRealPath().resolve("state/steps/0/work");
        Files.createDirectories(source.resolve("pkg/deep"));
        Files.writeString(source.resolve("model.py"), "x = 1\n");
        Files.writeString(source.resolve("pkg/deep/data.txt"), "data");
        Files.writeString(temp.toRealPath().resolve("outside.txt"), "mine");
    }

    private ScratchCopy copy() throws IOException {
        return new ScratchCopy(source, Set.of());
    }

    /** Every path below, with its text or its link. */
    private static Map<String, String> tree(Path root) throws IOException {
        Map<String, String> tree = new TreeMap<>();
        try (Stream<Path> paths = Files.walk(root)) {
            for (Path path : paths.toList()) {
                String text = Files.isSymbolicLink(path)
                        ? "-> " + Files.readSymbolicLink(path)
                        : Files.isRegularFile(path) ? Files.readString(path) : "";
                tree.put(root.relativize(path).toString(), text);
            }
        }
        return tree;
    }

    @Test
    void candidateIsWrittenIntoTheCopyAlone() throws Exception {
        Map<String, String> before = tree(source);
        copy().make(scratch, Map.of("model.py", "x = 2\n", "new/made.py", "y\n"));
        assertThat(tree(source)).isEqualTo(before);
        assertThat(scratch.resolve("model.py")).hasContent("x = 2\n");
        assertThat(scratch.resolve("new/made.py")).hasContent("y\n");
        assertThat(scratch.resolve("pkg/deep/data.txt")).hasContent("data");
    }

    @Test
    void secondCopyHasNothingOfTheFirst() throws Exception {
        copy().make(scratch, Map.of("a.py", "1"));
        Files.createDirectory(scratch.resolve("left"));
        Files.setPosixFilePermissions(scratch.resolve("left"), PosixFilePermissions.fromString("r-x------"));
        copy().make(scratch, Map.of("b.py", "2"));
        assertThat(tree(scratch)).containsOnlyKeys("", "b.py", "model.py", "pkg", "pkg/deep", "pkg/deep/data.txt");
    }

    @Test
    void modesAndTimesAreKept() throws Exception {
        Path run = Files.writeString(source.resolve("run.sh"), "#!/bin/sh\n");
        Files.setPosixFilePermissions(run, PosixFilePermissions.fromString("rwxr-x---"));
        FileTime then = FileTime.from(Instant.parse("2020-01-01T00:00:00Z"));
        Files.setLastModifiedTime(run, then);
        Files.setPosixFilePermissions(source.resolve("pkg"), PosixFilePermissions.fromString("r-xr-xr-x"));
        copy().make(scratch, Map.of("run.sh", "#!/bin/sh\nexit 1\n"));
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(scratch.resolve("run.sh"))))
                .isEqualTo("rwxr-x---");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(scratch.resolve("pkg"))))
                .isEqualTo("r-xr-xr-x");
        copy().make(scratch, Map.of());
        assertThat(Files.getLastModifiedTime(scratch.resolve("run.sh"))).isEqualTo(then);
        ScratchCopy.remove(scratch);
        assertThat(scratch).doesNotExist();
        Files.setPosixFilePermissions(source.resolve("pkg"), PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    @Test
    void linksInsideLeadIntoTheCopyAndLinksOutsideStay() throws Exception {
        Files.createSymbolicLink(source.resolve("relative"), Path.of("model.py"));
        Files.createSymbolicLink(source.resolve("absolute"), source.resolve("pkg"));
        Files.createSymbolicLink(source.resolve("out"), Path.of("../outside.txt"));
        Files.createSymbolicLink(source.resolve("dangling"), Path.of("nowhere"));
        copy().make(scratch, Map.of());
        assertThat(Files.readSymbolicLink(scratch.resolve("relative"))).hasToString("model.py");
        assertThat(Files.readSymbolicLink(scratch.resolve("absolute"))).isEqualTo(scratch.resolve("pkg"));
        assertThat(scratch.resolve("out").toRealPath())
                .isEqualTo(temp.toRealPath().resolve("outside.txt"));
        assertThat(Files.isSymbolicLink(scratch.resolve("dangling"))).isTrue();
    }

    @Test
    void candidateOfALinkedFileReplacesTheLink() throws Exception {
        Path outside = temp.toRealPath().resolve("outside.txt");
        Files.createSymbolicLink(source.resolve("shared.py"), outside);
        copy().make(scratch, Map.of("shared.py", "candidate"));
        assertThat(outside).hasContent("mine");
        assertThat(Files.isRegularFile(scratch.resolve("shared.py"), LinkOption.NOFOLLOW_LINKS))
                .isTrue();
        assertThat(scratch.resolve("shared.py")).hasContent("candidate");
    }

    @Test
    void candidateBehindALinkOutOfTheTreeIsRefused() throws Exception {
        Path elsewhere = Files.createDirectory(temp.toRealPath().resolve("elsewhere"));
        Files.createSymbolicLink(source.resolve("lib"), elsewhere);
        assertThatThrownBy(() -> copy().make(scratch, Map.of("lib/evil.py", "x")))
                .isInstanceOf(ScratchCopy.OutsideException.class);
        assertThat(elsewhere).isEmptyDirectory();
    }

    @ParameterizedTest
    @ValueSource(strings = {"../evil", "/etc/passwd", "a/../../evil", "", ".", "a/..", "..", "a\u0000b"})
    void pathOutsideIsRefusedBeforeAnythingIsCopied(String path) throws IOException {
        ScratchCopy copy = copy();
        assertThatThrownBy(() -> copy.make(scratch, Map.of(path, "x")))
                .isInstanceOf(ScratchCopy.OutsideException.class);
        assertThat(scratch).doesNotExist();
    }

    @Test
    void pathThatNoFileCanHaveIsTheCandidatesFaultAndNotTheDisks() throws Exception {
        Files.writeString(source.resolve("plain"), "a file");
        for (String path : List.of("n".repeat(300), "plain/below", "d/".repeat(3_000) + "f")) {
            assertThatThrownBy(() -> copy().make(scratch, Map.of(path, "x")))
                    .as(path)
                    .isInstanceOf(ScratchCopy.OutsideException.class);
        }
    }

    @Test
    void absolutePathInsideTheTreeIsTakenAsRelative() throws Exception {
        copy().make(scratch, Map.of(source.resolve("model.py").toString(), "x = 3\n"));
        assertThat(scratch.resolve("model.py")).hasContent("x = 3\n");
        assertThat(source.resolve("model.py")).hasContent("x = 1\n");
    }

    @Test
    void settlesOwnFoldersAreLeftOut() throws Exception {
        Path state = Files.createDirectories(source.resolve(".state/settle"));
        Files.writeString(state.resolve("journal.log"), "x");
        new ScratchCopy(source, Set.of(state)).make(state.resolve("steps/0/work"), Map.of());
        assertThat(tree(state.resolve("steps/0/work")))
                .containsOnlyKeys("", ".state", "model.py", "pkg", "pkg/deep", "pkg/deep/data.txt");
    }

    @Test
    void pipesAndSocketsAreLeftOut() throws Exception {
        new ProcessBuilder("mkfifo", source.resolve("pipe").toString()).start().waitFor();
        copy().make(scratch, Map.of());
        assertThat(scratch.resolve("pipe")).doesNotExist();
    }

    @Test
    void removalFollowsNoLink() throws Exception {
        copy().make(scratch, Map.of());
        Path elsewhere = Files.createDirectory(temp.toRealPath().resolve("elsewhere"));
        Files.writeString(elsewhere.resolve("kept"), "kept");
        Files.createSymbolicLink(scratch.resolve("link"), elsewhere);
        ScratchCopy.remove(scratch);
        assertThat(scratch).doesNotExist();
        assertThat(elsewhere.resolve("kept")).exists();
    }

    @Test
    void ordinaryTreeIsNotTooLarge() throws IOException {
        assertThat(copy().tooLarge()).isEmpty();
    }
}
