package dev.settle.core.model;

import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * What an item asks the scheduler for; absent means the site's default.
 *
 * @param cpus cores of one task
 * @param memoryBytes memory of the whole job, in bytes
 * @param gpus number of GPUs
 * @param gres generic resources as Slurm writes them, such as {@code gpu:v100:2}
 * @param timeLimit the scheduler's time limit
 * @param extra further sbatch options, passed through as they are
 */
public record Resources(
        OptionalInt cpus,
        OptionalLong memoryBytes,
        OptionalInt gpus,
        Optional<String> gres,
        Optional<Duration> timeLimit,
        Optional<String> partition,
        Optional<String> account,
        Optional<String> qos,
        Optional<String> constraint,
        List<String> extra) {

    public static final Resources NONE = new Resources(
            OptionalInt.empty(),
            OptionalLong.empty(),
            OptionalInt.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            List.of());

    public Resources {
        extra = List.copyOf(extra);
    }

    /** The same with another amount of memory and another time limit. */
    Resources with(OptionalLong otherMemoryBytes, Optional<Duration> otherTimeLimit) {
        return new Resources(
                cpus, otherMemoryBytes, gpus, gres, otherTimeLimit, partition, account, qos, constraint, extra);
    }

    /** By hand, as {@link #hashCode()}: a record's own are spun at their first use, which costs a start milliseconds. */
    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Resources that
                && cpus.equals(that.cpus)
                && memoryBytes.equals(that.memoryBytes)
                && gpus.equals(that.gpus)
                && gres.equals(that.gres)
                && timeLimit.equals(that.timeLimit)
                && partition.equals(that.partition)
                && account.equals(that.account)
                && qos.equals(that.qos)
                && constraint.equals(that.constraint)
                && extra.equals(that.extra);
    }

    @Override
    public int hashCode() {
        return Objects.hash(cpus, memoryBytes, gpus, gres, timeLimit, partition, account, qos, constraint, extra);
    }
}
