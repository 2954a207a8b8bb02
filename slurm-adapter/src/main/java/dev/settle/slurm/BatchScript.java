package dev.settle.slurm;

import dev.settle.core.scheduler.SubmitRequest;
import dev.settle.core.scheduler.SubmitToken;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Where the batch script of a submission lies. Its path has the token in it, and Slurm keeps the path: as the job's
 * command, and at the end of the command line of sbatch.
 */
final class BatchScript {
    private static final String SUFFIX = ".sh";
    private static final Pattern PATH = Pattern.compile("/(st[0-9a-z]{12})(?:/[^/]+|\\.sh)$");

    private BatchScript() {}

    /** {@code SCRIPTS/TOKEN/NAME} where the user's script has a name, else {@code SCRIPTS/TOKEN.sh}. */
    static Path of(Path scripts, SubmitRequest request) {
        String token = request.token().value();
        return request.fileName()
                .map(name -> scripts.resolve(token).resolve(name))
                .orElseGet(() -> scripts.resolve(token + SUFFIX));
    }

    /** Whether the folder has the batch script of a submission. */
    static boolean isIn(Path scripts, SubmitToken token) {
        return Files.exists(scripts.resolve(token.value() + SUFFIX)) || Files.exists(scripts.resolve(token.value()));
    }

    /** The token in the path of a batch script at the end of a text. */
    static Optional<SubmitToken> token(String text) {
        Matcher path = PATH.matcher(text);
        return path.find() ? Optional.of(new SubmitToken(path.group(1))) : Optional.empty();
    }
}
