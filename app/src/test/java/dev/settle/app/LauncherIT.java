package dev.settle.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.settle.app.process.ExitStatus;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The launcher as users start it: a process of its own, with the environment of the test and nothing else. */
final class LauncherIT {
    private static final long ANSWER_SECONDS_MAX = 30;
    private static final String VERSION = "settle \\d+\\.\\d+\\.\\d+(-SNAPSHOT)?\n";
    private static final Path DIST = Path.of(System.getProperty("settle.dist"));
    private static final Path OUR_JAVA = Path.of(System.getProperty("java.home"));

    @TempDir
    Path folder;

    private Path launcher = DIST.resolve("bin/settle");
    private Path tools;

    record Ended(int code, String out, String err) {}

    /** A PATH with what the launcher calls, and no Java unless a test puts one there. */
    @BeforeEach
    void pathWithoutJava() throws IOException {
        tools = Files.createDirectory(folder.resolve("tools"));
        for (String tool : List.of("readlink", "sed")) {
            script(tools.resolve(tool), "exec /usr/bin/" + tool + " \"$@\"");
        }
    }

    private Ended settle(Map<String, String> env, String... args) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(launcher.toString()));
        command.addAll(List.of(args));
        Path out = folder.resolve("out");
        Path err = folder.resolve("err");
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(folder.toFile())
                .redirectOutput(out.toFile())
                .redirectError(err.toFile());
        builder.environment().clear();
        builder.environment().put("PATH", tools.toString());
        builder.environment().putAll(env);
        Process process = builder.start();
        if (!process.waitFor(ANSWER_SECONDS_MAX, TimeUnit.SECONDS)) {
            process.destroyForcibly();
            throw new AssertionError(command + " did not end in " + ANSWER_SECONDS_MAX + " s");
        }
        return new Ended(
                process.exitValue(),
                Files.readString(out, StandardCharsets.UTF_8),
                Files.readString(err, StandardCharsets.UTF_8));
    }

    private static Map<String, String> ourJava() {
        return Map.of("JAVA_HOME", OUR_JAVA.toString());
    }

    private Path fakeJavaHome(String name, String script) throws IOException {
        Path home = folder.resolve(name);
        script(Files.createDirectories(home.resolve("bin")).resolve("java"), script);
        return home;
    }

    /** A Java whose release file claims {@code version}; it tells its arguments, and cannot be asked for its version. */
    private Path javaHomeWithRelease(String version) throws IOException {
        Path home = fakeJavaHome("jdk-" + version, "echo started \"$@\"");
        Files.writeString(home.resolve("release"), "IMPLEMENTOR=\"Test\"\nJAVA_VERSION=\"" + version + "\"\n");
        return home;
    }

    private static void script(Path file, String text) throws IOException {
        Files.writeString(file, "#!/bin/sh\n" + text + "\n");
        assertThat(file.toFile().setExecutable(true)).isTrue();
    }

    /** {@code java} on PATH as a link to the real place, the way distributions install it. */
    private void javaOnPath() throws IOException {
        Path java = javaHomeWithRelease("21.0.2").resolve("bin/java");
        Files.createSymbolicLink(tools.resolve("java"), Files.createSymbolicLink(folder.resolve("alternative"), java));
    }

    private static void assertVersion(Ended ended) {
        assertThat(ended.err()).isEmpty();
        assertThat(ended.out()).matches(VERSION);
        assertThat(ended.code()).isZero();
    }

    @Test
    void startsWithJavaHome() throws Exception {
        assertVersion(settle(ourJava(), "--version"));
    }

    @Test
    void startsWithJavaOnPath() throws Exception {
        javaOnPath();
        assertThat(settle(Map.of(), "--version").out()).startsWith("started ").endsWith(" --version\n");
    }

    @Test
    void startsThroughSymlinksFromAFolderWithBlanks() throws Exception {
        Path moved = folder.resolve("a folder");
        copy(DIST, moved);
        Path link = Files.createSymbolicLink(folder.resolve("one"), Path.of("a folder/bin/settle"));
        launcher = Files.createSymbolicLink(folder.resolve("two"), link);
        assertVersion(settle(ourJava(), "--version"));
    }

    @Test
    void startsFromPathByItsName() throws Exception {
        String path = tools + ":" + launcher.getParent();
        launcher = Path.of("/bin/sh");
        Map<String, String> env = Map.of("JAVA_HOME", OUR_JAVA.toString(), "PATH", path);
        assertVersion(settle(env, "-c", "settle --version"));
    }

    @Test
    void jvmOptionsOfOthersStayOut() throws Exception {
        assertVersion(settle(
                Map.of(
                        "JAVA_HOME", OUR_JAVA.toString(),
                        "JAVA_TOOL_OPTIONS", "-XX:+UseParallelGC",
                        "_JAVA_OPTIONS", "-XX:+UseParallelGC",
                        "JDK_JAVA_OPTIONS", "--no-such-option"),
                "--version"));
    }

    @Test
    void ownOptionsComeLast() throws Exception {
        Ended ended = settle(
                Map.of("SETTLE_JAVA", javaHomeWithRelease("21.0.2").toString(), "SETTLE_JAVA_OPTS", "-Xmx1g -Dx=*"),
                "a b");
        assertThat(ended.out())
                .contains("-Xmx320m")
                .contains(" -Xmx1g -Dx=* -jar ")
                .endsWith("settle.jar a b\n");
    }

    private Ended shell(String script) throws Exception {
        launcher = folder.resolve("try");
        script(
                launcher,
                script.replaceAll("SETTLE(?!_)", DIST.resolve("bin/settle").toString()));
        return settle(
                Map.of("SETTLE_JAVA", OUR_JAVA.toString(), "PATH", "/usr/bin:/bin", "SETTLE_HOME", folder + "/state"));
    }

    @Test
    void answerThatCannotBeWrittenIsNoSuccess() throws Exception {
        Ended ended = shell("SETTLE --version > /dev/full");
        assertThat(ended.code()).isEqualTo(ExitStatus.STORAGE_FAILED.code());
        assertThat(ended.err()).contains("stdout cannot be written");
    }

    @Test
    void failureOfTheRunIsToldAlthoughItsAnswerCannotBeWritten() throws Exception {
        Ended ended = shell("SETTLE run --backend local --json -- false > /dev/full");
        assertThat(ended.code()).isEqualTo(ExitStatus.ITEMS_FAILED.code());
        assertThat(ended.err()).contains("stdout cannot be written");
    }

    @Test
    void readerWhoHasEnoughAndClosedStreamsAreNoTrouble() throws Exception {
        Ended ended = shell("""
                (SETTLE run --backend local --events -- sh -c 'sleep 0.3'; echo run $? >&2) | head -c 1 > /dev/null
                SETTLE run --backend local -- true >&- <&-; echo closed $? >&2
                """);
        assertThat(ended.err())
                .startsWith("run 0\nrun ")
                .endsWith(")\nclosed 0\n")
                .doesNotContain("settle:");
    }

    @Test
    void followedOutputIsLeftWhenItsReaderHasEnough() throws Exception {
        Ended ended = shell("""
                SETTLE submit --backend local --name long -- sh -c 'while :; do echo line; sleep 0.1; done'
                SETTLE logs long --follow | grep -m1 line
                SETTLE cancel long
                """);
        assertThat(ended.code()).as(ended.err()).isZero();
        assertThat(ended.out()).contains("line\n");
    }

    @Test
    void folderThatIsGoneIsToldAndNotTakenForAFailedJob() throws Exception {
        Ended ended = shell("mkdir gone && cd gone && rmdir ../gone && exec SETTLE list");
        assertThat(ended.code()).isEqualTo(ExitStatus.USAGE.code());
        assertThat(ended.err()).contains("the folder that you are in is gone");
    }

    @Test
    void folderThatMayNotBeEnteredIsNotCalledGone() throws Exception {
        Ended ended = shell("""
                mkdir locked && cd locked && chmod 000 .
                if [ "$(id -u)" = 0 ]; then
                  setpriv --reuid=65534 --regid=65534 --clear-groups SETTLE list
                else
                  SETTLE list
                fi
                ended=$?
                chmod 700 .
                exit $ended
                """);
        assumeThat(ended.code()).as("others may run this installation").isNotIn(126, 127);
        assertThat(ended.code()).isEqualTo(ExitStatus.USAGE.code());
        assertThat(ended.err()).contains("may not be entered").doesNotContain("is gone");
    }

    /** A mount namespace in which nobody may run it, whatever PATH says. */
    @Test
    void runGoesOnInTheBackgroundWithoutSetsid() throws Exception {
        assumeThat(shell("unshare -m true").code())
                .as("mount namespaces can be made here")
                .isZero();
        Ended ended = shell("""
                unshare -m sh -c '
                  for tool in /usr/bin/setsid /bin/setsid; do
                    [ ! -x $tool ] || mount --bind /dev/null $tool
                  done
                  SETTLE submit --backend local --name bare -- sh -c "exit 3"
                  SETTLE wait bare'
                """);
        assertThat(ended.out()).contains("Run failed: 1 item failed (exit code 3).");
        assertThat(ended.code()).isEqualTo(ExitStatus.ITEMS_FAILED.code());
    }

    @Test
    void javaThatCannotHaveItsMemoryIsToldAndNotTakenForAFailedJob() throws Exception {
        Ended ended = shell("ulimit -v 300000; exec SETTLE list");
        assertThat(ended.code()).isEqualTo(ExitStatus.DEFECT.code());
        assertThat(ended.err()).contains("ulimit -v");
        assertThat(shell("ulimit -v 4000000; exec SETTLE --version").code()).isZero();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "SETTLE_JAVA_OPTS='-XX:+UseSerialGC -XX:+UseParallelGC'",
                "SETTLE_JAVA_OPTS=-Xmx1k",
                "ulimit -d 4000",
                "ulimit -n 16"
            })
    void javaThatCannotStartIsNotTakenForAFailedJob(String before) throws Exception {
        String line = before.startsWith("ulimit") ? before + "; " : before + " ";
        Ended ended = shell(line + "SETTLE run --backend local --json -- true");
        assertThat(ended.code()).as(ended.err()).isEqualTo(ExitStatus.DEFECT.code());
        assertThat(ended.err()).contains("settle: ");
        assertThat(ended.out()).isEmpty();
    }

    @Test
    void jarThatWasCutShortIsNotTakenForAFailedJob() throws Exception {
        Path cut = folder.resolve("cut");
        copy(DIST, cut);
        Path jar = cut.resolve("lib/settle.jar");
        byte[] bytes = Files.readAllBytes(jar);
        Files.delete(jar);
        Files.write(jar, Arrays.copyOf(bytes, bytes.length / 2));
        launcher = cut.resolve("bin/settle");
        Ended ended = settle(Map.of("SETTLE_JAVA", OUR_JAVA.toString(), "PATH", "/usr/bin:/bin"), "run", "--", "true");
        assertThat(ended.code()).as(ended.err()).isEqualTo(ExitStatus.DEFECT.code());
        assertThat(ended.err()).contains("which are not whole");
    }

    /** What bash finds in its environment, as /bin/sh of many systems. */
    @Test
    void functionsAndOptionsOfTheUsersShellChangeNothing() throws Exception {
        Ended ended = shell("""
                cd /usr
                f='() { echo function; return 1; }'
                exec env "BASH_FUNC_cd%%=$f" "BASH_FUNC_pwd%%=$f" "BASH_FUNC_command%%=$f" "BASH_FUNC_printf%%=$f" \\
                  "BASH_FUNC_read%%=$f" "BASH_FUNC_[%%=$f" "BASH_FUNC_ulimit%%=$f" "BASH_FUNC_java%%=$f" \\
                  "BASH_FUNC_stat%%=$f" "BASH_FUNC_base64%%=$f" CDPATH=/:/tmp IFS=/. ENV=/nowhere BASH_ENV=/nowhere \\
                  POSIXLY_CORRECT=1 SHELLOPTS=allexport:errexit:noclobber:noglob:nounset:posix \\
                  bash --posix SETTLE run --backend local --quiet -- true
                """);
        assertThat(ended.err()).doesNotContain("settle:");
        assertThat(ended.out()).doesNotContain("function");
        assertThat(ended.code()).isZero();
    }

    @Test
    void withoutAPathTheUsualOneServes() throws Exception {
        Ended ended = shell("unset PATH; exec SETTLE run --backend local --quiet -- true");
        assertThat(ended.err()).doesNotContain("settle:");
        assertThat(ended.code()).isZero();
    }

    @Test
    void signalsThatMeanNothingBreakNoDocument() throws Exception {
        Ended ended = shell("""
                SETTLE run --backend local --json -- sh -c 'until [ -e go ]; do sleep 0.1; done' > document &
                until ls state/runs/*/items/*.out; do sleep 0.1; done >/dev/null 2>&1
                for signal in QUIT USR1 USR2 ALRM VTALRM PROF; do kill -$signal $!; sleep 0.2; done
                touch go
                wait $!; echo $?
                cat document
                ls
                """);
        assertThat(ended.out()).startsWith("0\n{").contains("}\ndocument\n").doesNotContain("hs_err", "core");
    }

    /** Nobody can handle it; what matters is what it leaves behind. */
    @Test
    void crashIsNoFailedItemAndLeavesNothing() throws Exception {
        Ended ended = shell("""
                ulimit -c unlimited
                SETTLE run --backend local --name crashed --json -- sleep 300 > document &
                until ls state/runs/*/items/*.out; do sleep 0.1; done >/dev/null 2>&1
                kill -SEGV $!
                wait $!; echo $?
                cat document
                ls
                SETTLE cancel crashed >/dev/null
                """);
        assertThat(ended.out()).startsWith("134\ndocument\n").doesNotContain("hs_err", "core");
    }

    /** By a script, since the JVM of this test may be one that can name no such file. */
    @ParameterizedTest
    @ValueSource(strings = {"LC_ALL=", "LC_ALL=C", "LC_ALL=POSIX", "LANG=xx_XX.UTF-8"})
    void namesBeyondAsciiNeedNoLocaleAndJobsGetTheUsersOwn(String locale) throws Exception {
        launcher = folder.resolve("try");
        script(launcher, """
                mkdir 'grün 大'
                cd 'grün 大'
                cat > läufe.yaml <<'END'
                name: prüfung
                items:
                  - {id: a, env: {WORD: "schön"}, command: 'echo "hällo $OUTER $WORD"; basename "$PWD"; env > umgebung'}
                END
                export %s OUTER=größe SETTLE_HOME="$PWD/stätte"
                env | grep -e ^LANG -e ^LC_ > before
                %s run läufe.yaml --backend local --quiet
                %s logs prüfung a
                grep -e ^LANG -e ^LC_ -e ^SETTLE_LAUNCHER umgebung | diff before - && echo alike
                """.formatted(locale, DIST.resolve("bin/settle"), DIST.resolve("bin/settle")));
        Ended ended = settle(Map.of("SETTLE_JAVA", OUR_JAVA.toString(), "PATH", "/usr/bin:/bin"));
        assertThat(ended.err()).isEmpty();
        assertThat(ended.out().lines()).endsWith("hällo größe schön", "grün 大", "alike");
    }

    /** The build goes on without an archive, so that its loss shows only here. */
    @Test
    void archiveOfTheBuildIsUsed() throws Exception {
        Path log = folder.resolve("classes.log");
        assertVersion(settle(
                Map.of("JAVA_HOME", OUR_JAVA.toString(), "SETTLE_JAVA_OPTS", "-Xlog:class+load:file=" + log),
                "--version"));
        assertThat(Files.readAllLines(log))
                .anyMatch(line -> line.contains("dev.settle.app.Main source: shared objects file"));
    }

    @Test
    void exitStatusAndStreamsAreThoseOfSettle() throws Exception {
        Ended ended = settle(ourJava(), "frobnicate");
        assertThat(ended.code()).isEqualTo(ExitStatus.USAGE.code());
        assertThat(ended.out()).isEmpty();
        assertThat(ended.err()).isEqualTo("settle: 'frobnicate' is not a settle command.\nSee 'settle --help'.\n");
    }

    @Test
    void missingJavaIsToldWithItsMend() throws Exception {
        Ended ended = settle(Map.of(), "--version");
        assertThat(ended.code()).isEqualTo(127);
        assertThat(ended.out()).isEmpty();
        assertThat(ended.err())
                .isEqualTo("settle: needs Java 17 or later; found none in JAVA_HOME or on PATH.\n"
                        + "settle: Install one or load its module, or set SETTLE_JAVA to its folder.\n");
    }

    @Test
    void oldJavaIsNamedWithVersionAndPlace() throws Exception {
        Path old = javaHomeWithRelease("11.0.22");
        Ended ended = settle(Map.of("JAVA_HOME", old.toString()), "--version");
        assertThat(ended.code()).isEqualTo(127);
        assertThat(ended.err()).contains("found 11.0.22 at " + old + "/bin/java (JAVA_HOME).");
    }

    @Test
    void java8IsNotTakenForJava1() throws Exception {
        Ended ended =
                settle(Map.of("JAVA_HOME", javaHomeWithRelease("1.8.0_402").toString()), "--version");
        assertThat(ended.code()).isEqualTo(127);
        assertThat(ended.err()).contains("found 1.8.0_402 at");
    }

    @Test
    void earlyAccessJavaIsTaken() throws Exception {
        Ended ended = settle(Map.of("JAVA_HOME", javaHomeWithRelease("26-ea").toString()), "--version");
        assertThat(ended.out()).startsWith("started ");
    }

    @Test
    void javaOnPathServesWhereJavaHomeIsTooOld() throws Exception {
        javaOnPath();
        Ended ended = settle(Map.of("JAVA_HOME", javaHomeWithRelease("11.0.22").toString()), "--version");
        assertThat(ended.out()).startsWith("started ");
    }

    @Test
    void settleJavaIsBinding() throws Exception {
        Ended ended = settle(
                Map.of(
                        "JAVA_HOME",
                        OUR_JAVA.toString(),
                        "SETTLE_JAVA",
                        folder.resolve("gone").toString()),
                "--version");
        assertThat(ended.code()).isEqualTo(127);
        assertThat(ended.err()).contains("found no executable at " + folder.resolve("gone") + " (SETTLE_JAVA).");
    }

    @Test
    void javaWithoutReleaseFileIsAsked() throws Exception {
        Path old = fakeJavaHome("bare", "echo 'openjdk version \"11.0.1\" 2018-10-16' >&2");
        Ended ended = settle(Map.of("JAVA_HOME", old.toString()), "--version");
        assertThat(ended.err()).contains("found 11.0.1 at");
    }

    @Test
    void incompleteInstallationIsTold() throws Exception {
        Path copy = Files.createDirectories(folder.resolve("half/bin")).resolve("settle");
        Files.copy(launcher, copy);
        assertThat(copy.toFile().setExecutable(true)).isTrue();
        launcher = copy;
        Ended ended = settle(ourJava(), "--version");
        assertThat(ended.code()).isEqualTo(127);
        assertThat(ended.err()).contains("lacks lib/settle.jar");
    }

    private static void copy(Path from, Path to) throws IOException {
        try (Stream<Path> tree = Files.walk(from)) {
            for (Path source : (Iterable<Path>) tree::iterator) {
                Path target = to.resolve(from.relativize(source).toString());
                if (Files.isDirectory(source)) {
                    Files.createDirectories(target);
                } else {
                    Files.copy(source, target, StandardCopyOption.COPY_ATTRIBUTES);
                }
            }
        }
    }
}
