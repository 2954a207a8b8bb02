package dev.settle.core.runfile;

import dev.settle.core.model.Plan;
import dev.settle.core.model.RunChoices;
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
 * @param choices what the command line says in place of the file
 */
public record ReadContext(
        Path directory, Path home, Function<Optional<Plan.BackendName>, String> backend, RunChoices choices) {
    public ReadContext {
        if (!directory.isAbsolute() || !home.isAbsolute()) {
            throw new IllegalArgumentException("not absolute: " + directory + ", " + home);
        }
    }

    /** A reading of the file as it stands. */
    public ReadContext(Path directory, Path home, Function<Optional<Plan.BackendName>, String> backend) {
        this(directory, home, backend, RunChoices.NONE);
    }

    /** The same with what the command line says in place of the file. */
    public ReadContext with(RunChoices others) {
        return new ReadContext(directory, home, backend, others);
    }
}
