package dev.settle.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.settle.app.engine.InboxWatch;
import dev.settle.core.journal.RunFolder;
import dev.settle.core.json.Json;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The value of a secret reaches the job, and nothing else. */
@Timeout(120)
final class SecretsIT {
    private static final String VALUE = "s3cr3t-&'<of-ours!";

    @TempDir
    Path folder;

    private final Map<String, String> variables = new HashMap<>(Map.of("API_KEY", VALUE));

    @BeforeEach
    void runFile() throws Exception {
        Files.writeString(folder.resolve("nightly.yaml"), """
                name: nightly
                backend: local
                secrets: [API_KEY]
                items:
                  - id: one
                    command: |
                      [ ${#API_KEY} = 18 ] || exit 9
                      cp /proc/self/environ seen
                      printf '{"reason": "out_of_credits", "message": "key %s"}' "$API_KEY" >"$SETTLE_STOP"
                      exit 3
                """);
    }

    private Launched launched() {
        return new Launched(folder, folder.resolve("state"), variables);
    }

    /** Files of settle's that have the value in them. */
    private List<Path> leaks() throws Exception {
        try (Stream<Path> files = Files.walk(folder.resolve("state"))) {
            return files.filter(Files::isRegularFile)
                    // What a job writes itself is the job's.
                    .filter(file -> !file.getParent().endsWith("items"))
                    .filter(file -> {
                        try {
                            return new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1).contains("s3cr3t");
                        } catch (java.io.IOException e) {
                            throw new java.io.UncheckedIOException(e);
                        }
                    })
                    .toList();
        }
    }

    @Test
    void valueStandsInNoFileOfTheRunWhetherItIsWatchedOrLeftToTheBackground() throws Exception {
        for (List<String> words : List.of(List.of("run", "nightly.yaml"), List.of("submit", "nightly.yaml"))) {
            Files.deleteIfExists(folder.resolve("seen"));
            try (Launched settle = launched()) {
                Launched.Child begun = settle.settle(words.toArray(String[]::new));
                Launched.Child end = settle.settle("wait", "nightly");
                assertThat(end.code()).as(begun.err() + end.out() + end.err()).isNotZero();
                assertThat(new String(Files.readAllBytes(folder.resolve("seen")), StandardCharsets.UTF_8))
                        .contains("API_KEY=" + VALUE);
                assertThat(begun.out() + begun.err() + end.out() + end.err()).doesNotContain("s3cr3t");
                assertThat(leaks()).isEmpty();
                assertThat(settle.settle("report", "nightly", "--json").out())
                        .doesNotContain("s3cr3t")
                        .contains("\"nightly\"");
            }
        }
    }

    @Test
    void runThatIsHandedOverKeepsItsSecretWhereTheCommonEngineLacksIt() throws Exception {
        Files.writeString(folder.resolve("other.yaml"), """
                name: other
                backend: local
                items: [{id: waits, command: "until [ -e over ]; do sleep 0.1; done"}]
                """);
        Files.writeString(folder.resolve("nightly.yaml"), """
                name: nightly
                backend: local
                secrets: [API_KEY]
                items:
                  - {id: first, command: "touch begun; until [ -e go ]; do sleep 0.1; done"}
                  - {id: second, command: "[ ${#API_KEY} = 18 ]", deps: [first]}
                """);
        String value = variables.remove("API_KEY");
        try (Launched common = launched()) {
            assertThat(common.settle("submit", "other.yaml").code()).isZero();
            variables.put("API_KEY", value);
            try (Launched settle = launched()) {
                Launched.Child run = settle.start("run", "nightly.yaml");
                Launched.await("it runs", () -> Files.exists(folder.resolve("begun")));
                InboxWatch.askToHandOver(folderOf("nightly", settle), "tester", "hand-over");
                Launched.await("it is handed over", () -> run.err().contains("the background engine manages run"));
                Files.createFile(folder.resolve("go"));
                assertThat(run.await()).as(run.err()).isZero();
                Files.createFile(folder.resolve("over"));
            }
        }
    }

    private RunFolder folderOf(String name, Launched settle) throws Exception {
        String id =
                Json.parseObject(settle.settle("status", name, "--json").out()).text("id");
        return new RunFolder(folder.resolve("state/runs").resolve(id));
    }

    @Test
    void keptEnvironmentIsGoneWhenTheRunHasEnded() throws Exception {
        Files.writeString(
                folder.resolve("nightly.yaml"), "items: [{id: one, command: 'cp -r \"$SETTLE_HOME\" kept'}]\n");
        try (Launched settle = launched()) {
            assertThat(settle.settle("run", "--backend", "local", "nightly.yaml")
                            .code())
                    .isZero();
        }
        assertThat(environments(folder.resolve("kept"))).as("while it runs").hasSize(1);
        assertThat(environments(folder.resolve("state"))).isEmpty();
    }

    private static List<Path> environments(Path tree) throws Exception {
        try (Stream<Path> files = Files.walk(tree)) {
            return files.filter(file -> file.endsWith("environment")).toList();
        }
    }

    @Test
    void whoDoesNotHaveTheSecretIsToldWhatToExport() throws Exception {
        variables.remove("API_KEY");
        try (Launched settle = launched()) {
            Launched.Child run = settle.settle("run", "nightly.yaml");
            assertThat(run.code()).isEqualTo(2);
            assertThat(run.err()).contains("API_KEY is not set", "export API_KEY");
            Launched.Child passed = settle.settle("run", "--backend", "local", "--env", "API_KEY", "--", "true");
            assertThat(passed.code()).isEqualTo(2);
            assertThat(passed.err()).contains("API_KEY is not set");
        }
    }
}
