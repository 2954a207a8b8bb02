package dev.settle.app.doctor;

import dev.settle.app.engine.backend.Backends;
import dev.settle.app.process.Environment;
import dev.settle.core.text.PlainText;
import dev.settle.slurm.tools.ProcessToolRunner;
import dev.settle.slurm.tools.ToolRunner;
import java.time.Duration;
import java.util.List;

/** One short look at whether Slurm answers, for who wants no more than that; {@code settle doctor} looks closer. */
public final class ControllerProbe {
    private static final Duration LIMIT = Duration.ofSeconds(3);

    private ControllerProbe() {}

    /** What became of it, in half a sentence. */
    public static String words(Environment environment) {
        List<String> missing = Backends.missingTools(environment.searchPath());
        if (!missing.isEmpty()) {
            return "not available, these tools are not on PATH: " + String.join(" ", missing);
        }
        ToolRunner.Result ping = new ProcessToolRunner(environment.variables()).run(List.of("scontrol", "ping"), LIMIT);
        return ping.isGood()
                ? "answers (" + PlainText.oneLine(ping.stdout().strip()) + ")"
                : "does not answer: " + ping.lastWords("scontrol");
    }
}
