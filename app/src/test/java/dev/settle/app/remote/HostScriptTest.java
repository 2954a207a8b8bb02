package dev.settle.app.remote;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.settle.app.config.HostSetting;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class HostScriptTest {
    private static final List<String> HARD = List.of(
            "a  b",
            "it's",
            "\"q\"",
            "$HOME `id` $(id)",
            "ä ü 漢",
            "back\\slash\\",
            "new\nline",
            "*",
            "!x",
            "",
            "-n",
            "~",
            ";&|<>",
            "%s");

    /** The login shells of hosts are of many kinds. */
    @ParameterizedTest
    @ValueSource(strings = {"sh", "bash", "zsh", "fish", "csh", "tcsh", "ksh"})
    void wordsAndVariablesSurviveEveryLoginShell(String shell) throws Exception {
        assumeTrue(Stream.of("/bin/", "/usr/bin/").anyMatch(bin -> Files.isExecutable(Path.of(bin + shell))));
        String script = HostScript.export(Map.of("HARD", HARD.get(3) + "\n'")) + "printf '[%s]' \"$HARD\" "
                + HostScript.quoted(HARD);
        Process process = new ProcessBuilder(shell, "-c", HostScript.command(script)).start();
        assertThat(new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
                .isEqualTo("[" + HARD.get(3) + "\n']"
                        + HARD.stream().map(word -> "[" + word + "]").collect(Collectors.joining()));
        assertThat(process.waitFor()).isZero();
    }

    @ParameterizedTest
    @ValueSource(strings = {"with blank", "ä'$ü"})
    void folderThatIsNotAbsoluteIsBelowTheHome(String name) throws Exception {
        Path home = Files.createTempDirectory("home");
        Files.createDirectory(home.resolve(name));
        HostSetting host = new HostSetting("h", "h", List.of(), name, java.util.Optional.empty());
        HostScript scripts = new HostScript(host, "1");
        ProcessBuilder builder =
                new ProcessBuilder("sh", "-c", HostScript.command(scripts.begin("x") + scripts.enter() + "pwd"));
        builder.environment().put("HOME", home.toString());
        Process process = builder.start();
        assertThat(new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
                .isEqualTo(home.resolve(name) + "\n");
    }
}
