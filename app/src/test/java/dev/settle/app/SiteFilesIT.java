package dev.settle.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The files for sites are in the language that they are for, and name what the installation holds. */
final class SiteFilesIT {
    private static final Path DIST = Path.of(System.getProperty("settle.dist"));
    private static final Path SITE = DIST.resolve("share/settle/site");
    private static final long SECONDS_MAX = 30;

    @TempDir
    Path folder;

    @ParameterizedTest
    @CsvSource({
        "package.py, python3, 'import ast,sys; ast.parse(open(sys.argv[1]).read())', -c",
        "settle-0.1.0-Java-17.eb, python3, 'import ast,sys; ast.parse(open(sys.argv[1]).read())', -c",
        "settle.lua, luac, -p, ",
    })
    void fileCanBeParsed(String name, String tool, String words, String option) throws Exception {
        needs(tool);
        List<String> command = Stream.of(tool, option, words, SITE.resolve(name).toString())
                .filter(word -> word != null && !word.isEmpty())
                .toList();
        assertEndsWell(command);
    }

    /** A Tcl in which each command of a module file says what it was given. */
    @Test
    void tclModuleSetsWhatTheInstallationHas() throws Exception {
        needs("tclsh");
        Path script = Files.writeString(folder.resolve("module.tcl"), """
                proc module-whatis {words} {}
                proc module-info {what} { return settle/0.1.0 }
                proc prepend-path {name path} { puts "$name $path" }
                source [lindex $argv 0]
                """);
        String out = assertEndsWell(
                List.of("tclsh", script.toString(), SITE.resolve("settle.tcl").toString()));
        assertThat(out.lines())
                .containsExactly(
                        "PATH /opt/settle/0.1.0/bin",
                        "MANPATH /opt/settle/0.1.0/share/man",
                        "XDG_DATA_DIRS /opt/settle/0.1.0/share",
                        "FPATH /opt/settle/0.1.0/share/zsh/site-functions");
    }

    @Test
    void filesNameWhatIsInTheInstallation() {
        for (String path : List.of("bin/settle", "lib/settle.jar", "lib/install-archive", "share/man")) {
            assertThat(DIST.resolve(path)).exists();
        }
        assertThat(SITE).isDirectoryContaining("glob:**.lua").isDirectoryContaining("glob:**.tcl");
    }

    private String assertEndsWell(List<String> command) throws Exception {
        Path out = folder.resolve("out");
        Process process = new ProcessBuilder(command)
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(out.toFile())
                .start();
        assertThat(process.waitFor(SECONDS_MAX, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).as(Files.readString(out)).isZero();
        return Files.readString(out);
    }

    /** Without it the test is skipped; CI installs it. */
    private static void needs(String tool) {
        if (System.getenv("CI") == null) {
            assumeTrue(isOnPath(tool), tool + " is not installed");
        }
        assertThat(isOnPath(tool)).as(tool + " is installed").isTrue();
    }

    private static boolean isOnPath(String tool) {
        return Stream.of(System.getenv("PATH").split(File.pathSeparator))
                .anyMatch(at -> Files.isExecutable(Path.of(at, tool)));
    }
}
