package dev.settle.core.kernel;

import dev.settle.core.run.RunState;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;

/**
 * A kernel that lacks one decision about evidence: what the stories and the simulation have to notice.
 *
 * @param name of the {@link Rule} or {@link Check} that is missing
 */
public record Gap(String name, Doctrine doctrine) {
    /** One for each rule and each check. */
    public static List<Gap> all() {
        List<Gap> gaps = new ArrayList<>();
        for (Rule rule : Rule.values()) {
            gaps.add(new Gap(rule.name(), Doctrine.without(rule)));
        }
        for (Check check : Check.values()) {
            gaps.add(new Gap(check.name(), Doctrine.without(check)));
        }
        return gaps;
    }

    /** A kernel with this gap. */
    public Kernel kernel(RunState state, Policy policy, RandomGenerator random, ClockReading now) {
        return new Kernel(state, policy, random, now, doctrine);
    }

    /** The first story that is told differently; empty when none notices. */
    public Optional<String> noticedBy() throws IOException {
        for (Path file : StoryTest.files()) {
            String text = Files.readString(file);
            if (!text.equals(retold(text))) {
                return Optional.of(String.valueOf(file.getFileName()));
            }
        }
        return Optional.empty();
    }

    private String retold(String text) {
        try {
            return StoryTest.retold(text, doctrine);
        } catch (RuntimeException | AssertionError e) {
            // A kernel with a gap may ask for what the story does not answer.
            return e.toString();
        }
    }

    @Override
    public String toString() {
        return name;
    }
}
