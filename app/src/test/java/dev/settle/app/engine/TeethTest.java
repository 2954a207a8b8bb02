package dev.settle.app.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.settle.core.kernel.Gap;
import java.io.IOException;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Stories and simulation have teeth: whatever is taken out of the rules of evidence, one of them notices. */
final class TeethTest {
    /** Timelines that a mistake may take to show. */
    private static final int TIMELINES_MAX = 2_000;

    @Test
    void everyRuleAndCheckThatIsMissingIsNoticed() throws IOException {
        List<String> survivors = new ArrayList<>();
        try (Simulation simulation = new Simulation()) {
            for (Gap gap : Gap.all()) {
                Optional<String> story = gap.noticedBy();
                boolean noticed = story.isPresent() || simulation.anyFails(1, TIMELINES_MAX, gap::kernel);
                if (!noticed) {
                    survivors.add(gap.name());
                }
            }
        }
        assertThat(survivors).isEmpty();
    }

    @Test
    void everyMistakeIsNoticedAndEveryInvariantNoticesOne() throws IOException {
        List<KnownMistake> survivors = new ArrayList<>();
        Set<Invariant> noticing = EnumSet.noneOf(Invariant.class);
        try (Simulation simulation = new Simulation()) {
            for (KnownMistake mistake : KnownMistake.values()) {
                Set<Invariant> noticed = simulation.invariantsThatNotice(TIMELINES_MAX, mistake);
                noticing.addAll(noticed);
                if (noticed.isEmpty()) {
                    survivors.add(mistake);
                }
            }
        }
        assertThat(survivors).isEmpty();
        assertThat(noticing).containsExactlyInAnyOrder(Invariant.values());
    }
}
