package dev.settle.core.view.document;

import static org.assertj.core.api.Assertions.assertThat;

import dev.settle.core.json.Fields;
import dev.settle.core.json.Json;
import dev.settle.core.run.ItemState;
import dev.settle.core.run.StopReason;
import dev.settle.core.run.TestRun;
import dev.settle.core.view.RunView;
import dev.settle.core.view.Samples;
import dev.settle.testdata.Golden;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

final class RunDocumentTest {
    @TestFactory
    Stream<DynamicTest> documentOfEachStateIsAsPublished() {
        return Samples.all().entrySet().stream()
                .map(each -> DynamicTest.dynamicTest(
                        each.getKey(),
                        () -> Golden.check(
                                "view/run-" + each.getKey() + ".json",
                                RunDocument.text(Samples.view(each.getValue()), Json.Layout.INDENTED))));
    }

    @Test
    void everyFieldIsThereFromTheStart() throws IOException {
        Set<String> atStart = new TreeSet<>();
        Set<String> atEnd = new TreeSet<>();
        names(parse(Samples.view(TestRun.of("a"))).asMap(), "", atStart);
        names(
                parse(Samples.view(TestRun.of("a").complete("a").end(StopReason.COMPLETED)))
                        .asMap(),
                "",
                atEnd);
        atEnd.removeIf(name -> name.startsWith("/stop/"));
        assertThat(atStart).isEqualTo(atEnd);
    }

    @Test
    void countsHoldEveryStateAndAddUp() throws IOException {
        for (TestRun run : Samples.all().values()) {
            Fields counts = parse(Samples.view(run)).object("counts");
            long sum = 0;
            for (ItemState state : ItemState.values()) {
                sum += counts.longer(state.word());
            }
            assertThat(sum).isEqualTo(counts.longer("total"));
        }
    }

    @Test
    void runThatNobodyDrivesReadsStalledAndNeverRunning() throws IOException {
        Fields document = parse(Samples.stalled(Samples.running()));
        assertThat(document.text("state")).isEqualTo("stalled");
        assertThat(document.object("driver").flag("alive")).isFalse();
        assertThat(document.has("exit_status")).isFalse();
    }

    @Test
    void endedRunKeepsItsStateWithoutADriver() throws IOException {
        assertThat(parse(Samples.stalled(Samples.failed())).text("state")).isEqualTo("failed");
    }

    @Test
    void exitStatusIsNullUntilTheEnd() throws IOException {
        assertThat(parse(Samples.view(Samples.running())).has("exit_status")).isFalse();
        assertThat(parse(Samples.view(Samples.completed())).integer("exit_status"))
                .isZero();
        assertThat(parse(Samples.view(Samples.failed())).integer("exit_status")).isEqualTo(1);
        assertThat(parse(Samples.view(Samples.outOfCredits())).integer("exit_status"))
                .isEqualTo(3);
        assertThat(parse(Samples.view(Samples.unconfirmed())).integer("exit_status"))
                .isEqualTo(4);
    }

    @Test
    void signalLeavesTheExitCodeNull() throws IOException {
        Fields killed = parse(Samples.view(Samples.failed())).objects("items").get(4);
        assertThat(killed.text("id")).isEqualTo("fit-4");
        assertThat(killed.integer("signal")).isEqualTo(11);
        assertThat(killed.has("exit_code")).isFalse();
    }

    @Test
    void everyAttemptIsKept() throws IOException {
        List<Fields> attempts =
                parse(Samples.view(Samples.running())).objects("items").get(1).objects("attempts");
        assertThat(attempts).hasSize(2);
        assertThat(attempts.get(0).text("reason")).isEqualTo("node_failure");
        assertThat(attempts.get(1).has("reason")).isFalse();
        assertThat(attempts.get(0).text("job_id")).isNotEqualTo(attempts.get(1).text("job_id"));
    }

    @Test
    void oneLineFormIsOneLineAndSaysTheSame() throws IOException {
        RunView view = Samples.view(Samples.failed());
        String line = RunDocument.text(view, Json.Layout.ONE_LINE);
        assertThat(line).endsWith("\n").hasLineCount(1);
        assertThat(Json.parseObject(line).asMap()).isEqualTo(parse(view).asMap());
    }

    private static Fields parse(RunView view) throws IOException {
        return Json.parseObject(RunDocument.text(view, Json.Layout.INDENTED));
    }

    private static void names(Object tree, String path, Set<String> into) {
        if (tree instanceof Map<?, ?> map) {
            map.forEach((name, value) -> {
                into.add(path + "/" + name);
                names(value, path + "/" + name, into);
            });
        } else if (tree instanceof List<?> list) {
            list.forEach(each -> names(each, path + "[]", into));
        }
    }
}
