package dev.settle.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.settle.core.json.Fields;
import dev.settle.testdata.SlurmCluster;
import dev.settle.testdata.SshServer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.io.TempDir;

/** A run of a real Slurm that is started and followed from another machine, over a connection that breaks. */
@EnabledIf("available")
final class RemoteSlurmIT {
    @TempDir
    Path folder;

    static boolean available() {
        return SlurmCluster.available() && SshServer.available();
    }

    @Test
    void jobsOfARealClusterAreFollowedOverAConnectionThatBreaks() throws Exception {
        SlurmCluster cluster = SlurmCluster.shared();
        String[] variables = cluster.environment().entrySet().stream()
                .map(variable -> variable.getKey() + "=" + variable.getValue())
                .toArray(String[]::new);
        try (SshServer server = SshServer.up(variables);
                Launched client = new Launched(
                        folder, folder.resolve("state"), Map.of("PATH", server.bin() + ":" + System.getenv("PATH")))) {
            assertThat(client.settle("--on", "far", "install").code()).isZero();
            Files.writeString(folder.resolve("run.yaml"), """
                    name: far
                    backend: slurm
                    items:
                      - {id: ok, command: "./work.sh"}
                      - {id: bad, command: "sleep 1; exit 3"}
                      - {id: after, command: "echo after", deps: [ok]}
                    """);
            Path work = Files.writeString(folder.resolve("work.sh"), "#!/bin/sh\nsleep 5\n");
            work.toFile().setExecutable(true, false);
            Launched.Child run =
                    client.start("--on", "far", "run", "run.yaml", "--json", "--interval", "5s", "--junit", "far.xml");
            Launched.Child probe = client.settle("--on", "far", "doctor");
            assertThat(probe.out()).contains("slurm_controller");
            server.act("cut");
            assertThat(run.await()).as(run.err()).isEqualTo(1);
            Map<String, Fields> items = run.items();
            assertThat(items.get("ok").text("confirmed_by")).isEqualTo("accounting");
            assertThat(items.get("bad").integer("exit_code")).isEqualTo(3);
            assertThat(items.get("after").text("state")).isEqualTo("completed");
            assertThat(folder.resolve("far.xml")).content().contains("exit code 3");
        }
    }
}
