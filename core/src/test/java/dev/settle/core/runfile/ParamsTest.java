package dev.settle.core.runfile;

import static org.assertj.core.api.Assertions.assertThat;

import dev.settle.core.model.Growth;
import dev.settle.core.model.ItemId;
import dev.settle.core.model.Plan;
import dev.settle.core.model.PlanItem;
import dev.settle.core.model.RunChoices;
import dev.settle.core.runfile.tree.Problem;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Parameters of a run file, what the command line says in place of the file, and retries that grow. */
final class ParamsTest {
    private static final String FILE = """
            name: sweep-{lr}
            params: {lr: 0.1, data: /data, n: 4}
            defaults: {cpus: "{n}", working_dir: "{data}/work"}
            items:
              - {id: prepare, command: "prepare {data} ${lr} {other}"}
              - id: train
                matrix: {seed: [1, 2], size: ["{n}", 8]}
                command: train --lr {lr} --seed {seed} --size {size}
                deps: [prepare]
              - {id: plot, command: "plot {lr}", deps: ["train*"], env: {LR: "{lr}"}}
            """;

    private static ReadResult read(String text, RunChoices choices) {
        return RunFiles.read(
                text,
                "sweep.yaml",
                new ReadContext(Path.of("/nowhere"), Path.of("/home/ada"), any -> "local", choices));
    }

    private static Plan plan(RunChoices choices) {
        ReadResult read = read(FILE, choices);
        assertThat(read.problems()).isEmpty();
        return read.plan().orElseThrow();
    }

    private static String problems(String text, RunChoices choices) {
        ReadResult read = read(text, choices);
        assertThat(read.plan()).isEmpty();
        return String.join("\n", read.problems().stream().map(Problem::toString).toList());
    }

    private static RunChoices set(String name, String value) {
        return new RunChoices(Optional.empty(), Map.of(name, value), List.of());
    }

    private static RunChoices only(String... words) {
        return new RunChoices(Optional.empty(), Map.of(), List.of(words));
    }

    private static List<String> ids(Plan plan) {
        return plan.items().stream().map(PlanItem::id).map(ItemId::value).toList();
    }

    private static PlanItem item(Plan plan, String id) {
        return plan.items().stream()
                .filter(each -> each.id().value().equals(id))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void parametersStandInAnyTextAndShellVariablesStay() {
        Plan plan = plan(RunChoices.NONE);
        assertThat(plan.name()).isEqualTo("sweep-0.1");
        PlanItem prepare = item(plan, "prepare");
        assertThat(prepare.script()).contains("prepare /data ${lr} {other}");
        assertThat(prepare.workingDir()).hasValue("/data/work");
        assertThat(prepare.resources().cpus()).hasValue(4);
        assertThat(item(plan, "train[seed=2,size=4]").script()).contains("train --lr 0.1 --seed 2 --size 4");
        assertThat(item(plan, "plot").env()).containsEntry("LR", "0.1");
    }

    @Test
    void theCommandLineSetsThem() {
        Plan plan = plan(set("lr", "0.2"));
        assertThat(plan.name()).isEqualTo("sweep-0.2");
        assertThat(item(plan, "plot").script()).contains("plot 0.2");
    }

    @Test
    void aMatrixHidesAParameterOfItsName() {
        String text = "params: {lr: 0.1}\nitems:\n- {id: a, matrix: {lr: [5]}, command: 'x {lr}'}\n";
        assertThat(read(text, RunChoices.NONE)
                        .plan()
                        .orElseThrow()
                        .items()
                        .get(0)
                        .script())
                .contains("x 5");
    }

    @Test
    void unknownParametersAreRefusedWithASuggestion() {
        assertThat(problems(FILE, set("dat", "/x")))
                .contains("there is no parameter \"dat\"", "did you mean \"data\"?");
        assertThat(problems(FILE, set("zzzzzz", "1"))).contains("the file has lr, data, n");
        assertThat(problems("[{id: a, command: x}]", set("lr", "1")))
                .contains("declare it in the file: params: {lr: 1}");
        ReadResult script = RunFiles.read(
                "#!/bin/sh\n#SBATCH -c 1\ntrue\n",
                "job.sh",
                new ReadContext(Path.of("/nowhere"), Path.of("/home/ada"), any -> "local", set("lr", "1")));
        assertThat(script.problems()).hasSize(1).first().asString().contains("there is no parameter \"lr\"");
    }

    @Test
    void parametersThatAreNoTextsAreRefused() {
        assertThat(problems("params: [1]\nitems: [{id: a, command: x}]", RunChoices.NONE))
                .contains("params", "not a map");
        assertThat(problems("params: {a b: 1, c: [1]}\nitems: [{id: a, command: x}]", RunChoices.NONE))
                .contains("not a name", "not a text");
    }

    @Test
    void chosenItemsComeWithWhatTheyDependOn() {
        assertThat(ids(plan(only("train[seed=1,size=8]")))).containsExactly("prepare", "train[seed=1,size=8]");
        assertThat(ids(plan(only("prepare")))).containsExactly("prepare");
        assertThat(ids(plan(only("plot")))).hasSize(6);
        assertThat(ids(plan(only("train", "prepare")))).hasSize(5);
        assertThat(problems(FILE, only("prepar"))).contains("there is no item \"prepar\"", "did you mean \"prepare\"?");
    }

    @Test
    void theNameIsTheCommandLines() {
        assertThat(plan(new RunChoices(Optional.of("tonight"), Map.of(), List.of()))
                        .name())
                .isEqualTo("tonight");
    }

    @Test
    void generatedItemsKnowTheParameters() {
        Plan plan = read(
                        "params: {lr: 0.1}\nitems: [{id: a, command: x, generates_source: next.json}]",
                        set("lr", "0.3"))
                .plan()
                .orElseThrow();
        GeneratedItems generated = RunFiles.readGenerated(
                "[{\"id\": \"b\", \"command\": \"y {lr}\"}]",
                "/nowhere/next.json",
                plan,
                List.of(new ItemId("a")),
                new ReadContext(Path.of("/nowhere"), Path.of("/home/ada"), any -> "local"));
        assertThat(generated.problems()).isEmpty();
        assertThat(generated.items().get(0).script()).contains("y 0.3");
    }

    @Test
    void retriesGrowWhatTheItemAsksFor() {
        String item = "items: [{id: a, command: x, memory: 2G, time_limit: 1h, retries: {max: 2, %s}}]";
        assertThat(read(item.formatted("memory: x2, time_limit: 1.5"), RunChoices.NONE)
                        .plan()
                        .orElseThrow()
                        .items()
                        .get(0)
                        .retries()
                        .growth())
                .isEqualTo(new Growth(2, 1.5));
        assertThat(problems(item.formatted("memory: x0.5"), RunChoices.NONE))
                .contains("\"x0.5\" is not a factor", "write x2 or x1.5");
        assertThat(problems(item.formatted("memory: 4G"), RunChoices.NONE)).contains("\"4G\" is not a factor");
        assertThat(problems(
                        "items: [{id: a, command: x, retries: {max: 1, memory: x2, time_limit: x2}}]", RunChoices.NONE))
                .contains("the item asks for none", "write memory as well", "write time_limit as well");
    }
}
