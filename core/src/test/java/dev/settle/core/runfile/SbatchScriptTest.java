package dev.settle.core.runfile;

import static org.assertj.core.api.Assertions.assertThat;

import dev.settle.core.journal.PlanCodec;
import dev.settle.core.model.Plan;
import dev.settle.core.model.PlanItem;
import dev.settle.core.model.Resources;
import dev.settle.core.model.SbatchJob;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class SbatchScriptTest {
    private static Plan plan(String text) {
        return Reads.accepted(RunFiles.read(text, "dir/job.sh", Reads.AROUND));
    }

    private static PlanItem item(String... options) {
        return plan("#!/bin/sh\n#SBATCH " + String.join("\n#SBATCH ", options) + "\nhostname\n")
                .items()
                .get(0);
    }

    @Test
    void optionsWithAKeyOfOursAreReadIntoIt() {
        String text = """
                #!/bin/bash -l
                # a comment
                #SBATCH --job-name=sim
                #SBATCH -p gpu -A chem --qos high

                #SBATCH --time 1-02:03:04
                #SBATCH --mem=4GB --cpus-per-task=8   # what it needs
                #SBATCH --gres=gpu:v100:2 -G 2
                #SBATCH -C "haswell&gpu"
                #SBATCH --chdir=/scratch/x
                #SBATCH --output=out.log
                ##SBATCH --partition=off
                # SBATCH --partition=off
                hostname
                #SBATCH --partition=late
                """;
        Plan plan = plan(text);
        assertThat(plan.name()).isEqualTo("sim");
        assertThat(plan.backend()).isEmpty();
        PlanItem item = plan.items().get(0);
        assertThat(item.id().value()).isEqualTo("sim");
        assertThat(item.script()).isEqualTo(text);
        Resources wanted = item.resources();
        assertThat(wanted.partition()).contains("gpu");
        assertThat(wanted.account()).contains("chem");
        assertThat(wanted.qos()).contains("high");
        assertThat(wanted.timeLimit()).contains(Duration.ofSeconds(93_784));
        assertThat(wanted.memoryBytes()).hasValue(4L << 30);
        assertThat(wanted.cpus()).hasValue(8);
        assertThat(wanted.gpus()).hasValue(2);
        assertThat(wanted.gres()).contains("gpu:v100:2");
        assertThat(wanted.constraint()).contains("haswell&gpu");
        assertThat(wanted.extra()).isEmpty();
        assertThat(item.workingDir()).contains("/scratch/x");
        assertThat(item.output()).contains("out.log");
        // sbatch writes stderr to the output where there is no --error.
        assertThat(item.error()).contains("out.log");
        assertThat(item.env())
                .containsOnlyKeys("SLURM_SUBMIT_DIR", "SLURM_JOB_NAME")
                .containsEntry("SLURM_SUBMIT_DIR", "/nowhere/dir");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "--nodes=2 | --nodes=2",
                "-N 2 | --nodes=2",
                "-N2 | --nodes=2",
                "-n 4 --ntasks-per-node 2 | --ntasks=4 --ntasks-per-node=2",
                "--exclusive | --exclusive",
                "--exclusive=user | --exclusive=user",
                "--requeue --mail-type=END,FAIL | --requeue --mail-type=END,FAIL",
                "-H | --hold",
                "--signal=B:TERM@60 | --signal=B:TERM@60",
                "-d afterok:12:13 | --dependency=afterok:12:13",
                "-t UNLIMITED | --time=UNLIMITED",
                "--time=0 | --time=0",
                "--mem=0 | --mem=0",
                "--gpus=v100:2 | --gpus=v100:2",
                "--mem-per-cpu=2G | --mem-per-cpu=2G",
                "--comment=\"two words\" | --comment=two words",
                "--unheard-of 5 | --unheard-of=5",
                "--parsable -Q --wait --verbose | ",
            })
    void otherOptionsGoToSbatchAsTheyAre(String options, String extra) {
        assertThat(String.join(" ", item(options).resources().extra())).isEqualTo(extra == null ? "" : extra);
    }

    @Test
    void laterOptionWins() {
        assertThat(item("--partition=a", "-p b").resources().partition()).contains("b");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "0-3 | 0 1 2 3 | 1",
                "1,3,5-7 | 1 3 5 6 7 | 1",
                "0-15:5 | 0 5 10 15 | 5",
                "7 | 7 | 1",
                "2,4,6 | 2 4 6 | 2",
                "5,1,5 | 1 5 | 4",
                "[1-2] | 1 2 | 1",
            })
    void arrayIsAnItemForEachIndex(String spec, String indices, String step) {
        Plan plan = plan("#!/bin/sh\n#SBATCH -J sim --array=" + spec + "\nhostname\n");
        List<String> ids = List.of(indices.split(" ")).stream()
                .map(index -> "sim_" + index)
                .toList();
        assertThat(Reads.ids(plan)).isEqualTo(ids);
        assertThat(plan.items().stream().map(item -> item.env().get("SLURM_ARRAY_TASK_ID")))
                .containsExactly(indices.split(" "));
        assertThat(plan.items().get(0).env())
                .containsEntry("SLURM_ARRAY_TASK_COUNT", Integer.toString(ids.size()))
                .containsEntry("SLURM_ARRAY_TASK_STEP", step);
        assertThat(plan.maxConcurrent()).isEmpty();
        // Alike items go out as one array.
        assertThat(plan.items().stream().map(PlanItem::resources).distinct()).hasSize(1);
    }

    @Test
    void throttleOfAnArrayIsTheCapOfTheRun() {
        assertThat(plan("#!/bin/sh\n#SBATCH --array=0-9%4\nx\n").maxConcurrent())
                .hasValue(4);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a", "1-", "-3", "3-1", "1-5:0", "1%0", "1%", "1%2%3", "1,,2", "0-99999999", "1.5"})
    void badArrayIsAProblem(String spec) {
        assertThat(RunFiles.read("#!/bin/sh\n#SBATCH --array=" + spec + "\nx\n", "job.sh", Reads.AROUND)
                        .problems())
                .hasSize(1);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "out.log | out.log",
                "%x.log | sim.log",
                "'a 100%%' | a 100%",
                "plain%20 | plain%20",
                "%n-%3t-%s.log | 0-000-batch.log",
                "%-3j%q | %-3j%q",
            })
    void namesThatAreKnownNowArePaths(String pattern, String path) {
        PlanItem item =
                item("-J sim", "-o " + (pattern.contains(" ") ? "'" + pattern.replace("'", "") + "'" : pattern));
        assertThat(item.output()).isEqualTo(Optional.of(path.strip()));
        assertThat(item.setup()).isEmpty();
    }

    @Test
    void indexOfAnArrayIsKnownNow() {
        Plan plan = plan("#!/bin/sh\n#SBATCH -J sim -a 5,12 -o %x-%a-%4a.out -e %x.err\nx\n");
        assertThat(plan.items().stream().map(item -> item.output().orElseThrow()))
                .containsExactly("sim-5-0005.out", "sim-12-0012.out");
        assertThat(plan.items().get(0).error()).contains("sim.err");
    }

    @Test
    void namesThatOnlyTheJobKnowsAreLinks() {
        PlanItem item = item("-J sim", "--output=logs/%x_%A_%a-%N.out", "-e %j.err");
        assertThat(item.output()).isEmpty();
        assertThat(item.error()).isEmpty();
        assertThat(item.setup().orElseThrow().lines())
                .satisfiesExactly(
                        out -> assertThat(out)
                                .contains(
                                        "/fd/1)",
                                        "n=\"logs/sim_${SLURM_ARRAY_JOB_ID:-${SLURM_JOB_ID:-$SETTLE_RUN_ID}}_")
                                .contains("_${SLURM_ARRAY_TASK_ID-4294967294}-$(hostname -s).out\""),
                        err -> assertThat(err).contains("/fd/2)", "n=\"${SLURM_JOB_ID:-$SETTLE_RUN_ID}.err\""));
    }

    @Test
    void numbersThatOnlyTheJobKnowsArePadded() {
        assertThat(item("-o %5j").setup().orElseThrow())
                .contains("n=\"$(printf %05d \"${SLURM_JOB_ID:-$SETTLE_RUN_ID}\")\"");
        assertThat(item("-o %100J").setup().orElseThrow()).contains("$(printf %010d \"${SLURM_JOB_ID:-");
        assertThat(item("-o %4u").setup().orElseThrow()).contains("n=\"$(id -un)\"");
        assertThat(plan("#!/bin/sh\n#SBATCH -a 15 -o %b\nx\n").items().get(0).output())
                .contains("5");
    }

    @Test
    void jobIsNamedAfterItsScriptAsSbatchNamesIt() {
        assertThat(item("-p a").sbatch()).contains(new SbatchJob("job.sh", Optional.of("job.sh"), OptionalInt.empty()));
        assertThat(item("-o %x").output()).contains("job.sh");
        assertThat(plan("#!/bin/sh\n#SBATCH -J 'a b' --array=3\nx\n")
                        .items()
                        .get(0)
                        .sbatch())
                .contains(new SbatchJob("a b", Optional.of("job.sh"), OptionalInt.of(3)));
    }

    @Test
    void withoutAFileForErrorsBothStreamsGoWhereOutputSays() {
        assertThat(item("-o %j.out").setup().orElseThrow()).startsWith("exec 2>&1\n(f=");
        assertThat(item("-o %j.out", "-e errors").setup().orElseThrow()).startsWith("(f=");
        assertThat(item("-o known").error()).contains("known");
    }

    @Test
    void lineEndsOfWindowsAreNoPartOfTheScript() {
        PlanItem item =
                plan("#!/bin/sh\r\n#SBATCH -p gpu\r\nhostname\r\n").items().get(0);
        assertThat(item.script()).isEqualTo("#!/bin/sh\n#SBATCH -p gpu\nhostname\n");
        assertThat(item.resources().partition()).contains("gpu");
    }

    @Test
    void jobNameThatIsNoIdBecomesOne() {
        Plan plan = plan("#!/bin/sh\n#SBATCH --job-name='my sim/1'\nx\n");
        assertThat(plan.name()).isEqualTo("my sim/1");
        assertThat(plan.items().get(0).id().value()).isEqualTo("my_sim_1");
        assertThat(plan.items().get(0).name()).isEqualTo("my sim/1");
        assertThat(Reads.ids(plan("#!/bin/sh\n#SBATCH -J " + "x".repeat(300) + " --array=1234567\nx\n"))
                        .get(0))
                .hasSize(188);
    }

    @Test
    void wordsAreSplitAsSbatchSplitsThem() {
        assertThat(SbatchScript.words(" -a 'b c' --d=\"e 'f'\" g\\ h i\"\"j # k"))
                .containsExactly("-a", "b c", "--d=e 'f'", "g h", "ij");
        assertThat(SbatchScript.words("-J a#b")).containsExactly("-J", "a#b");
        assertThat(SbatchScript.words("")).isEmpty();
    }

    @Test
    void onlyAScriptWithOptionsIsOne() {
        assertThat(SbatchScript.isOne("#!/bin/sh\n#SBATCH -n 1\n")).isTrue();
        assertThat(SbatchScript.isOne("#!/bin/sh\n#SBATCH\t-n 1\n")).isTrue();
        assertThat(SbatchScript.isOne("#!/bin/sh\n#SBATCHX\n##SBATCH -n 1\n")).isFalse();
        assertThat(SbatchScript.isOne("#SBATCH -n 1\n")).isFalse();
    }

    @Test
    void planOfAScriptSurvivesBeingStored() throws java.io.IOException {
        Plan plan = plan("#!/bin/sh\n#SBATCH -J sim -a 1-3%2 -o %j.out -N 2\nx\n");
        assertThat(PlanCodec.fromJson(PlanCodec.toJson(plan))).isEqualTo(plan);
    }
}
