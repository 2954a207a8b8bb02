package dev.settle.core.runfile;

import static org.assertj.core.api.Assertions.assertThat;

import dev.settle.core.journal.PlanCodec;
import dev.settle.core.model.Plan;
import dev.settle.testdata.TestData;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Every example run file is accepted, and survives being stored. */
final class ExamplesTest {
    @TestFactory
    Stream<DynamicTest> everyExampleIsAcceptedAndSurvivesBeingStored() throws IOException {
        List<Path> files;
        try (Stream<Path> all = Files.list(TestData.path("examples"))) {
            files = all.filter(file -> file.toString().matches(".*\\.(yaml|json|sh)"))
                    .sorted()
                    .toList();
        }
        assertThat(files).isNotEmpty();
        return files.stream()
                .map(file -> DynamicTest.dynamicTest(file.getFileName().toString(), () -> {
                    Plan plan = Reads.accepted(RunFiles.read(file, Reads.AROUND));
                    assertThat(PlanCodec.fromJson(PlanCodec.toJson(plan))).isEqualTo(plan);
                }));
    }

    @Test
    void firstRunHasFiveItemsInTheirOrder() {
        Plan plan = Reads.accepted(RunFiles.read(TestData.path("examples", "first-run.yaml"), Reads.AROUND));
        assertThat(plan.name()).isEqualTo("first-run");
        assertThat(Reads.ids(plan))
                .containsExactly("prepare", "square[number=2]", "square[number=3]", "measure", "report");
        assertThat(Reads.deps(plan, "report")).containsExactly("square[number=2]", "square[number=3]", "measure");
        assertThat(plan.items().get(1).script()).isEqualTo("sleep 0.5 && echo \"2 squared is $((2 * 2))\"");
    }
}
