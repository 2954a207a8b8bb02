package dev.settle.core.wrapper;

import static dev.settle.core.wrapper.WrapperFixture.alive;
import static org.assertj.core.api.Assertions.assertThat;

import dev.settle.core.scheduler.JobId;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The wrapper as a process: what it starts, and how that ended. */
final class WrapperIT {
    @TempDir
    Path dir;

    private WrapperFixture job;

    @BeforeEach
    void freshJob() {
        job = new WrapperFixture(dir);
    }

    @ParameterizedTest
    @CsvSource({"true,0", "exit 0,0", "exit 3,3", "exit 137,137", "false,1", "no-such-command-here,127"})
    void exitCodeIsRecordedAndPassedThrough(String script, int code) throws Exception {
        assertThat(job.run(script)).isEqualTo(code << 8);
        assertThat(job.ended().exitCode()).hasValue(code);
        assertThat(job.ended().signal()).isEmpty();
        assertThat(job.ended().launchFailure()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 6, 9, 10, 11, 13, 14, 15})
    void signalIsRecordedAndPassedThrough(int signal) throws Exception {
        // The eighth bit of a wait status would say that the wrapper itself dumped core.
        assertThat(job.run("ulimit -c 0; kill -" + signal + " $$")).isEqualTo(signal);
        assertThat(job.ended().signal()).hasValue(signal);
        assertThat(job.ended().exitCode()).isEmpty();
        assertThat(job.ended()
                        .observation(new JobId("1"), Instant.EPOCH)
                        .state()
                        .reason()
                        .word())
                .isEqualTo("signal");
    }

    @Test
    void recordSaysWhoWhenAndHowMuch() throws Exception {
        job.item = "train[lr=0.1,seed=1]";
        Instant before = Instant.now();
        job.run("i=0; while [ $i -lt 200000 ]; do i=$((i+1)); done");
        ExitRecord ended = job.ended();
        assertThat(ended.start().item()).isEqualTo("train[lr=0.1,seed=1]");
        assertThat(ended.start().token()).isEqualTo(job.token);
        assertThat(ended.start().attempt()).isEqualTo(1);
        assertThat(ended.start().restart()).isZero();
        assertThat(ended.start().boot())
                .isEqualTo(Files.readString(Path.of("/proc/sys/kernel/random/boot_id"))
                        .strip());
        assertThat(ended.start().startedAt()).isBetween(before.minusMillis(2), ended.endedAt());
        assertThat(ended.endedAt()).isBefore(Instant.now().plusMillis(2));
        assertThat(ended.usage().cpuSeconds().orElseThrow()).isBetween(0.02, 20.0);
        assertThat(ended.usage().maxRssBytes().orElseThrow()).isBetween(500_000L, 100_000_000L);
        assertThat(JobWrapper.startRecord(job.record())).doesNotExist();
        assertThat(Files.list(job.record().getParent())).containsExactly(job.record());
        assertThat(StartRecord.read(job.record())).hasValue(ended.start());
    }

    @Test
    void whatIsLeftInTheBackgroundIsNeitherWaitedForNorEnded() throws Exception {
        job.run("sleep 50 & echo $! > left");
        long left = job.pidIn("left");
        assertThat(job.ended().exitCode()).hasValue(0);
        assertThat(alive(left)).isTrue();
        ProcessHandle.of(left).orElseThrow().destroyForcibly();
    }

    @Test
    void textsReachTheScriptToTheByte() throws Exception {
        String script = "cat <<'SCRIPTHUT_EOF'\nit's \"$HOME\" `x` \\ \t\u00e9\u4e2d !*?[]\nEOF\n''\nSCRIPTHUT_EOF\n"
                + "printf '%s|' \"$QUOTES\" \"$LINES_\"; echo 'a'\\''b'";
        job.env.put("QUOTES", "it's \"q\" '''\\");
        job.env.put("LINES_", "one\ntwo'\n'three\n");
        job.run(script);
        String expected =
                "it's \"$HOME\" `x` \\ \t\u00e9\u4e2d !*?[]\nEOF\n''\n" + "it's \"q\" '''\\|one\ntwo'\n'three\n|a'b\n";
        assertThat(Files.readString(job.stdout())).isEqualTo(expected);
    }

    @Test
    void textsReachTheScriptToTheByteWithoutPerl() throws Exception {
        job.withoutPerl();
        textsReachTheScriptToTheByte();
    }

    @Test
    void manyQuotesAreNoTrouble() throws Exception {
        job.env.put("QUOTES", "'".repeat(30_000));
        job.run("echo ${#QUOTES}");
        assertThat(job.out()).isEqualTo("30000\n");
    }

    @Test
    void scriptsLongerThanAnArgumentMayBeRun() throws Exception {
        job.run("echo begin\n" + ": 0123456789\n".repeat(20_000) + "echo end\nexit 4");
        assertThat(job.out()).isEqualTo("begin\nend\n");
        assertThat(job.ended().exitCode()).hasValue(4);
        assertThat(Files.list(job.record().getParent())).containsExactly(job.record());
    }

    @Test
    void environmentTooLargeToStartAnythingIsALaunchFailure() throws Exception {
        job.env.put("LARGE", "x".repeat(200_000));
        assertThat(job.run("true")).isEqualTo(JobWrapper.EXIT_CANNOT_START << 8);
        assertThat(job.ended().launchFailure().orElseThrow()).contains("Argument list too long");
    }

    @Test
    void setupRunsInTheShellOfTheScript() throws Exception {
        job.setup = "greet() { echo \"hello $1\"; }";
        job.run("greet you");
        assertThat(job.out()).isEqualTo("hello you\n");
    }

    @Test
    void setupThatEndsInABackslashDoesNotSwallowTheScript() throws Exception {
        job.setup = "echo setup \\";
        job.run("echo script");
        assertThat(job.out()).isEqualTo("setup\nscript\n");
    }

    @Test
    void setupReachesAScriptOfAnotherInterpreter() throws Exception {
        job.setup = "export GREETING='hello'";
        job.run("#!/usr/bin/perl -w\nprint \"$ENV{GREETING} $^W\\n\"; exit 5");
        assertThat(job.out()).isEqualTo("hello 1\n");
        assertThat(job.ended().exitCode()).hasValue(5);
    }

    @ParameterizedTest
    @CsvSource({"true,''", "true,:", "false,''", "false,:"})
    void argumentsReachAScriptWordForWord(boolean perl, String setup) throws Exception {
        if (!perl) {
            job.withoutPerl();
        }
        job.setup = setup;
        job.arguments =
                List.of("x", "", "a  b", "it's", "'", "'' '", "\\", "$HOME", "-n", "--", "*", "two\nlines", "ü");
        job.run("#!/bin/sh\nfor each do printf '<%s>' \"$each\"; done\n");
        assertThat(new String(job.out().getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8))
                .isEqualTo("<x><><a  b><it's><'><'' '><\\><$HOME><-n><--><*><two\nlines><ü>");
    }

    @Test
    void setupThatExitsEndsTheItem() throws Exception {
        job.setup = "exit 9";
        job.run("echo script");
        assertThat(job.ended().exitCode()).hasValue(9);
        assertThat(job.out()).isEmpty();
    }

    @Test
    void itemKnowsItsFolder() throws Exception {
        Path work = Files.createDirectories(dir.resolve("work it's"));
        job.workingDir = work;
        job.env.put("SETTLE_RESULT", dir.resolve("run/results/r.json").toString());
        job.run("pwd; echo \"$PWD\"; echo '{}' > \"$SETTLE_RESULT\"");
        assertThat(job.out()).isEqualTo(work + "\n" + work + "\n");
        assertThat(dir.resolve("run/results/r.json")).hasContent("{}");
    }

    @Test
    void childHasTheSignalsThatTheCallerHadAndNoFilesOfOurs() throws Exception {
        job.before = "trap '' HUP PIPE USR1; exec 7< /dev/null";
        job.run("grep Sig[IB] /proc/self/status; ls /proc/self/fd | wc -l");
        // 0, 1, 2, the 7 that the caller left open, and the folder that ls reads.
        // Signals 32 and 33 belong to the C library.
        assertThat(job.out().replaceAll("\\s+", " ").replace(" 0000000180001201", " 0000000000001201"))
                .isEqualTo("SigBlk: 0000000000000000 SigIgn: 0000000000001201 5 ");
    }

    /** Bytes of every value but NUL, in names as well, and what a shell makes of them on their way. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void environmentReachesTheScriptToTheByte(boolean perl) throws Exception {
        if (!perl) {
            job.withoutPerl();
        }
        byte[] every = new byte[255];
        for (int i = 0; i < every.length; i++) {
            every[i] = (byte) (i + 1);
        }
        Path given = dir.resolve("given");
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (String each : List.of(
                "BASH_FUNC_module%%=() {  echo \"module $*\"\n}",
                "my.option=1",
                "BASH_FUNC_cat%%=() { echo no; }",
                "BASH_FUNC_sed%%=() { echo no; }",
                "_=/usr/bin/env",
                "EMPTY=",
                "LARGE=" + "x".repeat(100_000),
                "PERL5OPT=-Mstrict",
                "LC_ALL=xx_XX.UTF-8",
                "IFS=/",
                "PATH=/usr/bin:/bin")) {
            all.writeBytes(each.getBytes(StandardCharsets.ISO_8859_1));
            all.write(0);
        }
        all.writeBytes("EVERY=".getBytes(StandardCharsets.ISO_8859_1));
        all.writeBytes(every);
        all.write(0);
        all.writeBytes("\u00e9t\u00e9=\u00e9\0".getBytes(StandardCharsets.ISO_8859_1));
        if (!perl) {
            all.writeBytes("SETTLE_PERL=\0".getBytes(StandardCharsets.ISO_8859_1));
        }
        Files.write(given, all.toByteArray());
        job.prefix = List.of(
                "perl",
                "-e",
                "open F, shift; local $/; %ENV = map { /(.*?)=(.*)/s } split /\\0/, <F>; exec @ARGV",
                given.toString());
        job.run("#!/usr/bin/perl\nopen F, '/proc/self/environ'; local $/; print join \"\\0\", sort split /\\0/, <F>");
        Set<String> expected =
                new TreeSet<>(List.of(all.toString(StandardCharsets.ISO_8859_1).split("\0")));
        expected.add("PWD=" + dir);
        expected.add("SETTLE_RESULT=" + job.env.get("SETTLE_RESULT"));
        assertThat(new TreeSet<>(List.of(job.out().split("\0")))).isEqualTo(expected);
    }

    @Test
    void commandOfPlainAndQuotedWordsIsNoBusinessOfAShell() throws Exception {
        job.outer.put("BASH_FUNC_greet%%", "() { echo \"hello $*\"; }");
        job.run("bash -c 'greet \"$1\" \"it'\\''s\"' x 'you  two'\n");
        assertThat(job.out()).isEqualTo("hello you  two it's\n");
    }

    @Test
    void setupOfAShellTakesNoFunctionFromTheScript() throws Exception {
        job.outer.put("BASH_FUNC_greet%%", "() { echo \"hello $*\"; }");
        job.setup = "export WHO=you";
        job.run("#!/bin/bash\ngreet $WHO");
        assertThat(job.out()).isEqualTo("hello you\n");
    }

    @Test
    void variablesThatSteerPerlSteerOnlyTheItems() throws Exception {
        job.outer.put("PERL5OPT", "-Mno::such::module");
        job.outer.put("PERL_UNICODE", "SDA");
        job.run("echo \"$PERL5OPT $PERL_UNICODE\"; env | grep -c SETTLE_");
        assertThat(job.out()).isEqualTo("-Mno::such::module SDA\n1\n");
        assertThat(job.ended().launchFailure()).isEmpty();
    }

    @Test
    void largeAndBinaryOutputArriveWhole() throws Exception {
        job.run("head -c 10485760 /dev/zero | tr '\\0' '\\377'; printf 'e\\351\\200\\n' >&2");
        assertThat(job.stdout()).hasSize(10 * 1024 * 1024);
        assertThat(job.err()).isEqualTo("e\u00e9\u0080\n");
    }

    @Test
    void outputIsPrivateInTheRunAndAppendedTo() throws Exception {
        Files.createDirectories(job.stdout().getParent());
        Files.writeString(job.stdout(), "before\n");
        job.run("echo after");
        assertThat(job.out()).isEqualTo("before\nafter\n");
        assertThat(Files.getPosixFilePermissions(job.stderr())).hasSize(2);
        assertThat(Files.getPosixFilePermissions(job.record())).hasSize(2);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void missingWorkingDirectoryIsALaunchFailureAndNothingRuns(boolean perl) throws Exception {
        if (!perl) {
            job.withoutPerl();
        }
        job.workingDir = dir.resolve("none");
        assertThat(job.run("touch " + dir.resolve("ran"))).isEqualTo(JobWrapper.EXIT_CANNOT_START << 8);
        assertThat(job.ended().launchFailure().orElseThrow()).contains("none", "No such file or directory");
        assertThat(job.ended().exitCode()).isEmpty();
        assertThat(job.err()).contains("working directory");
        assertThat(dir.resolve("ran")).doesNotExist();
    }

    @Test
    void workingDirectoryThatIsAFileIsALaunchFailure() throws Exception {
        job.workingDir = Files.createFile(dir.resolve("file"));
        job.run("true");
        assertThat(job.ended().launchFailure().orElseThrow()).contains("Not a directory");
    }

    @ParameterizedTest
    @CsvSource({
        "#!/no/such/interpreter,bad interpreter /no/such/interpreter",
        "#!/etc/passwd,bad interpreter /etc/passwd",
        "#!,names no interpreter"
    })
    void interpreterThatCannotBeStartedIsALaunchFailure(String first, String why) throws Exception {
        assertThat(job.run(first + "\necho no")).isEqualTo(JobWrapper.EXIT_CANNOT_START << 8);
        assertThat(job.ended().launchFailure().orElseThrow()).contains(why);
    }

    @Test
    void dosLineEndsAreNamed() throws Exception {
        job.run("#!/bin/sh\r\necho no\r\n");
        assertThat(job.ended().launchFailure().orElseThrow()).contains("carriage return");
    }

    @Test
    void launchFailureThatQuotesStrangeBytesIsStillARecord() throws Exception {
        job.workingDir = dir.resolve("a\"b\\c\nd\u00e9");
        job.run("true");
        assertThat(job.ended().launchFailure().orElseThrow()).contains("a\"b\\c\nd\u00e9");
    }
}
