package dev.settle.app.crash;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A state directory that other users could have filled: no command uses it, and each says how to fix it. */
@Timeout(120)
final class UntrustedStateTest {
    private static final List<List<String>> COMMANDS = List.of(
            List.of("run", "--backend", "local", "--", "true"),
            List.of("submit", "--backend", "local", "--", "true"),
            List.of("watch"),
            List.of("wait", "one"),
            List.of("status"),
            List.of("list"),
            List.of("explain", "one"),
            List.of("logs", "one"),
            List.of("cancel", "one"),
            List.of("resume", "one"),
            List.of("recover"),
            List.of("rm", "one"),
            List.of("prune", "--older-than", "1d"),
            List.of("report", "one", "--json"));

    @TempDir
    Path folder;

    /** A state directory with one flaw. */
    private Path flawed(String part, Flaw flaw) throws Exception {
        Path state = own(folder.resolve("state"));
        own(state.resolve("runs"));
        Path bad = part.isEmpty() ? state : state.resolve(part);
        if (flaw == Flaw.LINK) {
            Path elsewhere = folder.resolve("elsewhere");
            if (Files.exists(bad)) {
                Files.move(bad, elsewhere);
            } else {
                own(elsewhere);
            }
            Files.createSymbolicLink(bad, elsewhere);
        } else {
            own(bad);
            Files.setPosixFilePermissions(bad, PosixFilePermissions.fromString(flaw.mode));
        }
        return bad;
    }

    private static Path own(Path path) throws Exception {
        return Files.exists(path)
                ? path
                : Files.createDirectory(
                        path, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    }

    private enum Flaw {
        GROUP("rwxrwx---"),
        ALL("rwxrwxrwx"),
        LINK("");

        final String mode;

        Flaw(String mode) {
            this.mode = mode;
        }
    }

    @TestFactory
    Stream<DynamicTest> everyCommandRefusesWithTheFix() {
        return Stream.of("", "runs", "wrapper", "questions", "background", "queues")
                .flatMap(part -> Stream.of(Flaw.values())
                        .map(flaw -> DynamicTest.dynamicTest(
                                (part.isEmpty() ? "the directory" : part) + " " + flaw, () -> refused(part, flaw))));
    }

    private void refused(String part, Flaw flaw) throws Exception {
        Path bad = flawed(part, flaw);
        try {
            for (List<String> command : COMMANDS) {
                InProcess.Ended ended = settle().settle(command.toArray(String[]::new));
                assertThat(ended.code()).as(command + ": " + ended.err()).isEqualTo(74);
                assertThat(ended.err()).contains(bad.toString()).contains("fix: ");
            }
            InProcess.Ended doctor = settle().settle("doctor");
            assertThat(doctor.code()).isEqualTo(1);
            assertThat(doctor.out()).contains(bad.toString());
        } finally {
            delete(folder.resolve("state"));
            delete(folder.resolve("elsewhere"));
        }
    }

    private InProcess settle() {
        return new InProcess(folder, "/usr/bin:/bin");
    }

    private static void delete(Path tree) throws Exception {
        if (Files.exists(tree, java.nio.file.LinkOption.NOFOLLOW_LINKS)) {
            try (Stream<Path> all = Files.walk(tree)) {
                for (Path each : all.sorted(java.util.Comparator.reverseOrder()).toList()) {
                    Files.delete(each);
                }
            }
        }
    }

    @Test
    void runWhoseFolderOthersMayChangeIsRefusedAloneAndListedWithTheOthers() throws Exception {
        InProcess settle = settle();
        StalledRun one = StalledRun.leave(settle, StalledRun.Driver.GONE, List.of());
        StalledRun other = StalledRun.leave(settle, StalledRun.Driver.GONE, List.of());
        Path bad = one.folder.path();
        Files.setPosixFilePermissions(bad, PosixFilePermissions.fromString("rwxrwxrwx"));
        InProcess.Ended status = settle.settle("status", one.folder.id().value());
        assertThat(status.code()).isEqualTo(74);
        assertThat(status.err()).contains("chmod 700 " + bad);
        assertThat(settle.settle("status", other.folder.id().value()).code()).isZero();
        InProcess.Ended list = settle.settle("list");
        assertThat(list.out())
                .contains(one.folder.id().value())
                .contains(other.folder.id().value());
    }
}
