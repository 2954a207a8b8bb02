package dev.settle.core.runfile;

import static org.assertj.core.api.Assertions.assertThat;

import dev.settle.core.journal.PlanCodec;
import dev.settle.core.model.Plan;
import dev.settle.core.model.PlanItem;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

final class MatrixTest {
    private static List<String> scripts(String text) {
        return Reads.plan(text).items().stream().map(PlanItem::script).toList();
    }

    @Test
    void matrixIsTheProductOfItsListsTheLastNameVaryingFastest() {
        Plan plan = Reads.plan("""
                items:
                  - id: train
                    matrix: {lr: [0.1, 0.01], seed: [1, 2, 3]}
                    command: python train.py --lr {lr} --seed {seed}
                """);
        assertThat(Reads.ids(plan))
                .containsExactly(
                        "train[lr=0.1,seed=1]",
                        "train[lr=0.1,seed=2]",
                        "train[lr=0.1,seed=3]",
                        "train[lr=0.01,seed=1]",
                        "train[lr=0.01,seed=2]",
                        "train[lr=0.01,seed=3]");
        assertThat(plan.items().get(5).script()).isEqualTo("python train.py --lr 0.01 --seed 3");
    }

    @Test
    void valuesStayAsTheyAreWritten() {
        assertThat(scripts("""
                items:
                  - id: a
                    matrix: {v: [1e-3, 0.10, 007, 1_000, true, yes, ~x, 1:30, "", 0x1F]}
                    command: run '{v}'
                """))
                .containsExactly(
                        "run '1e-3'",
                        "run '0.10'",
                        "run '007'",
                        "run '1_000'",
                        "run 'true'",
                        "run 'yes'",
                        "run '~x'",
                        "run '1:30'",
                        "run ''",
                        "run '0x1F'");
    }

    @Test
    void everyTextOfTheItemTakesTheValues() {
        PlanItem item = Reads.item("""
                defaults: {constraint: "c{n}", setup: "load {n}"}
                items:
                  - id: a
                    name: item {n}
                    matrix: {n: [4]}
                    command: run {n}
                    working_dir: dir/{n}
                    env: {N: "{n}"}
                    cpus: "{n}"
                    memory: "{n}G"
                    gpus: "{n}"
                    gres: gpu:{n}
                    time_limit: "{n}h"
                    partition: p{n}
                    account: a{n}
                    qos: q{n}
                    extra: ["--nodes={n}"]
                    timeout: "{n}m"
                    retries: "{n}"
                    generates_source: next-{n}.json
                    output: out-{n}
                    error: err-{n}
                    expect: "{n}"
                """);
        assertThat(item.toString()).doesNotContain("{n}");
        assertThat(PlanCodec.toJson(Plan.of("x", List.of(item)))).isEqualTo("""
                {"schema":"settle.plan/1","name":"x","on_exhausted":"interrupt","items":[
                {"id":"a[n=4]","name":"item 4","script":"run 4","working_dir":"dir/4","env":{"N":"4"},"setup":"load 4",\
                "cpus":4,"memory_bytes":4294967296,"gpus":4,"gres":"gpu:4","time_limit_s":14400,"partition":"p4",\
                "account":"a4","qos":"q4","constraint":"c4","extra":["--nodes=4"],"timeout_s":240,\
                "retries":{"max":4,"on":[],"delay_s":0},"generates_source":"next-4.json","output":"out-4",\
                "error":"err-4","expect":{"exit_codes":[4]}}
                ]}
                """);
    }

    @Test
    void onlyDeclaredNamesAreReplaced() {
        assertThat(scripts("""
                items:
                  - id: a
                    matrix: {seed: [1]}
                    command: "{seed} ${seed} {} {a,b} {Seed} { seed } {{seed}} $x{seed} {seed awk '{print}' {seed"
                """))
                .containsExactly("1 ${seed} {} {a,b} {Seed} { seed } {1} $x1 {seed awk '{print}' {seed");
    }

    @Test
    void withoutAMatrixBracesStay() {
        assertThat(Reads.item("items: [{id: a, command: 'echo {lr}'}]").script())
                .isEqualTo("echo {lr}");
    }

    @Test
    void idThatNamesTheValuesIsTakenAsItIs() {
        assertThat(Reads.ids(Reads.plan("""
                items: [{id: "train-{seed}", command: x, matrix: {seed: [1, 2]}}]
                """))).containsExactly("train-1", "train-2");
    }

    @Test
    void signsThatAnIdCannotHoldBecomeUnderscores() {
        assertThat(Reads.ids(Reads.plan("""
                items: [{id: a, command: x, matrix: {path: [data/x.csv, "b c", "größe", "[x],y=1"]}}]
                """)))
                .containsExactly("a[path=data_x.csv]", "a[path=b_c]", "a[path=gr__e]", "a[path=_x__y_1]");
    }

    /** The example of GitHub's documentation, "Expanding or adding matrix configurations". */
    @Test
    void includeIsWhatGitHubActionsDocuments() {
        Plan plan = Reads.plan("""
                items:
                  - id: job
                    matrix:
                      fruit: [apple, pear]
                      animal: [cat, dog]
                      include:
                        - color: green
                        - color: pink
                          animal: cat
                        - fruit: apple
                          shape: circle
                        - fruit: banana
                        - fruit: banana
                          animal: cat
                    command: "fruit={fruit} animal={animal} color={color} shape={shape}"
                """);
        assertThat(plan.items().stream().map(PlanItem::script))
                .containsExactly(
                        "fruit=apple animal=cat color=pink shape=circle",
                        "fruit=apple animal=dog color=green shape=circle",
                        "fruit=pear animal=cat color=pink shape=",
                        "fruit=pear animal=dog color=green shape=",
                        "fruit=banana animal= color= shape=",
                        "fruit=banana animal=cat color= shape=");
        assertThat(Reads.ids(plan))
                .containsExactly(
                        "job[fruit=apple,animal=cat]",
                        "job[fruit=apple,animal=dog]",
                        "job[fruit=pear,animal=cat]",
                        "job[fruit=pear,animal=dog]",
                        "job[fruit=banana]",
                        "job[fruit=banana,animal=cat]");
    }

    /** "Expanding configurations": an include that fits one combination adds to it. */
    @Test
    void includeAddsToTheCombinationItFits() {
        assertThat(scripts("""
                items:
                  - id: job
                    matrix:
                      os: [windows, ubuntu]
                      node: [14, 16]
                      include: [{os: windows, node: 16, npm: 6}]
                    command: "{os} {node} {npm}"
                """)).containsExactly("windows 14 ", "windows 16 6", "ubuntu 14 ", "ubuntu 16 ");
    }

    /** "Adding configurations": an include that fits none is a combination of its own. */
    @Test
    void includeThatFitsNoCombinationIsOneOfItsOwn() {
        assertThat(scripts("""
                items:
                  - id: job
                    matrix:
                      os: [mac, windows, ubuntu]
                      version: [12, 14, 16]
                      include: [{os: windows, version: 17}]
                    command: "{os} {version}"
                """)).hasSize(10).endsWith("windows 17");
    }

    @Test
    void includesAloneAreTheCombinations() {
        Plan plan = Reads.plan("""
                items:
                  - id: job
                    matrix:
                      include: [{site: production, dc: a}, {site: staging, dc: b}]
                    command: "{site} {dc}"
                """);
        assertThat(Reads.ids(plan)).containsExactly("job[site=production,dc=a]", "job[site=staging,dc=b]");
    }

    /** "Excluding matrix configurations": a partial match excludes. */
    @Test
    void excludeTakesOutEveryCombinationThatHasAllItsValues() {
        assertThat(scripts("""
                items:
                  - id: job
                    matrix:
                      os: [mac, windows]
                      version: [12, 14, 16]
                      environment: [staging, production]
                      exclude:
                        - {os: mac, version: 12, environment: production}
                        - {os: windows, version: 16}
                    command: "{os} {version} {environment}"
                """))
                .hasSize(9)
                .doesNotContain("mac 12 production", "windows 16 staging", "windows 16 production");
    }

    /** GitHub: "All include combinations are processed after exclude." */
    @Test
    void includeCanBringBackWhatWasExcluded() {
        assertThat(scripts("""
                items:
                  - id: job
                    matrix:
                      v: [1, 2]
                      exclude: [{v: 2}]
                      include: [{v: 2}]
                    command: "{v}"
                """)).containsExactly("1", "2");
    }

    @Test
    void excludeOfANameThatTheMatrixDoesNotHaveTakesOutNothing() {
        assertThat(scripts("""
                items: [{id: a, command: "{v}", matrix: {v: [1, 2], exclude: [{w: 1}]}}]
                """)).hasSize(2);
    }

    @Test
    void includeAndExcludeMayBeEmptyOrNothing() {
        assertThat(scripts("""
                items: [{id: a, command: "{v}", matrix: {v: [1, 2], exclude: null, include: []}}]
                """)).hasSize(2);
    }

    @Test
    void valuesThatLookAlikeInIdsKeepIdsOfTheirOwnWhateverTheirOrder() {
        List<String> ids = ids("[\"x/y\", \"x y\", x_y, z]");
        assertThat(ids).hasSize(4).doesNotHaveDuplicates().contains("a[v=x_y]", "a[v=z]");
        assertThat(ids("[x_y, \"x y\", z, \"x/y\"]")).containsExactlyInAnyOrderElementsOf(ids);
    }

    @Test
    void longValuesAreCutInIds() {
        String prompt = "Write an essay ".repeat(40);
        assertThat(ids("[\"" + prompt + "1\", \"" + prompt + "2\"]"))
                .hasSize(2)
                .doesNotHaveDuplicates()
                .allSatisfy(
                        id -> assertThat(id).startsWith("a[v=Write_an_essay_").hasSizeLessThan(100));
    }

    @Test
    @Timeout(20)
    void manyValuesThatIdsCannotHoldAreReadAtOnce() {
        String values =
                IntStream.range(0, 20_000).mapToObj(i -> "\"a b/" + i + "\"").collect(Collectors.joining(","));
        assertThat(ids("[" + values + "]")).hasSize(20_000).contains("a[v=a_b_19999]");
    }

    @Test
    void manyIncludesAddToCombinationsInsteadOfMultiplyingThem() {
        String values = IntStream.range(0, 100).mapToObj(Integer::toString).collect(Collectors.joining(","));
        String includes =
                IntStream.range(0, 200).mapToObj(i -> "{v: " + i + ", more: m}").collect(Collectors.joining(","));
        assertThat(Reads.plan("items: [{id: a, command: x, matrix: {v: [" + values + "], w: [" + values
                                + "], include: [" + includes + "]}}]")
                        .items())
                .hasSize(100 * 100 + 100);
    }

    private static List<String> ids(String values) {
        return Reads.ids(Reads.plan("items: [{id: a, command: x, matrix: {v: " + values + "}}]"));
    }

    @Test
    void idOfAMatrixMeansAllItsItems() {
        Plan plan = Reads.plan("""
                items:
                  - {id: train, command: x, matrix: {seed: [1, 2]}}
                  - {id: report, command: x, deps: [train]}
                  - {id: eval, command: x, matrix: {seed: [1, 2]}, deps: ["train[seed={seed}]"]}
                """);
        assertThat(Reads.deps(plan, "report")).containsExactly("train[seed=1]", "train[seed=2]");
        assertThat(Reads.deps(plan, "eval[seed=2]")).containsExactly("train[seed=2]");
    }
}
