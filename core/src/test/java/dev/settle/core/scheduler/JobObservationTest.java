package dev.settle.core.scheduler;

import static org.assertj.core.api.Assertions.assertThat;

import dev.settle.core.model.ItemReason;
import java.lang.reflect.Constructor;
import java.lang.reflect.RecordComponent;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import org.junit.jupiter.api.Test;

final class JobObservationTest {
    private static final Instant AT = Instant.parse("2026-11-21T00:10:00Z");
    private static final JobObservation BARE = JobObservation.of(
                    Source.SQUEUE, AT, new JobId("7"), JobState.unknown("X"))
            .build();
    private static final JobObservation FULL = new JobObservation(
            Source.SACCT,
            AT.plusSeconds(1),
            new JobId("8"),
            new JobState("FAILED", JobState.Phase.FAILED, ItemReason.EXIT_CODE),
            OptionalInt.of(3),
            OptionalInt.of(9),
            Optional.of(new WaitReason("Priority", WaitReason.Kind.PASSES)),
            Optional.of("NonZeroExitCode"),
            Optional.of("a"),
            Optional.of(new SubmitToken("st0123456789ab")),
            Optional.of(AT),
            Optional.of(AT),
            Optional.of(AT),
            Optional.of("n1"),
            Optional.of("ada"),
            Optional.of(Duration.ofMinutes(1)),
            new Usage(OptionalLong.of(1), OptionalDouble.empty(), OptionalLong.empty(), OptionalInt.empty()),
            true,
            true,
            true,
            Optional.of("timed out"));

    /** The one that differs from the bare one in one field. */
    private static JobObservation with(int field) throws ReflectiveOperationException {
        RecordComponent[] components = JobObservation.class.getRecordComponents();
        Object[] values = new Object[components.length];
        for (int i = 0; i < components.length; i++) {
            values[i] = components[i].getAccessor().invoke(i == field ? FULL : BARE);
        }
        Class<?>[] types =
                Arrays.stream(components).map(RecordComponent::getType).toArray(Class<?>[]::new);
        Constructor<JobObservation> make = JobObservation.class.getDeclaredConstructor(types);
        return make.newInstance(values);
    }

    @Test
    void whatDiffersOnlyInItsTimeAndUsageSaysTheSame() throws ReflectiveOperationException {
        RecordComponent[] components = JobObservation.class.getRecordComponents();
        for (int i = 0; i < components.length; i++) {
            String field = components[i].getName();
            assertThat(with(i)).as(field).isNotEqualTo(BARE);
            assertThat(with(i).saysTheSameAs(BARE))
                    .as(field)
                    .isEqualTo(Set.of("at", "usage").contains(field));
        }
    }
}
