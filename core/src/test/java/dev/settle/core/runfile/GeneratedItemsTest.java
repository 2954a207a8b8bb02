package dev.settle.core.runfile;

import static org.assertj.core.api.Assertions.assertThat;

import dev.settle.core.journal.PlanCodec;
import dev.settle.core.model.Plan;
import dev.settle.core.model.PlanItem;
import dev.settle.core.runfile.tree.Problem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The cases of conformance.md, G-01 to G-09. */
final class GeneratedItemsTest {
    private static final Plan PLAN = Reads.plan("""
            name: sweep
            defaults: {cpus: 2, env: {A: "1"}}
            items:
              - {id: plan, command: ./plan.sh, generates_source: next.json}
              - {id: "old[x=1]", command: x}
              - {id: "old[x=2]", command: x}
            """);

    private static GeneratedItems read(String text) {
        return read(text, PLAN);
    }

    private static GeneratedItems read(String text, Plan plan) {
        // What is stored is what a later driver knows.
        try {
            Plan stored = PlanCodec.fromJson(PlanCodec.toJson(plan));
            return RunFiles.readGenerated(
                    text,
                    "next.json",
                    stored,
                    stored.items().stream().map(PlanItem::id).toList(),
                    Reads.AROUND);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static List<String> ids(GeneratedItems generated) {
        assertThat(generated.problems()).isEmpty();
        return generated.items().stream().map(item -> item.id().value()).toList();
    }

    private static List<String> problems(String text) {
        GeneratedItems generated = read(text);
        assertThat(generated.items()).isEmpty();
        return generated.problems().stream().map(Problem::message).toList();
    }

    @Test
    void itemsTasksAndBareListsAreAppended() {
        String list = "[{\"id\": \"sim.1\", \"name\": \"S\", \"command\": \"x\"}]";
        Stream.of(list, "{\"tasks\": " + list + "}", "{\"title\": \"T\", \"items\": " + list + "}")
                .forEach(text -> assertThat(ids(read(text))).containsExactly("sim.1"));
    }

    @Test
    void itemsMayDependOnItemsThatAreThereAndOnEachOther() {
        GeneratedItems generated = read("""
                [{"id": "sim.1", "command": "x", "deps": ["plan"]},
                 {"id": "sim.2", "command": "x", "deps": ["old"]},
                 {"id": "all", "command": "x", "deps": ["old*", "sim.*"]}]
                """);
        assertThat(ids(generated)).containsExactly("sim.1", "sim.2", "all");
        assertThat(generated.items().get(1).deps().toString()).isEqualTo("[old[x=1], old[x=2]]");
        assertThat(generated.items().get(2).deps().toString()).isEqualTo("[old[x=1], old[x=2], sim.1, sim.2]");
    }

    @Test
    void itemsInheritTheDefaultsOfTheRun() {
        PlanItem item = read("[{\"id\": \"a\", \"command\": \"x\"}]").items().get(0);
        assertThat(item.resources().cpus()).hasValue(2);
        assertThat(item.env()).isEqualTo(Map.of("A", "1"));
    }

    @Test
    void defaultsOfTheDocumentTakeThePlaceOfTheRuns() {
        PlanItem item = read("{\"defaults\": {\"memory\": \"1G\"}, \"items\": [{\"id\": \"a\", \"command\": \"x\"}]}")
                .items()
                .get(0);
        assertThat(item.resources().cpus()).isEmpty();
        assertThat(item.resources().memoryBytes()).hasValue(1L << 30);
    }

    @Test
    void environmentOfTheDocumentComesAfterTheRuns() {
        Plan plan = Reads.plan("""
                env_groups: {g: [{set: {G: run}}], h: [{set: {H: run}}]}
                env: [{set: {A: run, B: run}}]
                tasks: [{id: plan, name: p, command: x, generates_source: next.json}]
                """);
        GeneratedItems generated = read("""
                {"env_groups": {"g": [{"set": {"G": "own"}}]},
                 "env": [{"set": {"B": "own"}}, {"include": ["g", "h"]}],
                 "tasks": [{"id": "a", "name": "a", "command": "x"}]}
                """, plan);
        assertThat(ids(generated)).containsExactly("a");
        assertThat(generated.items().get(0).setup().orElseThrow())
                .endsWith("export A=\"run\"\nexport B=\"own\"\nexport G=\"own\"\nexport H=\"run\"\n");
    }

    @Test
    void bareListOfATaskDocumentIsOfTasks() {
        Plan plan = Reads.plan("tasks: [{id: plan, name: p, command: x, generates_source: next.json}]");
        assertThat(read("[{\"id\": \"a\", \"name\": \"a\", \"command\": \"x\"}]", plan)
                        .items()
                        .get(0)
                        .script())
                .startsWith("#!/usr/bin/env bash\nset -o pipefail\n");
    }

    @Test
    void itemsMayGenerateFurtherItems() {
        assertThat(read("[{\"id\": \"a\", \"command\": \"x\", \"generates_source\": \"more.json\"}]")
                        .items()
                        .get(0)
                        .generatesSource())
                .contains("more.json");
    }

    @Test
    void idThatTheRunHasAlreadyIsAProblem() {
        assertThat(problems("[{\"id\": \"plan\", \"command\": \"x\"}, {\"id\": \"a\", \"command\": \"x\"},"
                        + " {\"id\": \"a\", \"command\": \"x\"}]"))
                .containsExactly("the run has an item \"plan\" already", "the id \"a\" is there twice");
    }

    @Test
    void circleAmongGeneratedItemsIsAProblem() {
        assertThat(problems("[{\"id\": \"a\", \"command\": \"x\", \"deps\": [\"b\"]},"
                        + " {\"id\": \"b\", \"command\": \"x\", \"deps\": [\"a\"]}]"))
                .containsExactly("circular dependency: a -> b -> a");
    }

    @Test
    void whatIsMissingOrUnknownIsAProblem() {
        assertThat(problems("[{\"id\": \"a\", \"name\": \"a\"}]")).containsExactly("command is missing");
        assertThat(problems("{\"tasks\": null}")).containsExactly("items is missing");
        assertThat(problems("{\"tasks\": {}}")).containsExactly("this is a map, not a list");
        assertThat(problems("[{\"id\": \"a\", \"command\": \"x\", \"deps\": [\"nope\", \"no*\"]}]"))
                .containsExactly("there is no item \"nope\"", "\"no*\" matches no other item");
        assertThat(problems("not json")).hasSize(1);
        assertThat(problems("")).containsExactly("the file is empty");
        assertThat(problems("{\"tasks\": [], \"items\": []}")).containsExactly("the same as tasks");
    }

    @Test
    void whatOnlyTheRunCanSayIsAProblem() {
        assertThat(problems("{\"name\": \"x\", \"backend\": \"local\", \"max_failures\": 1, \"items\": []}"))
                .containsExactly("only the run's own file can say this", "only the run's own file can say this");
    }

    @Test
    void documentWithoutItemsIsNothingMoreToDo() {
        assertThat(ids(read("[]"))).isEmpty();
        assertThat(ids(read("{\"tasks\": []}"))).isEmpty();
    }

    @Test
    void fileThatCannotBeReadIsAProblem(@TempDir Path folder) throws IOException {
        GeneratedItems missing = RunFiles.readGenerated(folder.resolve("none.json"), PLAN, List.of(), Reads.AROUND);
        assertThat(missing.problems().toString()).contains("there is no such file");
        Path file = Files.writeString(folder.resolve("next.yaml"), "- {id: b, script: b.sh}\n");
        Files.writeString(folder.resolve("b.sh"), "echo b\n");
        assertThat(RunFiles.readGenerated(file, PLAN, List.of(), Reads.AROUND)
                        .items()
                        .get(0)
                        .script())
                .isEqualTo("echo b\n");
    }

    @Test
    void whatIsNoOrdinaryFileIsNotRead() {
        GeneratedItems read = RunFiles.readGenerated(Path.of("/dev/zero"), PLAN, List.of(), Reads.AROUND);
        assertThat(read.problems().toString()).contains("this is no ordinary file");
    }

    @Test
    void readingTwiceGivesTheSame() {
        String text = "[{\"id\": \"a\", \"command\": \"x\", \"matrix\": {\"v\": [1, 2]}}]";
        assertThat(read(text)).isEqualTo(read(text));
    }

    @Test
    void runThatGeneratesNothingKeepsNothingToInherit() {
        assertThat(Reads.plan("defaults: {cpus: 2}\nitems: [{id: a, command: x}]")
                        .inherited())
                .isEmpty();
        assertThat(PLAN.inherited()).contains("{\"defaults\":{\"cpus\":\"2\",\"env\":{\"A\":\"1\"}}}");
    }
}
