package dev.settle.core.runfile;

import static org.assertj.core.api.Assertions.assertThat;

import dev.settle.core.model.Expect;
import dev.settle.core.model.ItemId;
import dev.settle.core.model.ItemReason;
import dev.settle.core.model.Plan;
import dev.settle.core.model.PlanItem;
import dev.settle.core.model.Resources;
import dev.settle.core.model.Retries;
import dev.settle.core.runfile.tree.Problem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class RunFilesTest {
    @Test
    void everythingThatCanBeSaidOfARunIsInThePlan() {
        Plan plan = Reads.plan("""
                name: nightly-evals
                backend: slurm
                max_concurrent: 100
                max_failures: 5
                exclusive: true
                credits: {topup_url: "https://example.org/topup", on_exhausted: wait}
                budget: {cpu_hours: 200.5}
                items: [{id: a, command: x}]
                """);
        assertThat(plan.name()).isEqualTo("nightly-evals");
        assertThat(plan.backend()).contains(Plan.BackendName.SLURM);
        assertThat(plan.maxConcurrent()).hasValue(100);
        assertThat(plan.maxFailures()).hasValue(5);
        assertThat(plan.exclusive()).isTrue();
        assertThat(plan.credits())
                .isEqualTo(new Plan.Credits(Optional.of("https://example.org/topup"), Plan.OnExhausted.WAIT));
        assertThat(plan.budgetCpuHours()).hasValue(200.5);
        assertThat(plan.queue()).isEmpty();
        assertThat(plan.inherited()).isEmpty();
    }

    @Test
    void whatIsNotSaidOfARunIsAbsent() {
        assertThat(Reads.plan("items: [{id: a, command: x}]"))
                .isEqualTo(Plan.of("run", List.of(PlanItem.command(new ItemId("a"), "x"))));
    }

    @Test
    void everythingThatCanBeSaidOfAnItemIsInThePlan() {
        PlanItem item = Reads.item("""
                items:
                  - id: train
                    name: Train the model
                    command: python train.py
                    working_dir: project
                    env: {B: "2", A: 1, C: true, D: ""}
                    setup: module load python/3.12
                    cpus: 4
                    memory: 2G
                    gpus: 1
                    gres: gpu:v100:2
                    time_limit: 1h30m
                    partition: gpu
                    account: chem
                    qos: high
                    constraint: haswell&gpu
                    extra: ["--nodes=2", "--exclusive", "--mail-type ALL", "-N 2", "-n4", "--comment=two words"]
                    timeout: 2h
                    retries: {max: 2, on: [node_failure, preempted], delay: 30s}
                    generates_source: next.json
                    output: out/train.log
                    error: /tmp/train.err
                    expect: [0, 3, "accuracy >= 0.8"]
                """);
        assertThat(item.id().value()).isEqualTo("train");
        assertThat(item.name()).isEqualTo("Train the model");
        assertThat(item.script()).isEqualTo("python train.py");
        assertThat(item.workingDir()).contains("project");
        assertThat(item.env()).isEqualTo(Map.of("A", "1", "B", "2", "C", "true", "D", ""));
        assertThat(item.env().keySet()).containsExactly("B", "A", "C", "D");
        assertThat(item.setup()).contains("module load python/3.12");
        Resources wanted = item.resources();
        assertThat(wanted.cpus()).hasValue(4);
        assertThat(wanted.memoryBytes()).hasValue(2L << 30);
        assertThat(wanted.gpus()).hasValue(1);
        assertThat(wanted.gres()).contains("gpu:v100:2");
        assertThat(wanted.timeLimit()).contains(Duration.ofMinutes(90));
        assertThat(wanted.partition()).contains("gpu");
        assertThat(wanted.account()).contains("chem");
        assertThat(wanted.qos()).contains("high");
        assertThat(wanted.constraint()).contains("haswell&gpu");
        assertThat(wanted.extra())
                .containsExactly(
                        "--nodes=2",
                        "--exclusive",
                        "--mail-type=ALL",
                        "--nodes=2",
                        "--ntasks=4",
                        "--comment=two words");
        assertThat(item.timeout()).contains(Duration.ofHours(2));
        assertThat(item.retries())
                .isEqualTo(
                        new Retries(2, Set.of(ItemReason.NODE_FAILURE, ItemReason.PREEMPTED), Duration.ofSeconds(30)));
        assertThat(item.generatesSource()).contains("next.json");
        assertThat(item.output()).contains("out/train.log");
        assertThat(item.error()).contains("/tmp/train.err");
        assertThat(item.expect().exitCodes()).containsExactlyInAnyOrder(0, 3);
        assertThat(item.expect().metric()).contains(new Expect.Comparison("accuracy", Expect.Operator.GE, 0.8));
        assertThat(item.jobId()).isEmpty();
    }

    @Test
    void patternsOfSbatchStandInFileNames() {
        Plan plan = Reads.plan("""
                defaults: {output: "logs/%x.out", error: "logs/%x-%j.err", setup: "echo set up"}
                items: [{id: a, command: x}, {id: b, name: second, command: x, error: 100%.err}]
                """);
        PlanItem first = plan.items().get(0);
        assertThat(first.output()).contains("logs/a.out");
        assertThat(first.error()).isEmpty();
        assertThat(first.setup().orElseThrow())
                .contains("/fd/2)", "n=\"logs/a-${SLURM_JOB_ID:-$SETTLE_RUN_ID}.err\"")
                .endsWith("echo set up");
        PlanItem second = plan.items().get(1);
        assertThat(second.output()).contains("logs/second.out");
        assertThat(second.error()).contains("100%.err");
        assertThat(second.setup()).contains("echo set up");
    }

    @Test
    void jsonIsReadAsYamlIs() {
        String yaml = """
                name: n
                defaults: {cpus: 2}
                items: [{id: a, command: x, memory: 2G, env: {A: "1"}}, {id: b, command: x, deps: [a]}]
                """;
        String json = """
                {"name": "n", "defaults": {"cpus": 2}, "items": [
                  {"id": "a", "command": "x", "memory": "2G", "env": {"A": "1"}},
                  {"id": "b", "command": "x", "deps": ["a"]}]}
                """;
        assertThat(Reads.accepted(Reads.json(json))).isEqualTo(Reads.plan(yaml));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "runs/nightly.v2.yaml | nightly.v2",
                "nightly.yml | nightly",
                "nightly.json | nightly",
                "/a/b/nightly | nightly",
                ".hidden | .hidden"
            })
    void runIsNamedAfterItsFile(String file, String name) {
        assertThat(Reads.accepted(RunFiles.read("[{\"id\": \"a\", \"command\": \"x\"}]", file, Reads.AROUND))
                        .name())
                .isEqualTo(name);
    }

    @Test
    void fileWithoutAnEndingIsJsonIfItIsJsonElseYaml() {
        assertThat(Reads.accepted(RunFiles.read(" [{\"id\": \"a\",\t\"command\": \"x\"}]", "f", Reads.AROUND))
                        .items())
                .hasSize(1);
        assertThat(Reads.accepted(RunFiles.read("{items: [{id: a, command: x}]}", "f", Reads.AROUND))
                        .items())
                .hasSize(1);
        assertThat(Reads.accepted(RunFiles.read("- {id: a, command: x}\n", "f", Reads.AROUND))
                        .items())
                .hasSize(1);
    }

    @Test
    void yamlThatBeginsLikeAScriptIsYaml() {
        assertThat(Reads.plan("#!/usr/bin/env -S settle run\nitems: [{id: a, command: x}]")
                        .items())
                .hasSize(1);
    }

    @Test
    void itemHasTheDefaultsUnlessItSaysOtherwise() {
        Plan plan = Reads.plan("""
                items:
                  - {id: a, command: x}
                  - {id: b, command: x, cpus: 8, env: {B: own}, setup: "", retries: 0}
                defaults: {cpus: 2, memory: 1G, env: {A: "1", B: "2"}, setup: load, retries: 3, working_dir: ~/p}
                """);
        PlanItem a = plan.items().get(0);
        PlanItem b = plan.items().get(1);
        assertThat(a.resources().cpus()).hasValue(2);
        assertThat(b.resources().cpus()).hasValue(8);
        assertThat(b.resources().memoryBytes()).hasValue(1L << 30);
        assertThat(a.env()).isEqualTo(Map.of("A", "1", "B", "2"));
        assertThat(b.env()).isEqualTo(Map.of("A", "1", "B", "own"));
        assertThat(a.setup()).contains("load");
        assertThat(b.setup()).isEmpty();
        assertThat(a.retries().max()).isEqualTo(3);
        assertThat(b.retries()).isEqualTo(Retries.NONE);
        assertThat(a.workingDir()).contains("/home/ada/p");
    }

    @Test
    void keysWithoutAValueAreAbsent() {
        assertThat(Reads.item("items: [{id: a, command: x, deps: , cpus: null, memory: ~, env: null}]"))
                .isEqualTo(PlanItem.command(new ItemId("a"), "x"));
    }

    @Test
    void anchorsAliasesAndMergesWork() {
        Plan plan = Reads.plan("""
                items:
                  - &one
                    id: a
                    command: x
                    cpus: &n 4
                    env: &env {A: "1"}
                  - <<: *one
                    id: b
                    gpus: *n
                  - {id: c, command: y, env: {<<: *env, B: "2"}}
                  - {<<: [*env_less, *one], id: d}
                """.replace("*env_less", "{memory: 1G}"));
        assertThat(Reads.ids(plan)).containsExactly("a", "b", "c", "d");
        assertThat(plan.items().get(1).resources().gpus()).hasValue(4);
        assertThat(plan.items().get(1).resources().cpus()).hasValue(4);
        assertThat(plan.items().get(2).env()).isEqualTo(Map.of("A", "1", "B", "2"));
        assertThat(plan.items().get(3).resources().memoryBytes()).hasValue(1L << 30);
    }

    @Test
    void scalarsThatYamlTakesForOtherThingsAreTextsWhereTextsAreMeant() {
        PlanItem item = Reads.item("items: [{id: 12, command: true, name: 1e3, env: {A: 0x1F, B: no, C: 2026-01-01}}]");
        assertThat(item.id().value()).isEqualTo("12");
        assertThat(item.script()).isEqualTo("true");
        assertThat(item.name()).isEqualTo("1e3");
        assertThat(item.env()).isEqualTo(Map.of("A", "0x1F", "B", "no", "C", "2026-01-01"));
    }

    @ParameterizedTest
    @CsvSource({"true, true", "false, false", "yes, true", "no, false", "on, true", "Off, false", "'\"true\"', true"})
    void truthValuesAreThoseOfYaml(String text, boolean value) {
        assertThat(Reads.plan("exclusive: " + text + "\nitems: [{id: a, command: x}]")
                        .exclusive())
                .isEqualTo(value);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "~ | /home/ada",
                "~/p/sub | /home/ada/p/sub",
                "$HOME/p | /home/ada/p",
                "${HOME} | /home/ada",
                "p/~x | p/~x",
                "/abs | /abs"
            })
    void homeIsTheOnlyWordOfAPath(String written, String path) {
        PlanItem item = Reads.item("items: [{id: a, command: x, working_dir: \"" + written + "\", output: \"" + written
                + "\", generates_source: \"" + written + "\"}]");
        assertThat(item.workingDir()).contains(path);
        assertThat(item.output()).contains(path);
        assertThat(item.generatesSource()).contains(path);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "3 | 3 |",
                "[0, 3] | 0,3 |",
                "accuracy >= 0.8 | | accuracy >= 0.8",
                "'loss<1e-3' | | loss < 0.001",
                "'a/b.c == -1' | | a/b.c == -1",
                "[0, f1 != 0] | 0 | f1 != 0",
                "{exit_codes: [1], metric: x > 2} | 1 | x > 2",
                "{exit_code: 1} | 1 |",
                "0 | 0 |"
            })
    void expectIsExitCodesAComparisonOrBoth(String written, String codes, String comparison) {
        Expect expect = Reads.item("items: [{id: a, command: x, expect: " + written + "}]")
                .expect();
        assertThat(expect.exitCodes().stream().sorted().map(String::valueOf).toList())
                .isEqualTo(codes == null ? List.of() : List.of(codes.split(",")));
        assertThat(expect.metric().map(Expect.Comparison::toString)).isEqualTo(Optional.ofNullable(comparison));
    }

    @Test
    void everyReasonCanBeTriedAgain() {
        for (ItemReason reason : ItemReason.values()) {
            ReadResult reading =
                    Reads.yaml("items: [{id: a, command: x, retries: {max: 1, on: [" + reason.word() + "]}}]");
            assertThat(reading.plan().isPresent()).as(reason.word()).isEqualTo(reason != ItemReason.OK);
        }
    }

    @Test
    void scriptIsTheFileAsItIsNow(@TempDir Path folder) throws IOException {
        Files.writeString(folder.resolve("train.py"), "#!/usr/bin/env python3\r\nprint('{seed}')\r\n");
        Path file = Files.writeString(folder.resolve("run.yaml"), """
                items:
                  - {id: a, script: train.py, matrix: {seed: [1]}}
                  - {id: b, script: "#!/bin/sh\\necho hi"}
                  - id: c
                    script: |
                      echo one
                      echo two
                """);
        Plan plan = Reads.accepted(RunFiles.read(file, Reads.AROUND));
        assertThat(plan.items().stream().map(PlanItem::script))
                .containsExactly(
                        "#!/usr/bin/env python3\nprint('{seed}')\n", "#!/bin/sh\necho hi", "echo one\necho two\n");
    }

    @Test
    void scriptBesideTheRunFileComesBeforeOneInTheCurrentDirectory(@TempDir Path folder) throws IOException {
        Path runs = Files.createDirectories(folder.resolve("runs"));
        Files.writeString(runs.resolve("both.sh"), "beside\n");
        Files.writeString(folder.resolve("both.sh"), "current\n");
        Files.writeString(folder.resolve("one.sh"), "current\n");
        Files.writeString(runs.resolve("run.yaml"), "items: [{id: a, script: both.sh}, {id: b, script: one.sh}]");
        ReadContext around = new ReadContext(folder, folder, file -> "local");
        Plan plan = Reads.accepted(
                RunFiles.read(Path.of("runs/run.yaml").isAbsolute() ? runs : runs.resolve("run.yaml"), around));
        assertThat(plan.items().stream().map(PlanItem::script)).containsExactly("beside\n", "current\n");
    }

    @Test
    void scriptThatIsNoTextIsAProblem(@TempDir Path folder) throws IOException {
        Files.write(folder.resolve("a.out"), new byte[] {0x7f, 'E', 'L', 'F', 0});
        Files.write(folder.resolve("latin"), new byte[] {'x', (byte) 0xe9});
        Files.writeString(folder.resolve("empty.sh"), "\n");
        Files.write(folder.resolve("huge.sh"), new byte[(int) Scripts.BYTES_MAX + 1]);
        Path file = Files.writeString(
                folder.resolve("r.yaml"),
                "items:\n- {id: a, script: a.out}\n- {id: b, script: latin}\n- {id: c, script: empty.sh}\n"
                        + "- {id: d, script: huge.sh}\n- {id: e, script: .}\n");
        assertThat(RunFiles.read(file, Reads.AROUND).problems().stream().map(Problem::message))
                .containsExactly(
                        "\"a.out\" is no text",
                        "\"latin\" is not UTF-8 text",
                        "\"empty.sh\" is empty",
                        "\"huge.sh\" is larger than 4M",
                        "\".\" is a folder");
    }

    @Test
    void largeRunIsReadWithoutQuadraticWork() {
        StringBuilder text = new StringBuilder("items:\n");
        for (int i = 0; i < 50_000; i++) {
            text.append("- {id: i").append(i).append(", command: x, deps: ['start*']}\n");
        }
        text.append("- {id: start, command: x}\n- {id: end, command: x, deps: ['i*']}\n");
        Plan plan = Reads.plan(text.toString());
        assertThat(plan.items()).hasSize(50_002);
        assertThat(plan.items().get(50_001).deps()).hasSize(50_000);
        // One list of matches serves all items that use the same pattern.
        assertThat(plan.items().get(0).deps()).isSameAs(plan.items().get(49_999).deps());
    }

    @ParameterizedTest
    @ValueSource(strings = {"[]", "{}", "", "~", "{items: }", "{items: {}}", "{items: [[]]}", "5", "[1, [2]]", "- - -"})
    void documentsThatAreNoRunFileAreRefusedNotCrashedOn(String text) {
        assertThat(Reads.yaml(text).problems()).isNotEmpty();
    }
}
