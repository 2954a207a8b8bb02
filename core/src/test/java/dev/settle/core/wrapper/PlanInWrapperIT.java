package dev.settle.core.wrapper;

import static org.assertj.core.api.Assertions.assertThat;

import dev.settle.core.model.Plan;
import dev.settle.core.model.PlanItem;
import dev.settle.core.runfile.CommandLine;
import dev.settle.core.runfile.ReadContext;
import dev.settle.core.runfile.ReadResult;
import dev.settle.core.runfile.RunFiles;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the plan makes of environment rules, sbatch scripts and command lines does in a shell what it says. */
final class PlanInWrapperIT {
    @TempDir
    Path dir;

    private WrapperFixture job;
    private ReadContext around;

    @BeforeEach
    void freshJob() {
        job = new WrapperFixture(dir);
        around = new ReadContext(
                dir, dir, file -> file.map(Plan.BackendName::word).orElse("local"));
    }

    private Plan plan(String text, String name) {
        ReadResult reading = RunFiles.read(text, name, around);
        assertThat(reading.problems()).isEmpty();
        return reading.plan().orElseThrow();
    }

    /** Runs an item as a driver does, and returns what it printed. */
    private String output(PlanItem item) throws Exception {
        job.env.putAll(item.env());
        job.env.put("SETTLE_RUN_ID", "k3v9q2m7");
        job.env.put("SETTLE_RESULT", dir.resolve("run/items/a/1.result").toString());
        job.setup = item.setup().orElse("");
        assertThat(job.run(item.script())).as("stderr: %s", job.err()).isZero();
        return job.out();
    }

    private String outputOfTask(String env, String command) throws Exception {
        return output(plan("tasks: [{id: a, name: a, env: " + env + ", command: '" + command + "'}]", "nightly.yaml")
                .items()
                .get(0));
    }

    @Test
    void taskSeesWhatTheRulesSet() throws Exception {
        job.outer.put("OUTER", "from outside");
        assertThat(outputOfTask(
                        "[{set: {A: \"x \\\"y\\\"\", B: \"${A}/${SCRIPTHUT_RUN_ID}\", C: \"${OUTER}\", D: \"$OUTER\"}},"
                                + " {append: {PATH: /opt/one}}, {append: {PATH: /opt/two}},"
                                + " {if: {SCRIPTHUT_BACKEND: local}, set: {E: \"here\"}},"
                                + " {if: {SCRIPTHUT_BACKEND: slurm}, set: {E: \"there\"}}]",
                        "echo \"$A|$B|$C|$D|$E|${PATH##*:/opt/}|$SCRIPTHUT_WORKFLOW|$(basename $SCRIPTHUT_OUTPUT_DIR)\";"
                                + " ls -d \"$SCRIPTHUT_OUTPUT_DIR\" > /dev/null"))
                .isEqualTo("x \"y\"|x \"y\"/k3v9q2m7|from outside|from outside|here|two|nightly|outputs\n");
    }

    @Test
    void initRunsBeforeTheExportsSoThatTheyWin() throws Exception {
        assertThat(outputOfTask(
                        "[{set: {MODULE: \"${HOME_OF_MODULE}/lib\", V: mine}},"
                                + " {init: \"export HOME_OF_MODULE=/m V=module\\ngreet() { echo hello; }\"}]",
                        "echo $MODULE $V; greet"))
                .isEqualTo("/m/lib mine\nhello\n");
    }

    @Test
    void taskRunsInBashAndAFailureInAPipeIsAFailure() throws Exception {
        PlanItem item = plan("tasks: [{id: a, name: a, command: '[[ x == x ]] && false | cat'}]", "t.yaml")
                .items()
                .get(0);
        job.env.put("SETTLE_RESULT", dir.resolve("r").toString());
        job.setup = item.setup().orElse("");
        assertThat(job.run(item.script())).isEqualTo(1 << 8);
    }

    @Test
    void literalVariablesAmongRulesStayLiteral() throws Exception {
        PlanItem item = plan(
                        "env: [{set: {A: a}}]\nitems: [{id: a, env: {B: '$A `x` \"q\" \\ ${A}'}, command: 'echo \"$B\"'}]",
                        "t.yaml")
                .items()
                .get(0);
        assertThat(output(item)).isEqualTo("$A `x` \"q\" \\ ${A}\n");
    }

    @Test
    void commandLineArrivesWordForWord() throws Exception {
        List<String> words = List.of(
                "printf",
                "<%s>",
                "",
                "a b",
                "it's",
                "\"q\"",
                "$HOME",
                "`id`",
                "a\\b",
                "*",
                "~",
                "tab\there",
                "new\nline",
                "-n",
                "größe",
                "a=b",
                "#c",
                ";",
                "&&",
                "!x",
                "{a,b}");
        PlanItem item = new CommandLine(words, Map.of(), List.of("E=x y"))
                .read(around)
                .plan()
                .orElseThrow()
                .items()
                .get(0);
        StringBuilder expected = new StringBuilder();
        words.subList(2, words.size())
                .forEach(word -> expected.append('<').append(word).append('>'));
        output(item);
        assertThat(Files.readString(job.stdout())).isEqualTo(expected.toString());
        assertThat(item.env()).isEqualTo(Map.of("E", "x y"));
    }

    @Test
    void programNameThatLooksLikeAnAssignmentIsAProgram() throws Exception {
        Path program = Files.writeString(dir.resolve("a=b"), "#!/bin/sh\necho ran\n");
        assertThat(program.toFile().setExecutable(true)).isTrue();
        job.outer.put("PATH", dir + ":" + System.getenv("PATH"));
        assertThat(output(new CommandLine(List.of("a=b"), Map.of(), List.of())
                        .read(around)
                        .plan()
                        .orElseThrow()
                        .items()
                        .get(0)))
                .isEqualTo("ran\n");
    }

    @Test
    void scriptOfAnArraySeesItsOwnIndex() throws Exception {
        Plan plan = plan("""
                #!/bin/sh
                #SBATCH --array=10,20-30:5%2
                echo "$SLURM_ARRAY_TASK_ID of $SLURM_ARRAY_TASK_COUNT, $SLURM_ARRAY_TASK_MIN to $SLURM_ARRAY_TASK_MAX,"
                echo "$SLURM_ARRAY_JOB_ID $SLURM_SUBMIT_DIR"
                """, "job.sh");
        // Only inside Slurm does an array have its own (JobWrapper).
        job.outer.put("SLURM_ARRAY_TASK_ID", "0");
        assertThat(output(plan.items().get(2))).isEqualTo("25 of 4, 10 to 30,\nk3v9q2m7 " + dir + "\n");
    }

    @Test
    void outputGetsTheNameThatOnlyTheJobKnows() throws Exception {
        PlanItem item = plan("#!/bin/sh\n#SBATCH -J sim -o 'log %x-%j.out'\necho hi\n", "job.sh")
                .items()
                .get(0);
        job.outer.put("SLURM_JOB_ID", "4711");
        assertThat(output(item)).isEqualTo("hi\n");
        assertThat(Files.readString(dir.resolve("log sim-4711.out"))).isEqualTo("hi\n");
    }

    @Test
    void outputOutsideSlurmHasNoFurtherName() throws Exception {
        PlanItem item = plan("#!/bin/sh\n#SBATCH -o x-%j.out\necho hi\n", "job.sh")
                .items()
                .get(0);
        assertThat(output(item)).isEqualTo("hi\n");
        assertThat(dir.resolve("x-.out")).doesNotExist();
    }
}
