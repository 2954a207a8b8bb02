package dev.settle.core.runfile;

import static org.assertj.core.api.Assertions.assertThat;

import dev.settle.core.runfile.tree.Problem;
import dev.settle.testdata.Golden;
import dev.settle.testdata.TestData;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/** Run files that are refused, each with all its problems. */
final class RefusedFilesTest {
    @TestFactory
    Stream<DynamicTest> everyRefusedFileTellsAllItsProblems() throws IOException {
        List<Path> files;
        try (Stream<Path> all = Files.list(TestData.path("examples", "refused"))) {
            files = all.sorted().toList();
        }
        assertThat(files).hasSizeGreaterThan(25);
        return files.stream()
                .map(file -> DynamicTest.dynamicTest(name(file), () -> {
                    ReadResult reading = read(file);
                    assertThat(reading.plan()).isEmpty();
                    StringBuilder text = new StringBuilder();
                    reading.problems().forEach(problem -> text.append(problem).append('\n'));
                    reading.warnings()
                            .forEach(warning ->
                                    text.append("warning: ").append(warning).append('\n'));
                    Golden.check("refused/" + name(file) + ".txt", text.toString());
                }));
    }

    @Test
    void fileThatDoesNotExistIsAProblem() {
        assertThat(Reads.problems(RunFiles.read(Path.of("nowhere.yaml"), Reads.AROUND)))
                .isEqualTo("nowhere.yaml: there is no such file");
    }

    @Test
    void folderIsAProblem(@TempDir Path folder) {
        assertThat(Reads.problems(RunFiles.read(folder, Reads.AROUND)))
                .isEqualTo(folder + ": this is a folder; name a run file");
    }

    @Test
    void fileThatIsNotUtf8IsAProblem(@TempDir Path folder) throws IOException {
        Path file = folder.resolve("latin.yaml");
        Files.write(file, "items: [{id: a, command: echo größe}]".getBytes(StandardCharsets.ISO_8859_1));
        assertThat(Reads.problems(RunFiles.read(file, Reads.AROUND))).isEqualTo(file + ": the file is not UTF-8 text");
    }

    @Test
    void fileAboveTheSizeBoundIsAProblemAndIsNotRead(@TempDir Path folder) throws IOException {
        Path file = folder.resolve("large.yaml");
        try (var channel = java.nio.channels.FileChannel.open(
                file, java.nio.file.StandardOpenOption.CREATE, java.nio.file.StandardOpenOption.WRITE)) {
            // A hole: it takes no space and, if it were read, would be refused for another reason.
            channel.write(java.nio.ByteBuffer.wrap(new byte[] {'a'}), RunFiles.FILE_BYTES_MAX);
        }
        assertThat(Reads.problems(RunFiles.read(file, Reads.AROUND))).isEqualTo(file + ": the file is larger than 64M");
    }

    @Test
    void controlCharactersAreAProblemWithItsPlace() {
        assertThat(Reads.problems(Reads.yaml("items:\n  - {id: a, command: \"x\u0000\"}")))
                .contains("run.yaml:");
        assertThat(Reads.problems(Reads.json("{\"items\": [{\"id\": \"a\", \"command\": \"x\\u0000\"}]}")))
                .isEqualTo("run.json:1:35: items[0].command: a text with a NUL character");
    }

    @Test
    void byteOrderMarkIsNoProblem() {
        assertThat(Reads.ids(Reads.plan("\uFEFFitems: [{id: a, command: x}]"))).containsExactly("a");
        assertThat(Reads.ids(Reads.accepted(Reads.json("\uFEFF[{\"id\": \"a\", \"command\": \"x\"}]"))))
                .containsExactly("a");
    }

    @Test
    void hundredsOfProblemsAreCountedButNotAllListed() {
        StringBuilder text = new StringBuilder("items:\n");
        for (int i = 0; i < 1_000; i++) {
            text.append("  - {id: a").append(i).append(", comand: x}\n");
        }
        List<Problem> problems = Reads.yaml(text.toString()).problems();
        assertThat(problems).hasSize(101);
        assertThat(problems.get(100).toString()).isEqualTo("run.yaml: 1900 more problems");
    }

    private static ReadResult read(Path file) throws IOException {
        String text = Files.readString(file);
        return RunFiles.read(text, name(file), Reads.AROUND);
    }

    private static String name(Path file) {
        return file.getFileName().toString();
    }
}
