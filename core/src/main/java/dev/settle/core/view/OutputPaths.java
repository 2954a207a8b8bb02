package dev.settle.core.view;

import dev.settle.core.run.Attempt;
import dev.settle.core.run.Item;
import java.util.Optional;

/** Where an attempt's output lies; the view shows the paths and does not open them. */
public interface OutputPaths {
    /** Knows no paths: for jobs that settle did not submit. */
    OutputPaths NONE = new OutputPaths() {
        @Override
        public Optional<String> stdout(Item item, Attempt attempt) {
            return Optional.empty();
        }

        @Override
        public Optional<String> stderr(Item item, Attempt attempt) {
            return Optional.empty();
        }
    };

    /** The absolute path of its standard output. */
    Optional<String> stdout(Item item, Attempt attempt);

    /** The absolute path of its standard error; the same as {@link #stdout} where the two are one. */
    Optional<String> stderr(Item item, Attempt attempt);
}
