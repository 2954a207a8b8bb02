package dev.settle.core.runfile;

import static org.assertj.core.api.Assertions.assertThat;

import dev.settle.core.model.Plan;
import dev.settle.core.model.PlanItem;
import dev.settle.core.runfile.tree.Problem;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Environment rules as scripthut documents them; EnvironmentRulesIT runs what comes out here. */
final class EnvironmentsTest {
    private static final String FILES = """
            export SCRIPTHUT_OUTPUT_DIR="${SETTLE_RESULT%/*}/outputs"
            export SCRIPTHUT_TASK_SUMMARY="$SCRIPTHUT_OUTPUT_DIR/task-summary.md"
            export SCRIPTHUT_RUN_SUMMARY="$SCRIPTHUT_OUTPUT_DIR/run-summary.md"
            mkdir -p "$SCRIPTHUT_OUTPUT_DIR" 2>/dev/null || :
            """;
    private static final String SEED = """
            export SCRIPTHUT_BACKEND="local"
            export SCRIPTHUT_WORKFLOW="run"
            export SCRIPTHUT_RUN_ID="${SETTLE_RUN_ID}"
            """ + FILES;
    private static final String BASH = "#!/usr/bin/env bash\nset -o pipefail\n";

    /** The exports that a list of rules comes to, without what is always there. */
    private static String exports(String rules) {
        PlanItem item = Reads.item("items: [{id: a, command: run, env: " + rules + "}]");
        assertThat(item.env()).isEmpty();
        String setup = item.setup().orElseThrow();
        assertThat(setup).startsWith(SEED);
        assertThat(item.script()).endsWith("run");
        return setup.substring(SEED.length())
                + item.script().substring(BASH.length(), item.script().length() - "run".length());
    }

    @Test
    void setWritesAndLaterRulesWin() {
        assertThat(exports("[{set: {A: 1, B: two words}}, {set: {A: 2}}]"))
                .isEqualTo("export A=\"2\"\nexport B=\"two words\"\n");
    }

    @Test
    void namesAreReplacedByWhatEarlierRulesSet() {
        assertThat(exports("[{set: {A: x}}, {set: {B: \"${A}/${SCRIPTHUT_RUN_ID}/${SCRIPTHUT_WORKFLOW}\"}}]"))
                .isEqualTo("export A=\"x\"\nexport B=\"x/${SETTLE_RUN_ID}/run\"\n");
    }

    @Test
    void namesThatNoRuleSetAreLeftToTheShell() {
        assertThat(exports("[{set: {A: \"/scratch/${USER}/$LOGNAME/$(id -u)\"}}]"))
                .isEqualTo("export A=\"/scratch/${USER}/$LOGNAME/$(id -u)\"\n");
    }

    @Test
    void appendJoinsWithAColonAndKeepsWhatTheJobHas() {
        assertThat(exports("[{append: {PATH: /opt/bin}}, {append: {PATH: /opt/cuda/bin}}]"))
                .isEqualTo("export PATH=\"${PATH:+${PATH}:}/opt/bin:/opt/cuda/bin\"\n");
        assertThat(exports("[{set: {P: a}}, {append: {P: b}}, {set: {Q: ''}}, {append: {Q: c}}]"))
                .isEqualTo("export P=\"a:b\"\nexport Q=\"c\"\n");
    }

    @Test
    void initRunsInBashBeforeTheExports() {
        assertThat(Reads.item("""
                items:
                  - id: a
                    command: run
                    env: [{set: {A: x}}, {init: "module load ${A}"}, {init: "source act"}]
                """).script()).isEqualTo(BASH + "module load x\nsource act\nexport A=\"x\"\nrun");
    }

    @Test
    void ruleHoldsWhereEveryVariableHasOneOfItsValues() {
        assertThat(exports("[{if: {SCRIPTHUT_BACKEND: local}, set: {A: 1}}]")).isEqualTo("export A=\"1\"\n");
        assertThat(exports("[{if: {SCRIPTHUT_BACKEND: [slurm, local]}, set: {A: 1}}]"))
                .isEqualTo("export A=\"1\"\n");
        assertThat(exports("[{if: {SCRIPTHUT_BACKEND: slurm}, set: {A: 1}}]")).isEmpty();
        assertThat(exports("[{set: {G: 1}}, {if: {SCRIPTHUT_BACKEND: local, G: \"1\"}, set: {A: 1}}]"))
                .isEqualTo("export G=\"1\"\nexport A=\"1\"\n");
        assertThat(exports("[{set: {G: 1}}, {if: {SCRIPTHUT_BACKEND: local, G: \"2\"}, set: {A: 1}}]"))
                .isEqualTo("export G=\"1\"\n");
        assertThat(exports("[{if: {ABSENT: ''}, set: {A: 1}}]")).isEmpty();
    }

    @Test
    void backendOfTheFileDecidesRules() {
        Plan plan = Reads.plan("""
                backend: slurm
                tasks: [{id: a, name: a, command: run, env: [{if: {SCRIPTHUT_BACKEND: slurm}, set: {A: 1}}]}]
                """);
        assertThat(plan.items().get(0).setup().orElseThrow())
                .startsWith("export SCRIPTHUT_BACKEND=\"slurm\"\n")
                .endsWith("export A=\"1\"\n");
    }

    @Test
    void includeBringsInAGroupBeforeWhatItsOwnRuleSets() {
        Plan plan = Reads.plan("""
                env_groups:
                  gpu: [{set: {G: "1"}}, {include: [more]}]
                  more: [{if: {G: "1"}, append: {P: x}}]
                env: [{include: [gpu], set: {H: "${G}"}}]
                tasks: [{id: a, name: a, command: run, env: [{set: {T: "${H}"}}]}]
                """);
        assertThat(plan.items().get(0).setup().orElseThrow())
                .endsWith("export G=\"1\"\nexport P=\"${P:+${P}:}x\"\nexport H=\"1\"\nexport T=\"1\"\n");
    }

    @Test
    void guardOfAnIncludeGuardsAllThatIsIncluded() {
        String groups = "env_groups: {g: [{if: {A: '1'}, set: {B: '1'}}, {set: {C: '1'}}]}\n";
        assertThat(setup(groups + "tasks: [{id: a, name: a, command: run, "
                        + "env: [{set: {A: 1}}, {if: {SCRIPTHUT_BACKEND: local}, include: [g]}]}]"))
                .endsWith("export A=\"1\"\nexport B=\"1\"\nexport C=\"1\"\n");
        assertThat(setup(groups + "tasks: [{id: a, name: a, command: run, "
                        + "env: [{set: {A: 1}}, {if: {SCRIPTHUT_BACKEND: slurm}, include: [g]}]}]"))
                .endsWith("export A=\"1\"\n");
    }

    @Test
    void groupThatIsNotThereIsAWarningAndNothingMore() {
        ReadResult reading = Reads.yaml("tasks: [{id: a, name: a, command: run, env: [{include: [python-booth]}]}]");
        assertThat(Reads.accepted(reading).items().get(0).setup()).contains(SEED);
        assertThat(reading.warnings().stream().map(Problem::message))
                .containsExactly("there is no group \"python-booth\", so nothing is included");
    }

    @Test
    void protectedVariablesArePassedOverWithAWarning() {
        ReadResult reading = Reads.yaml(
                "tasks: [{id: a, name: a, command: run, env: [{set: {SCRIPTHUT_RUN_ID: x}, append: {SCRIPTHUT_X: y}}]}]");
        assertThat(Reads.accepted(reading).items().get(0).setup()).contains(SEED);
        assertThat(reading.warnings()).hasSize(2);
    }

    @Test
    void rulesOfDocumentDefaultsAndItemAreReadInThisOrder() {
        assertThat(setup("""
                env: [{set: {A: run, B: run, C: run}}]
                defaults: {env: [{set: {B: defaults, C: defaults}}]}
                items: [{id: a, command: run, env: [{set: {C: item}}]}]
                """)).endsWith("export A=\"run\"\nexport B=\"defaults\"\nexport C=\"item\"\n");
    }

    @Test
    void mapsAmongRulesStayLiteral() {
        assertThat(setup("""
                env: [{set: {A: "$X"}}]
                items: [{id: a, command: run, env: {B: "$X ${A} `c` \\\\ \\""}}]
                """)).endsWith("export A=\"$X\"\nexport B=\"\\$X \\${A} \\`c\\` \\\\ \\\"\"\n");
    }

    @Test
    void quotesInAValueAreItsOwn() {
        assertThat(exports("[{set: {A: 'say \"hi\"', B: 'say \\\"hi\\\"', C: 'back\\'}}]"))
                .isEqualTo("export A=\"say \\\"hi\\\"\"\nexport B=\"say \\\"hi\\\"\"\nexport C=\"back\\\\\"\n");
    }

    @Test
    void mapsAloneStayAMap() {
        PlanItem item = Reads.item("env: {A: '$X'}\nitems: [{id: a, command: run, env: {B: y}}]");
        assertThat(item.env()).isEqualTo(Map.of("A", "$X", "B", "y"));
        assertThat(item.script()).isEqualTo("run");
    }

    @Test
    void tasksRunInBashWithPipefail() {
        PlanItem item = Reads.item("tasks: [{id: a, name: A, command: 'x | y'}]");
        assertThat(item.script()).isEqualTo(BASH + "x | y");
        assertThat(item.setup()).contains(SEED);
    }

    @Test
    void bareListIsOfTasksWhereEveryItemHasAName() {
        assertThat(Reads.item("[{id: a, name: A, command: x}]").script()).isEqualTo(BASH + "x");
        assertThat(Reads.plan("[{id: a, name: A, command: x}, {id: b, command: x}]")
                        .items()
                        .get(0)
                        .script())
                .isEqualTo("x");
        assertThat(Reads.item("items: [{id: a, name: A, command: x}]").script()).isEqualTo("x");
    }

    @Test
    void scriptThatAsksForScripthutsVariablesGetsThem() {
        assertThat(Reads.item("[{id: a, command: 'echo $SCRIPTHUT_RUN_ID'}]").script())
                .isEqualTo(BASH + "echo $SCRIPTHUT_RUN_ID");
    }

    @Test
    void scriptUnderAnotherInterpreterGetsThePrologueBeforeIt() {
        PlanItem item = Reads.item(
                "items: [{id: a, script: \"#!/usr/bin/python3\\nprint()\", setup: own, env: [{init: i, set: {A: 1}}]}]");
        assertThat(item.script()).isEqualTo("#!/usr/bin/python3\nprint()");
        assertThat(item.setup()).contains(SEED + "i\nexport A=\"1\"\n\nown");
    }

    @Test
    void timeOfCreationIsAskedForOnlyWhereItIsUsed() {
        assertThat(Reads.item("tasks: [{id: a, name: A, command: 'echo $SCRIPTHUT_CREATED_AT'}]")
                        .setup()
                        .orElseThrow())
                .contains("export SCRIPTHUT_CREATED_AT=\"$(date -u ");
    }

    @Test
    void groupsThatIncludeEachOtherManyTimesOverAreRefusedSoon() {
        StringBuilder groups = new StringBuilder("env_groups:\n");
        for (int i = 0; i < 15; i++) {
            groups.append("  g").append(i).append(": [").append("{include: [g").append(i + 1);
            groups.append(", g").append(i + 1).append(", g").append(i + 1).append("]}]\n");
        }
        groups.append("  g15: [{set: {A: 1}}]\n");
        ReadResult reading = Reads.yaml(groups + "tasks: [{id: a, name: a, command: x, env: [{include: [g0]}]}]");
        assertThat(reading.problems().stream().map(Problem::message))
                .contains("more than 10000 rules after all includes");
        StringBuilder chain = new StringBuilder("env_groups:\n");
        for (int i = 0; i < 2_000; i++) {
            chain.append("  g")
                    .append(i)
                    .append(": [{include: [g")
                    .append(i + 1)
                    .append("]}]\n");
        }
        assertThat(Reads.yaml(chain + "tasks: [{id: a, name: a, command: x, env: [{include: [g0]}]}]")
                        .problems())
                .isNotEmpty();
    }

    @Test
    void itemsThatAreAlikeShareTheirTexts() {
        List<PlanItem> items = Reads.plan("""
                defaults: {env: {A: "1"}}
                items: [{id: a, command: x}, {id: b, command: x}]
                """).items();
        assertThat(items.get(0).env()).isSameAs(items.get(1).env());
        List<PlanItem> tasks = Reads.plan("tasks: [{id: a, name: A, command: x}, {id: b, name: B, command: y}]")
                .items();
        assertThat(tasks.get(0).setup().orElseThrow())
                .isSameAs(tasks.get(1).setup().orElseThrow());
    }

    private static String setup(String text) {
        return Reads.plan(text).items().get(0).setup().orElseThrow();
    }
}
