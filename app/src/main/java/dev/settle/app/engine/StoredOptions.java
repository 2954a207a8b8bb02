package dev.settle.app.engine;

import dev.settle.app.engine.backend.EngineOptions;
import dev.settle.core.file.Disk;
import dev.settle.core.journal.RunFolder;
import dev.settle.core.journal.file.WholeFile;
import dev.settle.core.json.Fields;
import dev.settle.core.json.Json;
import dev.settle.core.kernel.state.Policy;
import dev.settle.core.model.Plan.OnExhausted;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The drive options that a run was created with, for whoever drives it later without options of his own. */
public final class StoredOptions {
    private static final String FILE = "options.json";

    private StoredOptions() {}

    public static void write(Disk disk, RunFolder folder, EngineOptions policies) throws IOException {
        Map<String, @Nullable Object> tree = new LinkedHashMap<>();
        tree.put("interval_ms", millis(policies.interval()));
        tree.put("settle_timeout_ms", millis(policies.settleTimeout()));
        tree.put("lost_after_ms", millis(policies.lostAfter()));
        tree.put("give_up_after_ms", millis(policies.giveUpAfter()));
        tree.put("max_concurrent", policies.maxConcurrent());
        tree.put("on_exhausted", policies.onExhausted().map(Enum::name));
        tree.put("accept_unconfirmed", policies.confirmation() == Policy.Confirmation.WAIVED);
        WholeFile.write(disk, folder.path().resolve(FILE), Json.write(tree) + "\n");
    }

    public static EngineOptions read(RunFolder folder) throws IOException {
        Path file = folder.path().resolve(FILE);
        if (!Files.exists(file)) {
            return EngineOptions.DEFAULT;
        }
        Fields fields = Json.parseObject(Files.readString(file).strip());
        return new EngineOptions(
                duration(fields, "interval_ms"),
                duration(fields, "settle_timeout_ms"),
                duration(fields, "lost_after_ms"),
                duration(fields, "give_up_after_ms"),
                fields.optInt("max_concurrent"),
                fields.optText("on_exhausted").map(OnExhausted::valueOf),
                fields.flag("accept_unconfirmed") ? Policy.Confirmation.WAIVED : Policy.Confirmation.REQUIRED);
    }

    private static Optional<Long> millis(Optional<Duration> duration) {
        return duration.map(Duration::toMillis);
    }

    private static Optional<Duration> duration(Fields fields, String name) throws IOException {
        return fields.optLong(name).isPresent()
                ? Optional.of(Duration.ofMillis(fields.longer(name)))
                : Optional.empty();
    }
}
