package dev.settle.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.settle.testdata.SlurmCluster;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A Slurm job begins with what plain sbatch, typed in the same shell, gives it. */
@EnabledIf("dev.settle.testdata.SlurmCluster#available")
final class RealJobWorldIT {
    private static SlurmCluster cluster;
    private static SettleOnSlurm settle;

    private Path folder;
    private Path program;

    @BeforeAll
    static void cluster() {
        // The node is part of what jobs see.
        cluster = SlurmCluster.up("Nodes=1");
        settle = new SettleOnSlurm(cluster);
    }

    @AfterAll
    static void down() throws InterruptedException {
        settle.awaitDrivers();
        cluster.close();
    }

    @BeforeEach
    void folder() throws Exception {
        folder = Files.createTempDirectory("settle-world");
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxrwxrwx"));
        program = JobWorld.program(folder);
    }

    private int script(String shell, String text) throws Exception {
        Path script = Files.writeString(folder.resolve("script"), text);
        String changed = "cd " + folder + "\n" + JobWorld.STRANGE + "  JAVA_HOME=" + System.getProperty("java.home")
                + " SETTLE_HOME=" + folder + "/state " + shell + " " + script + " >out 2>err\n";
        Path outer = Files.writeString(folder.resolve("outer"), changed);
        return new ProcessBuilder(cluster.asUser(List.of("bash", outer.toString())))
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .redirectError(folder.resolve("trouble").toFile())
                .start()
                .waitFor();
    }

    @ParameterizedTest
    @CsvSource({
        "bash,export LC_ALL=C",
        "bash,export LC_ALL=xx_XX.UTF-8",
        "dash,unset LC_ALL LANG",
        "dash,export LC_ALL=C.UTF-8"
    })
    void jobSeesWhatPlainSbatchGivesIt(String shell, String locale) throws Exception {
        int code = script(shell, locale + " 2>/dev/null\n" + JobWorld.CHANGES + """
                sbatch --wait --job-name=one --output=plain --error=noise world
                nice -n 3 sbatch --wait --job-name=two --output=nicer --error=noise world
                printf '%%s\\n' 'name: n' 'items: [{id: one, script: world}]' >one.yaml
                printf '%%s\\n' 'name: m' 'items: [{id: two, script: world}]' >two.yaml
                %1$s run --interval 1s --quiet one.yaml && %1$s logs --stdout n one >settled
                nice -n 3 %1$s submit --interval 1s two.yaml && %1$s watch --exit-status m && %1$s logs --stdout m two >submitted
                """.formatted(settle.launcher()));
        assertThat(code).as(Files.readString(folder.resolve("err"))).isZero();
        Set<String> plain = of("plain");
        assertThat(plain).contains("Umask:\\x090027").anyMatch(line -> line.contains("SLURM_SUBMIT_DIR=" + folder));
        // dash itself drops that name, for sbatch as for settle.
        assertThat(plain.contains("variable my.option=1")).isEqualTo(shell.equals("bash"));
        assertThat(of("settled")).isEqualTo(plain);
        assertThat(of("submitted")).isEqualTo(of("nicer"));
    }

    private Set<String> of(String file) throws Exception {
        return JobWorld.of(folder.resolve(file));
    }
}
