package dev.settle.app.remote;

import dev.settle.core.file.AtomicFile;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.zip.CRC32;

/** An answer that is kept for some time in a file, beside the question: asking again starts a process. */
final class KeptAnswer {
    private static final int BYTES_MAX = 1 << 16;

    /** Stands between the words; none of them has it. */
    private static final String BETWEEN = "\0";

    private final Path file;
    private final String question;

    /** @param folder of this user alone */
    KeptAnswer(Path folder, List<String> question) {
        this.question = String.join(BETWEEN, question);
        CRC32 sum = new CRC32();
        sum.update(this.question.getBytes(StandardCharsets.UTF_8));
        this.file = folder.resolve("answer-" + Long.toHexString(sum.getValue()));
    }

    /** The answer, if it was given after that time. */
    Optional<List<String>> since(Instant time) {
        try (InputStream in = Files.newInputStream(file)) {
            if (Files.getLastModifiedTime(file).toInstant().isBefore(time)) {
                return Optional.empty();
            }
            String text = new String(in.readNBytes(BYTES_MAX), StandardCharsets.UTF_8);
            int end = text.indexOf('\n');
            if (end < 0 || !text.substring(0, end).equals(question) || !text.endsWith("\n")) {
                return Optional.empty();
            }
            return Optional.of(text.substring(end + 1)
                    .lines()
                    .filter(word -> !word.isEmpty())
                    .toList());
        } catch (IOException e) {
            // There is none.
            return Optional.empty();
        }
    }

    void keep(List<String> answer) {
        if (question.indexOf('\n') >= 0) {
            return;
        }
        try {
            AtomicFile.write(
                    file, question + "\n" + String.join("\n", answer) + "\n", AtomicFile.Durability.MAY_BE_LOST);
        } catch (IOException e) {
            // The next command asks again.
            return;
        }
    }
}
