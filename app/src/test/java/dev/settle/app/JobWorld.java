package dev.settle.app;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * All that a job can see of how it was started, as lines that can be compared: variables and arguments to the byte,
 * folder, limits, umask, signals, priority, streams.
 */
final class JobWorld {
    /** What a job of settle has besides, and what cannot be the same in two jobs. Nothing else may differ. */
    private static final Set<String> DIFFERENT = Set.of(
            "SETTLE_RUN_ID",
            "SETTLE_ITEM_ID",
            "SETTLE_ATTEMPT",
            "SETTLE_RESULT",
            "SETTLE_STOP",
            // The program that the shell started last: settle.
            "_",
            "SLURM_JOB_ID",
            "SLURM_JOBID",
            "SLURM_TASK_PID");

    private static final String PROGRAM = """
            #!/usr/bin/perl
            sub shown { my $t = shift; $t =~ s/([^ -~])/sprintf '\\\\x%02x', ord $1/ge; $t }
            sub content { open my $in, '<', shift or return ''; local $/; <$in> }
            my @lines = map { "variable $_" } split /\\0/, content('/proc/self/environ');
            push @lines, map { "argument $_" } @ARGV;
            push @lines, 'folder ' . readlink '/proc/self/cwd';
            push @lines, map { "limit $_" } split /\\n/, content('/proc/self/limits');
            push @lines, grep { /^(Umask|SigBlk|SigIgn)/ } split /\\n/, content('/proc/self/status');
            push @lines, 'nice ' . getpriority 0, 0;
            push @lines, 'stdin ' . readlink '/proc/self/fd/0';
            push @lines, "file $_" for grep { -e "/proc/self/fd/$_" } 3 .. 40;
            push @lines, 'terminal' if open my $tty, '+<', '/dev/tty';
            print map { shown($_) . "\\n" } @lines;
            """;

    private JobWorld() {}

    /** Puts the program into a folder; its first line names an interpreter, so that it is a batch script as well. */
    static Path program(Path folder) throws IOException {
        Path program = Files.writeString(folder.resolve("world"), PROGRAM);
        if (!program.toFile().setExecutable(true, false)) {
            throw new IOException("cannot be made executable: " + program);
        }
        return program;
    }

    /** Starts a shell script, by bash, in an environment that hardly anything may be lost of. */
    static final String STRANGE = """
            exec env 'my.option=1' $'b\\xe9=\\xe9\\xff' 'BASH_FUNC_greet%%=() {  echo "hello $*"
            }' 'BASH_FUNC_cd%%=() { :; }' 'BASH_FUNC_command%%=() { :; }' \\
              'BASH_FUNC_java%%=() { :; }' $'LINES_=one\\ntwo\\n' EMPTY= version=2 target=t arch=a key=k lib=l value=v \\
              self=s home=h java=j status=s line=l archive=x stream=9 jvm=y settle_lib=own settle_index=own \\
              JAVA_TOOL_OPTIONS=-Dx=y _JAVA_OPTIONS=-Dx=z JDK_JAVA_OPTIONS=-Da=b MALLOC_ARENA_MAX=3 \\
              CDPATH=/ ENV=/nowhere BASH_ENV=/nowhere POSIXLY_CORRECT=1 IFS=/ \\
              OLDPWD=/usr TZ=Europe/Berlin \\
            """;

    /** What a shell may change before it starts the program: limits, umask, signals. */
    static final String CHANGES = """
            umask 027
            ulimit -S -n 1000
            ulimit -S -s 7000
            ulimit -S -c 0
            """;

    /** The lines that a program has written, without those that may differ. */
    static Set<String> of(Path file) throws IOException {
        return Files.readString(file, StandardCharsets.ISO_8859_1)
                .lines()
                .filter(line -> !line.startsWith("variable ")
                        || !DIFFERENT.contains(line.substring("variable ".length(), line.indexOf('='))))
                .collect(Collectors.toCollection(TreeSet::new));
    }
}
