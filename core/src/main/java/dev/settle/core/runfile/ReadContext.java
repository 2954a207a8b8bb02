package dev.settle.core.runfile;

import dev.settle.core.model.Plan;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Function;

/**
 * Where a run file is read.
 *
 * @param directory where the run is created, absolute; scripts that are not beside the run file are looked for here
 * @param home what {@code ~} stands for, absolute
 * @param backend the name of the backend that a run goes to whose file has this {@code backend} key; asked only when
 *     environment rules depend on it
 */
public record ReadContext(Path directory, Path home, Function<Optional<Plan.BackendName>, String> backend) {
    public ReadContext {
        if (!directory.isAbsolute() || !home.isAbsolute()) {
            throw new IllegalArgumentException("not absolute: " + directory + ", " + home);
        }
    }
}
