package dev.settle.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A local job begins with what the same command has that is typed in the shell. */
final class JobWorldIT extends LauncherCase {
    private static final String SETTLE = System.getProperty("settle.dist") + "/bin/settle";

    private Path program;

    @BeforeEach
    void program() throws Exception {
        program = JobWorld.program(folder);
    }

    private Launched.Child script(String shell, String text) throws Exception {
        Path script = Files.writeString(folder.resolve("script"), text);
        Path outer = Files.writeString(folder.resolve("outer"), JobWorld.STRANGE + "  " + shell + " " + script + "\n");
        Launched.Child child = launched.startProcess(List.of("bash", outer.toString()));
        child.await();
        return child;
    }

    private Set<String> job(String name) throws Exception {
        Launched.Child logs = settle("logs", "--stdout", name, name);
        assertThat(logs.code()).as(logs.err()).isZero();
        return JobWorld.of(logs.outFile());
    }

    @ParameterizedTest
    @CsvSource({
        "bash,export LC_ALL=C",
        "bash,unset LC_ALL LANG",
        "bash,export LC_ALL=xx_XX.UTF-8",
        "dash,export LC_ALL=C.UTF-8",
        "dash,export LC_ALL=de_DE.ISO-8859-1"
    })
    void jobSeesWhatACommandOfTheShellSees(String shell, String locale) throws Exception {
        Launched.Child child = script(
                shell,
                locale + " 2>/dev/null\n" + JobWorld.CHANGES + "trap '' HUP USR1\nargument=$(printf 'x\\351 y')\n"
                        + program + " \"$argument\" '' \"it's\" </dev/null >plain\n"
                        + "nice -n 3 " + program + " </dev/null >nicer\n"
                        + SETTLE + " run --backend local --quiet --name one -- " + program
                        + " \"$argument\" '' \"it's\" </dev/null\n"
                        + "nice -n 3 " + SETTLE + " run --backend local --quiet --name two -- " + program
                        + " </dev/null\n");
        assertThat(child.err()).doesNotContain("settle:");
        assertThat(child.code()).isZero();
        Set<String> plain = JobWorld.of(folder.resolve("plain"));
        assertThat(plain).contains("argument x\\xe9 y", "Umask:\\x090027");
        assertThat(job("one")).isEqualTo(plain);
        assertThat(job("two")).isEqualTo(JobWorld.of(folder.resolve("nicer")));
    }

    /** The background driver was started by another shell, with other limits. */
    @Test
    void jobOfTheBackgroundDriverSeesTheShellThatSubmittedIt() throws Exception {
        settle("submit", "--backend", "local", "--name", "first", "--", "sleep", "20");
        Launched.Child child = script(
                "bash",
                JobWorld.CHANGES + "trap '' USR2\nmkdir there\nbuiltin cd there\n" + program + " </dev/null >../plain\n"
                        + SETTLE
                        + " submit --backend local --name one -- " + program + "\n" + SETTLE
                        + " watch one --exit-status\n");
        assertThat(child.code()).as(child.err()).isZero();
        assertThat(job("one")).isEqualTo(JobWorld.of(folder.resolve("plain")));
        settle("cancel", "first");
    }

    @Test
    void whatJavaCannotNameIsRefused() throws Exception {
        Launched.Child child = script(
                "bash",
                "settle() { " + SETTLE + " \"$@\"; echo $?; }\n"
                        + "settle run --backend local $'d\\xe9.yaml'\n"
                        + "settle run --backend local --chdir $'/tmp/d\\xe9' -- true\n"
                        + "SETTLE_HOME=$PWD/$'d\\xe9' settle run --backend local -- true\n"
                        + "mkdir $'d\\xe9'\nbuiltin cd $'d\\xe9'\nsettle run --backend local -- true\n");
        assertThat(child.out()).isEqualTo("2\n2\n2\n2\n");
        assertThat(child.err()).contains("bytes that are not UTF-8");
        assertThat(settle("list").out()).contains("No runs yet");
    }
}
