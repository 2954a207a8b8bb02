package dev.settle.app;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** Tests whose commands run on this machine, each as a process of its own, in a folder that is theirs. */
abstract class LauncherCase {
    @TempDir
    Path folder;

    Launched launched;

    @BeforeEach
    final void setUp() {
        launched = new Launched(folder, folder.resolve("state"), Map.of());
    }

    @AfterEach
    final void endAll() {
        launched.close();
    }

    final Launched.Child settle(String... words) throws IOException, InterruptedException {
        return launched.settle(words);
    }
}
