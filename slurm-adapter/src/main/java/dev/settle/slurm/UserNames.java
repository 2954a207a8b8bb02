package dev.settle.slurm;

import dev.settle.core.scheduler.JobObservation;
import dev.settle.slurm.parse.Numbers;
import dev.settle.slurm.tools.ToolRunner;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** The names behind the numbers in {@code CANCELLED by 30065}, as this machine knows them. */
final class UserNames {
    private static final Duration TOOL_LIMIT = Duration.ofSeconds(5);

    private final ToolRunner tools;
    private final Map<String, String> names = new ConcurrentHashMap<>();

    UserNames(ToolRunner tools, SlurmUser me) {
        this.tools = tools;
        names.put(me.uid(), me.name());
    }

    JobObservation named(JobObservation observation) {
        Optional<String> by = observation.cancelledBy();
        return by.isEmpty() || Numbers.parseLong(by.get()).isEmpty()
                ? observation
                : observation.toBuilder().cancelledBy(by.map(this::name)).build();
    }

    /** The number itself where nobody knows a name for it; asked once. */
    private String name(String uid) {
        return names.computeIfAbsent(uid, number -> {
            ToolRunner.Result result = tools.run(List.of("id", "-nu", number), TOOL_LIMIT);
            String name = result.isGood() ? result.stdout().strip() : "";
            return name.isEmpty() || name.contains("\n") ? number : name;
        });
    }
}
