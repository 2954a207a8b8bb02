package dev.settle.app.crash;

import static org.assertj.core.api.Assertions.assertThat;

import dev.settle.core.json.Fields;
import dev.settle.core.json.Json;
import dev.settle.testdata.FakeSlurm;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Each finding of doctor, with its fix. */
@Timeout(120)
final class DoctorTest {
    @TempDir
    Path folder;

    private record Found(boolean trusted, int code, Map<String, Fields> checks) {
        String level(String name) throws Exception {
            assertThat(checks).containsKey(name);
            return checks.get(name).text("level");
        }

        String text(String name) throws Exception {
            return checks.get(name).text("text");
        }

        /** Level and fix; every finding has one. */
        void assertFinding(String name, String level, String fix) throws Exception {
            assertThat(level(name)).as(checks.toString()).isEqualTo(level);
            assertThat(checks.get(name).text("mend")).contains(fix);
        }
    }

    private InProcess local() {
        return new InProcess(folder, folder.resolve("none").toString());
    }

    private Found doctor(InProcess settle) throws Exception {
        InProcess.Ended ended = settle.settle("doctor", "--json");
        Fields document = Json.parseObject(ended.out());
        Map<String, Fields> checks = new HashMap<>();
        for (Fields check : document.objects("checks")) {
            checks.put(check.text("name"), check);
        }
        return new Found(document.flag("trusted"), ended.code(), checks);
    }

    private Path state(String mode) throws Exception {
        Path state = folder.resolve("state");
        Files.createDirectories(state);
        return Files.setPosixFilePermissions(state, PosixFilePermissions.fromString(mode));
    }

    @Test
    void allIsWellWhereNothingIsWrong() throws Exception {
        state("rwx------");
        Found found = doctor(local());
        assertThat(found.code()).isZero();
        assertThat(found.trusted()).isTrue();
        for (String name : List.of("state_directory", "state_mode", "state_locks", "state_force", "leftovers")) {
            assertThat(found.level(name)).as(found.text(name)).isEqualTo("ok");
        }
        assertThat(Files.list(folder.resolve("state")).toList())
                .as("nothing is left behind")
                .isEmpty();
    }

    @Test
    void stateDirectoryThatOthersSeeIsWarnedAboutAndOneThatTheyChangeIsNotTrusted() throws Exception {
        state("rwxr-x---");
        doctor(local()).assertFinding("state_mode", "warning", "chmod 700");
        state("rwxrwxrwx");
        Found found = doctor(local());
        found.assertFinding("state_mode", "trouble", "chmod 700");
        assertThat(found.code()).isEqualTo(1);
    }

    @Test
    void stateDirectoryThatCannotBeMadeIsTrouble() throws Exception {
        Files.writeString(folder.resolve("state"), "a file");
        InProcess below =
                local().with(Map.of("SETTLE_HOME", folder.resolve("state/below").toString()));
        Found found = doctor(below);
        found.assertFinding("state_directory", "trouble", "SETTLE_HOME");
        assertThat(found.code()).isEqualTo(1);
    }

    @Test
    void leftoversAreNamedEachWithItsMend() throws Exception {
        InProcess settle = local();
        StalledRun stalled = StalledRun.leave(settle, StalledRun.Driver.GONE, List.of());
        StalledRun broken = StalledRun.leave(settle, StalledRun.Driver.GONE, StalledRun.submitted("one", 4711));
        byte[] journal = Files.readAllBytes(broken.folder.journal());
        journal[20] ^= 1;
        Files.write(broken.folder.journal(), journal);
        old(Files.createDirectory(settle.state().resolve("runs/.new-zzzzzzzz")), Duration.ofHours(1));
        old(Files.createFile(settle.state().resolve("driver-elsewhere.lock")), Duration.ofDays(40));
        Found found = doctor(settle);
        found.assertFinding("stalled_runs", "warning", "settle recover");
        assertThat(found.text("stalled_runs")).contains(stalled.folder.id().value());
        found.assertFinding("unreadable_run", "trouble", broken.folder.path().toString());
        found.assertFinding("unfinished_run", "warning", "rm -r ");
        found.assertFinding("old_lock", "warning", "rm ");
        assertThat(found.code()).isEqualTo(1);
    }

    private static void old(Path path, Duration age) throws Exception {
        Files.setLastModifiedTime(path, FileTime.from(Instant.now().minus(age)));
    }

    private InProcess withSlurm(FakeSlurm slurm) throws Exception {
        state("rwx------");
        return new InProcess(folder, "").with(slurm.environment());
    }

    @Test
    void slurmThatAnswersIsTrusted() throws Exception {
        try (FakeSlurm slurm = FakeSlurm.create()) {
            Found found = doctor(withSlurm(slurm));
            assertThat(found.text("slurm_version")).contains("22.05.8");
            assertThat(found.level("slurm_controller")).isEqualTo("ok");
            assertThat(found.level("clocks")).as(found.text("clocks")).isEqualTo("ok");
            assertThat(found.level("slurm_accounting")).isEqualTo("ok");
            assertThat(found.text("slurm_accounting_stores")).contains("accounting_storage/slurmdbd");
            assertThat(found.code()).isZero();
        }
    }

    @Test
    void accountingThatIsSilentIsTroubleAndNoneAtAllAWarning() throws Exception {
        try (FakeSlurm slurm = FakeSlurm.create()) {
            slurm.plan("world dbd down");
            Found silent = doctor(withSlurm(slurm));
            silent.assertFinding("slurm_accounting", "trouble", "sacct");
            assertThat(silent.code()).isEqualTo(1);
            slurm.replan("world accounting off");
            doctor(withSlurm(slurm)).assertFinding("slurm_accounting", "warning", "slurmdbd");
        }
    }

    @Test
    void controllerThatDoesNotAnswerAndAClockThatIsWrongAreFound() throws Exception {
        try (FakeSlurm slurm = FakeSlurm.create()) {
            slurm.plan("world ctld down");
            doctor(withSlurm(slurm)).assertFinding("slurm_controller", "trouble", "scontrol ping");
            Path answer = Files.writeString(
                    folder.resolve("config"), "Configuration data as of 2020-01-01T00:00:00\nClusterName = fake\n");
            slurm.replan("scontrol answer " + answer);
            doctor(withSlurm(slurm)).assertFinding("clocks", "warning", "NTP");
        }
    }

    @Test
    void missingToolAndToolsOfTwoVersionsAreFound() throws Exception {
        try (FakeSlurm slurm = FakeSlurm.create()) {
            Path bin = Files.createDirectory(folder.resolve("bin"));
            for (String tool : List.of("sbatch", "squeue", "scancel", "scontrol")) {
                script(bin.resolve(tool), "exec " + slurm.bin().resolve(tool) + " \"$@\"");
            }
            InProcess settle = withSlurm(slurm).with(Map.of("PATH", bin + ":/usr/bin:/bin"));
            if (!Files.exists(Path.of("/usr/bin/sacct"))) {
                doctor(settle).assertFinding("slurm_tools", "trouble", "--backend local");
            }
            script(bin.resolve("sacct"), "echo slurm-wlm 19.05.0");
            doctor(settle).assertFinding("slurm_version", "warning", "PATH");
        }
    }

    @Test
    void toolsWithoutAClusterAreTroubleOnlyWhereRunsGoToSlurm() throws Exception {
        Path bin = Files.createDirectory(folder.resolve("bin"));
        for (String tool : List.of("sbatch", "squeue", "scancel", "sacct", "scontrol")) {
            script(
                    bin.resolve(tool),
                    "echo '" + tool + ": fatal: Could not establish a configuration source' >&2; exit 1");
        }
        state("rwx------");
        InProcess settle = new InProcess(folder, "").with(Map.of("PATH", bin + ":/usr/bin:/bin"));
        Found local = doctor(settle.with(Map.of("SETTLE_BACKEND", "local")));
        local.assertFinding("slurm_tools", "warning", "SLURM_CONF");
        assertThat(local.code()).isZero();
        Found slurm = doctor(settle.with(Map.of("SETTLE_BACKEND", "slurm")));
        slurm.assertFinding("slurm_tools", "trouble", "SLURM_CONF");
        assertThat(slurm.code()).isEqualTo(1);
    }

    private static void script(Path path, String text) throws Exception {
        Files.writeString(path, "#!/bin/sh\n" + text + "\n");
        assertThat(path.toFile().setExecutable(true)).isTrue();
    }
}
