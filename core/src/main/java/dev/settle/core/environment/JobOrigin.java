package dev.settle.core.environment;

import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What jobs begin with: the shell in which their run was created or resumed, as with sbatch.
 *
 * @param settings absent where nobody wrote them down: then those of whoever starts a job
 * @param secrets variables whose values stand in no file and on no command line
 */
public record JobOrigin(EnvironmentBlock variables, Optional<ProcessSettings> settings, Set<String> secrets) {
    public JobOrigin {
        secrets = Set.copyOf(secrets);
    }

    /** One without secrets. */
    public JobOrigin(EnvironmentBlock variables, Optional<ProcessSettings> settings) {
        this(variables, settings, Set.of());
    }

    /** The same without the values of some variables, as it may be kept. */
    public JobOrigin without(Collection<String> names) {
        return new JobOrigin(variables.without(names::contains), settings, secrets);
    }

    /** The same with some variables as another environment has them, whose values nobody else is to see. */
    public JobOrigin withSecrets(Collection<String> names, EnvironmentBlock other) {
        return new JobOrigin(variables.with(names, other), settings, Set.copyOf(names));
    }

    /** Variables alone, and the settings of whoever starts a job. */
    public static JobOrigin of(EnvironmentBlock variables) {
        return new JobOrigin(variables, Optional.empty());
    }

    /** Reads what {@link #bytes} has written; files of version 1 have variables alone. */
    public static JobOrigin parse(byte[] bytes) {
        int end = bytes.length;
        for (int i = 0; i < bytes.length; i++) {
            if (bytes[i] == 0 && (i == 0 || bytes[i - 1] == 0)) {
                end = i;
                break;
            }
        }
        Map<String, String> settings = end == bytes.length
                ? Map.of()
                : EnvironmentBlock.parse(Arrays.copyOfRange(bytes, end + 1, bytes.length))
                        .texts();
        return new JobOrigin(EnvironmentBlock.parse(Arrays.copyOf(bytes, end)), ProcessSettings.parse(settings));
    }

    /** Variables, each ended by a NUL; then another NUL and the settings, if any, as {@code NAME=VALUE} with a NUL each. */
    public byte[] bytes() {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        all.writeBytes(variables.bytes());
        settings.ifPresent(known -> {
            all.write(0);
            all.writeBytes(RawText.encode(known.text()));
        });
        return all.toByteArray();
    }
}
