package dev.settle.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.settle.core.json.Fields;
import dev.settle.core.json.Json;
import dev.settle.testdata.TestData;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Every example run file, run on this machine through the launcher. */
final class ExamplesIT extends LauncherCase {

    /** What an example ends with: its exit status, and how many items are in which state. */
    private record Expected(int code, String states) {}

    private static final Map<String, Expected> EXPECTED = new TreeMap<>(Map.ofEntries(
            Map.entry("anchors.yaml", new Expected(0, "3 completed")),
            Map.entry("bare-list.yaml", new Expected(0, "2 completed")),
            Map.entry("credits.yaml", new Expected(0, "1 completed")),
            Map.entry("dependencies.yaml", new Expected(0, "5 completed")),
            Map.entry("environment-rules.yaml", new Expected(0, "1 completed")),
            Map.entry("environment.yaml", new Expected(0, "2 completed")),
            Map.entry("failures.yaml", new Expected(1, "1 completed, 1 dep_failed, 2 failed, 1 not_started")),
            Map.entry("first-run.yaml", new Expected(0, "5 completed")),
            Map.entry("generated.yaml", new Expected(0, "4 completed")),
            Map.entry("job-array.sh", new Expected(0, "3 completed")),
            Map.entry("matrix.yaml", new Expected(0, "7 completed")),
            Map.entry("out-of-credits.yaml", new Expected(3, "2 completed, 1 not_started")),
            Map.entry("output.yaml", new Expected(0, "2 completed")),
            Map.entry("retries.yaml", new Expected(0, "2 completed")),
            Map.entry("scripts.yaml", new Expected(0, "3 completed")),
            Map.entry("suite.yaml", new Expected(0, "3 completed")),
            Map.entry("tasks.json", new Expected(0, "4 completed")),
            Map.entry("timeout.yaml", new Expected(1, "1 completed, 1 failed"))));

    /** They need a service, or what only a cluster has. */
    private static final List<String> ONLY_VALIDATED = List.of("queue.yaml", "resources.yaml");

    private static String example(String name) {
        return TestData.path("examples", name).toString();
    }

    @Test
    void everyExampleIsRunOrAtLeastValidated() throws IOException {
        List<String> known = new ArrayList<>(EXPECTED.keySet());
        known.addAll(ONLY_VALIDATED);
        try (Stream<Path> files = Files.list(TestData.path("examples"))) {
            assertThat(files.filter(Files::isRegularFile)
                            .map(file -> file.getFileName().toString())
                            .filter(name -> !name.equals("README.md")))
                    .containsExactlyInAnyOrderElementsOf(known);
        }
    }

    @TestFactory
    Stream<DynamicTest> examplesEndAsTheirCommentsSay() {
        return EXPECTED.entrySet().stream()
                .map(entry -> DynamicTest.dynamicTest(entry.getKey(), () -> {
                    Launched.Child run =
                            settle("run", "--backend", "local", "--interval", "1s", "--json", example(entry.getKey()));
                    assertThat(states(run.out()))
                            .as(run.err())
                            .isEqualTo(entry.getValue().states());
                    assertThat(run.code()).isEqualTo(entry.getValue().code());
                }));
    }

    @TestFactory
    Stream<DynamicTest> otherExamplesAreAccepted() {
        return ONLY_VALIDATED.stream()
                .map(name -> DynamicTest.dynamicTest(
                        name, () -> assertThat(settle("validate", example(name)).code())
                                .isZero()));
    }

    @TestFactory
    Stream<DynamicTest> refusedFilesAreExitStatusTwoAndCreateNothing() throws IOException {
        List<Path> files;
        try (Stream<Path> all = Files.list(TestData.path("examples", "refused"))) {
            // One of a kind is enough here: RefusedFilesTest reads them all.
            files = all.filter(file -> file.toString().matches(".*/(syntax|ids|circular|sbatch|two)[^/]*"))
                    .sorted()
                    .toList();
        }
        return files.stream()
                .map(file -> DynamicTest.dynamicTest(file.getFileName().toString(), () -> {
                    Launched.Child run = settle("run", "--backend", "local", file.toString());
                    assertThat(run.code()).isEqualTo(2);
                    assertThat(run.out()).isEmpty();
                    assertThat(run.err()).contains(file.getFileName() + ":").contains("nothing was created");
                    assertThat(folder.resolve("state").resolve("runs"))
                            .satisfiesAnyOf(runs -> assertThat(runs).doesNotExist(), runs -> assertThat(runs)
                                    .isEmptyDirectory());
                }));
    }

    private static String states(String document) throws IOException {
        Map<String, Integer> states = new TreeMap<>();
        for (Fields item : Json.parseObject(document).objects("items")) {
            states.merge(item.text("state"), 1, Integer::sum);
        }
        List<String> words = new ArrayList<>();
        states.forEach((state, count) -> words.add(count + " " + state));
        return String.join(", ", words);
    }
}
