package dev.settle.app.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.settle.core.kernel.Kernel;
import dev.settle.core.kernel.evidence.Rule;
import java.io.IOException;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * Thousands of timelines of a model cluster drive the real kernel, adapter, session and journal on virtual time.
 *
 * <p>{@code -Dsettle.sim.seed=N} plays one and tells all of it, {@code -Dsettle.sim.timelines=N} plays so many, from seed
 * {@code -Dsettle.sim.first=N} on.
 */
final class SimulationTest {
    private static final int TIMELINES = Integer.getInteger("settle.sim.timelines", 5_000);

    private static final long FIRST = Long.getLong("settle.sim.first", 1);

    /** Some rules decide once in thousands of timelines; stories tell them as well. */
    private static final int RULES_MIN = Rule.values().length - 3;

    /** Failures whose timeline is told in full. */
    private static final int TOLD_MAX = 2;

    @Test
    void noTimelineTellsAVerdictWronglyTooEarlyOrNever() throws IOException {
        Long one = Long.getLong("settle.sim.seed");
        try (Simulation simulation = new Simulation()) {
            List<Simulation.Failure> failures = one == null
                    ? simulation.play(FIRST, FIRST + TIMELINES - 1, Kernel::new)
                    : simulation.play(one, one, Kernel::new);
            StringBuilder told = new StringBuilder();
            for (Simulation.Failure failure : failures) {
                told.append(failure.what()).append('\n');
            }
            for (Simulation.Failure failure : failures.subList(0, Math.min(TOLD_MAX, failures.size()))) {
                simulation.play(failure.seed(), Kernel::new, true).ifPresent(again -> told.append('\n')
                        .append(again.what()));
            }
            assertThat(failures).as(told.toString()).isEmpty();
            if (one == null && TIMELINES >= 1_000) {
                assertThat(simulation.counts().keySet())
                        .as("every end that a job can come to was told, so that the simulation is not an empty one")
                        .containsAll(Stream.of(SimFate.values())
                                .filter(fate -> !fate.isRequeue())
                                .map(fate -> fate.verdict.word())
                                .toList());
                long rules = Stream.of(Rule.values())
                        .filter(rule -> simulation.counts().containsKey(rule.word()))
                        .count();
                assertThat(rules).as("rules that decided").isGreaterThanOrEqualTo(RULES_MIN);
            }
        }
    }
}
