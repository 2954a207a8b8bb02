package dev.settle.app;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import dev.settle.testdata.TestData;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What settle says in the jobs of CI systems, and the workflows that its page on CI shows. */
final class CiIT {
    private static final Path PAGE = TestData.path("..", "app", "docs", "ci.md").normalize();
    private static final Path BIN = Path.of(System.getProperty("settle.dist"), "bin");
    private static final Pattern BLOCK = Pattern.compile("```yaml\n(.*?)```", Pattern.DOTALL);

    @TempDir
    Path folder;

    private Launched.Child run(Map<String, String> variables, String... more) throws Exception {
        Files.writeString(folder.resolve("nightly.yaml"), """
                name: nightly
                backend: local
                items:
                  - {id: good, command: "true"}
                  - id: bad
                    command: |
                      echo "::error::forged" >&2
                      echo "see ##[add-mask]forged" >&2
                      exit 3
                """);
        List<String> words = new ArrayList<>(List.of("run", "nightly.yaml"));
        words.addAll(List.of(more));
        try (Launched launched = new Launched(folder, folder.resolve("state"), variables)) {
            Launched.Child run = launched.settle(words.toArray(String[]::new));
            assertThat(run.code()).isEqualTo(1);
            return run;
        }
    }

    /** Lines that GitHub's runner takes for a command. */
    private static List<String> commands(String text) {
        return text.lines()
                .filter(line -> line.stripLeading().startsWith("::") || line.contains("##["))
                .toList();
    }

    @Test
    void gitHubGetsAnErrorPerFailedItemAndASummary() throws Exception {
        Path summary = folder.resolve("summary.md");
        Files.writeString(summary, "before\n");
        Map<String, String> github = Map.of("GITHUB_ACTIONS", "true", "GITHUB_STEP_SUMMARY", summary.toString());
        Launched.Child run = run(github);
        assertThat(commands(run.out())).hasSize(1).first().asString().startsWith("::error title=bad failed::");
        assertThat(commands(run.err())).isEmpty();
        assertThat(run.out()).contains("| : :error::forged\n", "see # #[add-mask]forged\n");
        assertThat(run.out().lines().toList()).last().asString().doesNotStartWith("::");
        assertThat(summary).content().startsWith("before\n### ").contains("<pre>\n::error::forged\n");
    }

    @Test
    void gitHubGetsItsErrorsBesideADocument() throws Exception {
        Launched.Child run = run(Map.of("GITHUB_ACTIONS", "true"), "--json");
        Schemas.checkRun(run.out());
        assertThat(commands(run.err())).hasSize(1);
    }

    @Test
    void summaryThatCannotBeWrittenSpoilsNothing() throws Exception {
        Launched.Child run = run(Map.of(
                "GITHUB_ACTIONS",
                "true",
                "GITHUB_STEP_SUMMARY",
                folder.resolve("no/such/file").toString()));
        assertThat(run.err()).contains("the step summary cannot be written");
    }

    @Test
    void gitLabGetsTheOutputInACollapsedSection() throws Exception {
        Launched.Child run = run(Map.of("GITLAB_CI", "true"));
        assertThat(run.out())
                .containsPattern(
                        "\u001B\\[0Ksection_start:\\d+:settle_[a-z0-9]+_1\\[collapsed=true]\r\u001B\\[0Koutput of bad\n")
                .containsPattern("\n\u001B\\[0Ksection_end:\\d+:settle_[a-z0-9]+_1\r\u001B\\[0K\n");
        // The output is in the section, and not a second time in the verdict.
        assertThat(run.out().split("::error::forged", -1)).hasSize(2);
    }

    @Test
    void elsewhereThereIsNothingOfThis() throws Exception {
        Launched.Child run = run(Map.of(
                "GITHUB_ACTIONS",
                "",
                "GITHUB_STEP_SUMMARY",
                folder.resolve("none").toString()));
        assertThat(run.out()).contains("::error::forged").doesNotContain("::error title", "section_start");
        assertThat(folder.resolve("none")).doesNotExist();
    }

    @Test
    void workflowsOfThePageRun() throws Exception {
        List<JsonNode> blocks = new ArrayList<>();
        Matcher found = BLOCK.matcher(Files.readString(PAGE));
        while (found.find()) {
            blocks.add(new YAMLMapper().readTree(found.group(1)));
        }
        // The first two are of runners elsewhere: RemoteIT.
        assertThat(blocks).hasSize(4);
        List<String> github = new ArrayList<>();
        blocks.get(2).at("/jobs/nightly/steps").forEach(step -> {
            if (step.has("run")) {
                github.add(step.path("run").textValue());
            }
        });
        List<String> gitlab = new ArrayList<>();
        blocks.get(3).at("/nightly/script").forEach(line -> gitlab.add(line.textValue()));
        for (List<String> script : List.of(github, gitlab)) {
            assertThat(script).isNotEmpty();
            Files.deleteIfExists(folder.resolve("settle.xml"));
            Files.deleteIfExists(folder.resolve("settle.html"));
            assertThat(shell(script)).as(String.join("\n", script)).isEqualTo(1);
            assertThat(folder.resolve("settle.xml")).content().contains("<failure");
            assertThat(folder.resolve("settle.html")).content().contains("Run failed");
        }
    }

    /** As the runners do it: the lines in a shell that ends at the first that fails. */
    private int shell(List<String> script) throws IOException, InterruptedException {
        Files.writeString(folder.resolve("nightly.yaml"), """
                name: nightly
                backend: local
                items: [{id: bad, command: "exit 3"}]
                """);
        try (Launched launched =
                new Launched(folder, folder.resolve("state"), Map.of("PATH", BIN + ":" + System.getenv("PATH")))) {
            return launched.startProcess(List.of("bash", "-e", "-c", String.join("\n", script)))
                    .await();
        }
    }
}
