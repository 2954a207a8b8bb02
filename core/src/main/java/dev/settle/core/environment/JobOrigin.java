package dev.settle.core.environment;

import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;

/**
 * What jobs begin with: the shell in which their run was created or resumed, as with sbatch.
 *
 * @param settings absent where nobody wrote them down: then those of whoever starts a job
 */
public record JobOrigin(EnvironmentBlock variables, Optional<ProcessSettings> settings) {

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
