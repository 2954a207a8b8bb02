package dev.settle.app.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.settle.app.process.Environment;
import dev.settle.app.process.Failure;
import dev.settle.core.model.Plan.BackendName;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ConfigurationTest {
    @TempDir
    Path folder;

    private Path site;
    private Path user;

    @BeforeEach
    void layOut() throws IOException {
        site = folder.resolve("site.yaml");
        user = Files.createDirectories(folder.resolve("config/settle")).resolve("config.yaml");
    }

    @Test
    void withoutFilesAndVariablesNothingIsSaid() {
        Configuration configuration = read(Map.of());
        assertThat(configuration.files().duration(Setting.INTERVAL)).isEmpty();
        assertThat(configuration.intervalFloor()).isEmpty();
        assertThat(configuration.maxCommandsPerMinute()).isEmpty();
    }

    @Test
    void userFileStandsAboveSiteFileKeyByKey() throws IOException {
        Files.writeString(site, "interval: 60s\nsettle_timeout: 20m\n");
        Files.writeString(user, "# mine\ninterval: 45s\nbackend: local\n");
        Configuration.Layer files = read(Map.of()).files();
        assertThat(files.duration(Setting.INTERVAL)).contains(Duration.ofSeconds(45));
        assertThat(files.duration(Setting.SETTLE_TIMEOUT)).contains(Duration.ofMinutes(20));
        assertThat(files.backend()).contains(BackendName.LOCAL);
    }

    @Test
    void variablesAreALayerOfTheirOwn() {
        Configuration configuration =
                read(Map.of("SETTLE_INTERVAL", "7s", "SETTLE_SCHEDULER_MAX_COMMANDS_PER_MINUTE", "3"));
        assertThat(configuration.variables().duration(Setting.INTERVAL)).contains(Duration.ofSeconds(7));
        assertThat(configuration.files().duration(Setting.INTERVAL)).isEmpty();
        assertThat(configuration.maxCommandsPerMinute()).hasValue(3);
    }

    @Test
    void longestFloorHoldsWhoeverSaysIt() throws IOException {
        Files.writeString(site, "floors: {interval: 15s}\n");
        Files.writeString(user, "floors:\n  interval: 5s\n");
        assertThat(read(Map.of()).intervalFloor()).contains(Duration.ofSeconds(15));
        assertThat(read(Map.of("SETTLE_FLOORS_INTERVAL", "1m")).intervalFloor()).contains(Duration.ofMinutes(1));
    }

    @Test
    void nobodyRaisesTheCommandsThatTheSiteAllows() throws IOException {
        Files.writeString(site, "scheduler: {max_commands_per_minute: 6}\n");
        Files.writeString(user, "scheduler: {max_commands_per_minute: 60}\n");
        assertThat(read(Map.of()).maxCommandsPerMinute()).hasValue(6);
        assertThat(read(Map.of("SETTLE_SCHEDULER_MAX_COMMANDS_PER_MINUTE", "2")).maxCommandsPerMinute())
                .hasValue(2);
    }

    @Test
    void allProblemsOfAllFilesAreToldWithPlaceAndMend() throws IOException {
        Files.writeString(site, "floors: {interval: soon}\n");
        Files.writeString(user, "backend: slurm\nintervall: 5s\nmax_concurrent: 0\n");
        assertThatThrownBy(() -> read(Map.of("SETTLE_BACKEND", "pbs")))
                .isInstanceOf(Failure.class)
                .hasMessageContaining(site + ":1:10: floors.interval: \"soon\" is not understood; write a duration")
                .hasMessageContaining(user + ":2:1: intervall: there is no such setting; did you mean \"interval\"?")
                .hasMessageContaining(user + ":3:1: max_concurrent: \"0\" is not understood; write a whole number")
                .hasMessageContaining("SETTLE_BACKEND: \"pbs\" is not understood; write local or slurm");
    }

    @Test
    void anEmptyOrCommentedFileIsNoProblem() throws IOException {
        Files.writeString(site, "");
        Files.writeString(user, "# interval: 5s\n\n");
        assertThat(read(Map.of()).files().duration(Setting.INTERVAL)).isEmpty();
    }

    @Test
    void pageForUsersHasARowForEachSetting() throws IOException {
        String page = Files.readString(Path.of("docs", "configuration.md"));
        for (Setting setting : Setting.values()) {
            assertThat(page)
                    .contains(
                            "| `" + setting.key() + "` | `" + setting.variable() + "` | " + setting.meaning() + " |\n");
        }
    }

    private Configuration read(Map<String, String> variables) {
        Map<String, String> all = new HashMap<>(variables);
        all.put("XDG_CONFIG_HOME", folder.resolve("config").toString());
        return Configuration.read(site, new Environment(all, folder, folder, "games"));
    }
}
