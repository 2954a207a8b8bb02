package dev.settle.core.environment;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

final class EnvironmentBlockTest {
    private static final EnvironmentBlock VARIABLES = EnvironmentBlock.parse(
            ("PATH=/opt/bin\0BASH_FUNC_module%%=() {  echo x\n}\0API_KEY=s3cr3t 'q'\n$(x)\0my.option=1\0PWD=/elsewhere\0")
                    .getBytes(StandardCharsets.UTF_8));

    private static Set<String> ran(byte[] script, Map<String, String> of) throws Exception {
        ProcessBuilder shell = new ProcessBuilder("/bin/sh");
        shell.environment().clear();
        shell.environment().putAll(of);
        Process process = shell.start();
        process.getOutputStream().write(script);
        process.getOutputStream().close();
        String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).isZero();
        return new TreeSet<>(List.of(out.split("\0")));
    }

    @Test
    void commandGetsTheseVariablesAndNoOthersWithSecretsAndWithout() throws Exception {
        List<String> command = List.of("/usr/bin/env", "-0");
        Set<String> all = Set.of(
                "PATH=/opt/bin",
                "BASH_FUNC_module%%=() {  echo x\n}",
                "API_KEY=s3cr3t 'q'\n$(x)",
                "my.option=1",
                "PWD=/elsewhere");
        byte[] open = VARIABLES.shellScript(List.of(), List.of(), command);
        assertThat(ran(open, Map.of("PATH", "/usr/bin:/bin", "LEAKS", "1"))).isEqualTo(all);
        byte[] secret = VARIABLES.shellScript(List.of(), List.of(), command, Set.of("API_KEY"));
        assertThat(ran(secret, EnvironmentBlock.ofShell())).isEqualTo(all);
    }

    @Test
    void valueOfASecretIsNoArgumentOfAnyProgram() throws Exception {
        String script = RawText.decode(VARIABLES.shellScript(List.of(), List.of(), List.of("true"), Set.of("API_KEY")));
        // A shell's own builtin has no command line; what comes after exec is one.
        String exec = script.substring(script.indexOf("\nexec"));
        assertThat(script).startsWith("export 'API_KEY=s3cr3t ");
        assertThat(exec).doesNotContain("s3cr3t").contains("'my.option=1'");
    }
}
