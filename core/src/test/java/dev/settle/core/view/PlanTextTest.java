package dev.settle.core.view;

import static org.assertj.core.api.Assertions.assertThat;

import dev.settle.core.model.Plan;
import dev.settle.core.runfile.Reads;
import dev.settle.core.runfile.RunFiles;
import dev.settle.testdata.Golden;
import dev.settle.testdata.TestData;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** What settle validate prints, for every example. */
final class PlanTextTest {
    @TestFactory
    Stream<DynamicTest> treeOfEveryExample() throws IOException {
        List<Path> files;
        try (Stream<Path> all = Files.list(TestData.path("examples"))) {
            files = all.filter(file -> file.toString().matches(".*\\.(yaml|json|sh)"))
                    .sorted()
                    .toList();
        }
        return files.stream()
                .map(file -> DynamicTest.dynamicTest(file.getFileName().toString(), () -> {
                    Plan plan = Reads.accepted(RunFiles.read(file, Reads.AROUND));
                    Golden.check("plans/" + file.getFileName() + ".txt", tree(plan, PlanText.Lines.BOXES));
                }));
    }

    @Test
    void treeCanBeDrawnInAscii() throws IOException {
        Plan plan = Reads.plan("""
                items:
                  - {id: a, command: x, matrix: {v: [1, 2]}}
                  - {id: b, command: x, deps: ["a*"]}
                """);
        assertThat(tree(plan, PlanText.Lines.ASCII)).isEqualTo("""
                run: 3 items
                |- a: 2 items
                |  |- a[v=1]: x
                |  `- a[v=2]: x
                `- b: x
                     after a[v=1], a[v=2]
                """);
    }

    @Test
    void signsThatATerminalObeysAreNotPrinted() throws IOException {
        Plan plan = Reads.plan("items: [{id: a, name: x, command: \"echo \\e[31m \\a \\x9b\"}]");
        assertThat(tree(plan, PlanText.Lines.ASCII))
                .isEqualTo("run: 1 item\n`- a (x): echo \\u001b[31m \\u0007 \\u009b\n");
    }

    @Test
    void longCommandsAreCut() throws IOException {
        Plan plan = Reads.plan("items: [{id: a, command: \"" + "x".repeat(200) + "\"}]");
        assertThat(tree(plan, PlanText.Lines.ASCII)).isEqualTo("run: 1 item\n`- a: " + "x".repeat(100) + " ...\n");
    }

    private static String tree(Plan plan, PlanText.Lines lines) throws IOException {
        StringBuilder text = new StringBuilder();
        PlanText.tree(plan, text, lines);
        return text.toString();
    }
}
