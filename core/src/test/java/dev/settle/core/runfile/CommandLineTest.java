package dev.settle.core.runfile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.settle.core.model.Plan;
import dev.settle.core.model.PlanItem;
import dev.settle.core.model.Resources;
import dev.settle.core.runfile.tree.Problem;
import dev.settle.core.text.ShellText;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class CommandLineTest {
    @Test
    void commandIsARunOfOneItem() {
        Plan plan = Reads.accepted(
                new CommandLine(List.of("/usr/bin/python3.11", "train.py", "--lr", "0.1 x"), Map.of(), List.of())
                        .read(Reads.AROUND));
        assertThat(plan.name()).isEqualTo("python3");
        PlanItem item = plan.items().get(0);
        assertThat(item.id().value()).isEqualTo("python3");
        assertThat(item.script()).isEqualTo("/usr/bin/python3.11 train.py --lr '0.1 x'");
        assertThat(item.resources()).isEqualTo(Resources.NONE);
    }

    @Test
    void optionsAreTheKeysOfAnItem() {
        Plan plan = Reads.accepted(new CommandLine(
                        List.of("x"),
                        Map.of(
                                "name", "My run",
                                "cpus", "4",
                                "memory", "2G",
                                "gpus", "1",
                                "time", "30",
                                "partition", "gpu",
                                "account", "chem",
                                "qos", "high",
                                "chdir", "~/p"),
                        List.of("A=1", "B=x=y", "C=", "A=2"))
                .read(Reads.AROUND));
        assertThat(plan.name()).isEqualTo("My run");
        PlanItem item = plan.items().get(0);
        assertThat(item.id().value()).isEqualTo("My_run");
        assertThat(item.name()).isEqualTo("My run");
        assertThat(item.resources().cpus()).hasValue(4);
        assertThat(item.resources().memoryBytes()).hasValue(2L << 30);
        assertThat(item.resources().gpus()).hasValue(1);
        assertThat(item.resources().timeLimit()).contains(Duration.ofMinutes(30));
        assertThat(item.resources().partition()).contains("gpu");
        assertThat(item.resources().account()).contains("chem");
        assertThat(item.resources().qos()).contains("high");
        assertThat(item.workingDir()).contains("/home/ada/p");
        assertThat(item.env()).isEqualTo(Map.of("A", "2", "B", "x=y", "C", ""));
    }

    @Test
    void problemsNameTheOption() {
        ReadResult reading = new CommandLine(
                        List.of("x"),
                        Map.of("memory", "4 GB", "cpus", "many", "time", "soon"),
                        List.of("NOTHING", "1A=x", "SETTLE_RUN_ID=x"))
                .read(Reads.AROUND);
        assertThat(reading.problems().stream().map(Problem::toString).sorted())
                .containsExactly(
                        "--cpus: \"many\" is not a whole number; write one from 1",
                        "--env: \"1A\" is not the name of a variable; use letters, digits and _, not a digit first",
                        "--env: \"NOTHING\" sets nothing; write NAME=VALUE",
                        "--env: settle sets SETTLE_RUN_ID itself",
                        "--memory: \"4 GB\" is not a size; write 4G",
                        "--time: \"soon\" is not a duration; write a duration such as 90s, 10m, 1h30m or 2d");
    }

    @ParameterizedTest
    @CsvSource({"./prepare.sh, prepare", "a b, a_b", "-x, x", "'...', command", "größe, gr__e", "/, run"})
    void idIsMadeOfTheProgram(String program, String id) {
        assertThat(Reads.accepted(new CommandLine(List.of(program), Map.of(), List.of()).read(Reads.AROUND))
                        .items()
                        .get(0)
                        .id()
                        .value())
                .isEqualTo(id);
    }

    @Test
    void wordsWithABraceStay() {
        assertThat(Reads.accepted(new CommandLine(List.of("echo", "{a}", "$X"), Map.of(), List.of()).read(Reads.AROUND))
                        .items()
                        .get(0)
                        .script())
                .isEqualTo("echo '{a}' '$X'");
    }

    @Test
    void commandLineWithoutACommandIsNone() {
        assertThatThrownBy(() -> new CommandLine(List.of(), Map.of(), List.of()))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new CommandLine(List.of("x"), Map.of("nodes", "2"), List.of()))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void quotingLeavesPlainWordsAlone() {
        assertThat(ShellText.join(List.of("a=b", "c=d", "", "it's", "x.y/z:1,2@%+-_")))
                .isEqualTo("'a=b' c=d '' 'it'\\''s' x.y/z:1,2@%+-_");
    }
}
