package dev.settle.app.remote;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class SentFilesTest {
    @TempDir
    Path folder;

    private Path file(String name, String text) throws IOException {
        Path file = folder.resolve(name);
        Files.createDirectories(file.resolveSibling(""));
        return Files.writeString(file, text);
    }

    @Test
    void namesInARunFileAreFollowed() throws IOException {
        file("mein skript ä.sh", "#!/bin/sh\n. lib/functions.sh\ncat data/deep.txt\n");
        file("lib/functions.sh", "true\n");
        file("data/deep.txt", "x");
        file("data/in.csv", "nobody reads data/hidden.txt here");
        file("data/hidden.txt", "x");
        file("plain.sh", "#!/bin/sh\n");
        file("unnamed.txt", "x");
        Path run = file("run.yaml", """
                items:
                  - {id: a, script: "mein skript ä.sh"}
                  - id: b
                    command: ./plain.sh --in=data/in.csv /etc/passwd ../outside && echo done
                """);
        SentFiles sent = SentFiles.of(run, folder, List.of());
        assertThat(sent.first()).isEqualTo("run.yaml");
        assertThat(sent.files())
                .containsExactlyInAnyOrder(
                        "run.yaml", "mein skript ä.sh", "lib/functions.sh", "data/deep.txt", "plain.sh", "data/in.csv");
    }

    @Test
    void argumentsOfAScriptAreSentAsWell() throws IOException {
        file("in/a b.txt", "x");
        Path job = file("jobs/job.sh", "#!/bin/bash\n#SBATCH --time=1\ncat \"$1\"\n");
        SentFiles sent = SentFiles.of(job, folder, List.of("in/a b.txt", "--opt"));
        assertThat(sent.files()).containsExactlyInAnyOrder("jobs/job.sh", "in/a b.txt");
    }

    @Test
    void fileFromElsewhereBringsItsOwnFolder() throws IOException {
        Path run = file("elsewhere/run.yaml", "items: [{id: a, command: ./x.sh}]");
        file("elsewhere/x.sh", "#!/bin/sh\n");
        SentFiles sent = SentFiles.of(run, folder.resolve("here"), List.of());
        assertThat(sent.base()).isEqualTo(folder.resolve("elsewhere"));
        assertThat(sent.files()).containsExactlyInAnyOrder("run.yaml", "x.sh");
    }
}
