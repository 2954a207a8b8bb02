package dev.settle.core.environment;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class JobOriginTest {
    private static final String STATUS =
            "Name:\tsh\nUmask:\t0027\nSigBlk:\t0000000000000000\nSigIgn:\t0000000000000001\n";
    private static final String STAT = "12 (a ) b) S 1 2 3 4 5 6 7 8 9 10 11 12 13 14 20 5 1 0 99";
    private static final String LIMITS =
            "Limit                     Soft Limit           Hard Limit           Units     \n"
                    + "Max cpu time              unlimited            unlimited            seconds   \n"
                    + "Max nice priority         0                    10                   \n";

    private static byte[] bytes(String latin) {
        return latin.getBytes(StandardCharsets.ISO_8859_1);
    }

    @Test
    void variablesComeBackToTheByteAndTheFirstOfANameHolds() {
        byte[] environ = bytes("BASH_FUNC_f%%=() { :\n}\0my.x=\u00e9\0A=1\0A=2\0no variable\0=x\0E=\0");
        EnvironmentBlock variables = EnvironmentBlock.parse(environ);
        assertThat(variables.bytes()).isEqualTo(bytes("BASH_FUNC_f%%=() { :\n}\0my.x=\u00e9\0A=1\0E=\0"));
        assertThat(variables.texts()).containsEntry("my.x", "\uFFFD").containsEntry("E", "");
    }

    @Test
    void fileKeepsTheSettingsBehindTheVariables() {
        ProcessSettings settings = ProcessSettings.ofProc(STATUS, STAT, LIMITS, Optional.of("0000000000000200 0"));
        assertThat(settings)
                .isEqualTo(new ProcessSettings(
                        "0027", 5, "0000000000000200", "0", List.of("unlimited:unlimited", "0:10")));
        JobOrigin origin = new JobOrigin(EnvironmentBlock.parse(bytes("A=\u00e9\0")), Optional.of(settings));
        JobOrigin read = JobOrigin.parse(origin.bytes());
        assertThat(read.settings()).hasValue(settings);
        assertThat(read.variables().bytes()).isEqualTo(bytes("A=\u00e9\0"));
        JobOrigin empty = JobOrigin.parse(new JobOrigin(EnvironmentBlock.of(Map.of()), Optional.of(settings)).bytes());
        assertThat(empty.settings()).hasValue(settings);
        assertThat(empty.variables().bytes()).isEmpty();
    }

    @Test
    void fileOfVersionOneHasVariablesAlone() {
        JobOrigin read = JobOrigin.parse(bytes("A=1\0B=2\0"));
        assertThat(read.settings()).isEmpty();
        assertThat(read.variables().texts()).isEqualTo(Map.of("A", "1", "B", "2"));
    }

    @Test
    void limitsOfAnotherShellAreGivenAsFarAsThisOneMay() {
        ProcessSettings wanted =
                new ProcessSettings("0022", 7, "0", "0", List.of("10:unlimited", "1024:4096", "unlimited:unlimited"));
        ProcessSettings ours =
                new ProcessSettings("0022", 5, "0", "0", List.of("10:unlimited", "512:2048", "0:unlimited"));
        assertThat(wanted.through(ours))
                .containsExactly("prlimit", "--fsize=1024:2048", "--data=unlimited:unlimited", "nice", "-n", "2");
        assertThat(wanted.through(wanted)).isEmpty();
        ProcessSettings five =
                new ProcessSettings("0022", 5, "0", "0", List.of("1:1", "2:2", "3:3", "4:4", "0:unlimited"));
        assertThat(five.withCore("unlimited").limits()).endsWith("4:4", "unlimited:unlimited");
    }
}
