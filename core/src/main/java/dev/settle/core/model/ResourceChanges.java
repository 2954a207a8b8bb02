package dev.settle.core.model;

import dev.settle.core.text.Durations;
import dev.settle.core.text.Sizes;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;

/** What new attempts of a run's items ask for in place of what the plan says; absent means as the plan says. */
public record ResourceChanges(
        OptionalInt cpus,
        OptionalLong memoryBytes,
        Optional<Duration> timeLimit,
        Optional<String> partition,
        Optional<String> account,
        Optional<String> qos) {

    public static final ResourceChanges NONE = new ResourceChanges(
            OptionalInt.empty(),
            OptionalLong.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty());

    /** What an item says of its own wishes, as changes. */
    public static ResourceChanges of(Resources wanted) {
        return new ResourceChanges(
                wanted.cpus(),
                wanted.memoryBytes(),
                wanted.timeLimit(),
                wanted.partition(),
                wanted.account(),
                wanted.qos());
    }

    public boolean isEmpty() {
        return equals(NONE);
    }

    /** These changes, and where they say nothing the ones before. */
    public ResourceChanges over(ResourceChanges before) {
        return new ResourceChanges(
                cpus.isPresent() ? cpus : before.cpus,
                memoryBytes.isPresent() ? memoryBytes : before.memoryBytes,
                timeLimit.or(before::timeLimit),
                partition.or(before::partition),
                account.or(before::account),
                qos.or(before::qos));
    }

    /** The item as it asks after these changes. */
    public PlanItem applyTo(PlanItem item) {
        if (isEmpty()) {
            return item;
        }
        Resources before = item.resources();
        List<String> extra = new ArrayList<>(before.extra());
        // A script may say it in a form that only sbatch understands.
        extra.removeIf(option -> isReplaced(option.replaceFirst("=.*", "")));
        ResourceChanges wanted = over(of(before));
        return item.withResources(new Resources(
                wanted.cpus,
                wanted.memoryBytes,
                before.gpus(),
                before.gres(),
                wanted.timeLimit,
                wanted.partition,
                wanted.account,
                wanted.qos,
                before.constraint(),
                extra));
    }

    private boolean isReplaced(String option) {
        return switch (option) {
            case "--cpus-per-task" -> cpus.isPresent();
            case "--mem", "--mem-per-cpu", "--mem-per-gpu" -> memoryBytes.isPresent();
            case "--time" -> timeLimit.isPresent();
            case "--partition" -> partition.isPresent();
            case "--account" -> account.isPresent();
            case "--qos" -> qos.isPresent();
            default -> false;
        };
    }

    /** In words: {@code time limit 2h, memory 16G}. */
    @Override
    public String toString() {
        List<String> words = new ArrayList<>();
        timeLimit.ifPresent(limit -> words.add("time limit " + Durations.format(limit)));
        memoryBytes.ifPresent(bytes -> words.add("memory " + Sizes.format(bytes)));
        cpus.ifPresent(count -> words.add(count + (count == 1 ? " cpu" : " cpus")));
        partition.ifPresent(name -> words.add("partition " + name));
        account.ifPresent(name -> words.add("account " + name));
        qos.ifPresent(name -> words.add("qos " + name));
        return String.join(", ", words);
    }
}
