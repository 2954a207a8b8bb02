package dev.settle.slurm.tools;

import dev.settle.core.file.AtomicFile;
import dev.settle.core.file.OwnFiles;
import dev.settle.slurm.parse.Numbers;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Which Slurm commands this user's settle processes sent from this host in the last minutes, in a file that they share,
 * and how long the next question has to wait.
 *
 * <p>A courtesy, not a record: what cannot be read or written is left out, and nothing fails for it.
 */
public final class CommandLog {
    /** The budget is an average over so long. */
    public static final Duration WINDOW = Duration.ofMinutes(5);

    /** Questions about running jobs do not stop, however much else was sent. */
    static final Duration PAUSE_MAX = Duration.ofSeconds(15);

    /** So much of the budget may go at once: 3 of 5; the rest is spread over what is left of the window. */
    private static final int BURST_PARTS = 3;

    private static final int PARTS = 5;

    /** A file of this size is cut down to what still counts. */
    private static final long FILE_BYTES_MAX = 64 << 10;

    /** One command; questions and acts are told apart by their tool. */
    private record Sent(long atMillis, String tool) {}

    private final Path file;
    private final Clock clock;

    /** @param folder exists and is this user's */
    public CommandLog(Path folder, Clock clock) {
        this.file = folder.resolve("commands");
        this.clock = clock;
    }

    /** Takes notice of a command that is sent now. */
    synchronized void note(String tool) {
        try {
            if (Files.exists(file) && Files.size(file) > FILE_BYTES_MAX) {
                shorten();
            }
            OwnFiles.append(file, clock.millis() + " " + tool + "\n");
        } catch (IOException e) {
            // On a full disk commands go out uncounted rather than not at all.
            return;
        }
    }

    private void shorten() throws IOException {
        StringBuilder text = new StringBuilder();
        for (Sent sent : inWindow()) {
            text.append(sent.atMillis()).append(' ').append(sent.tool()).append('\n');
        }
        AtomicFile.write(file, text.toString(), AtomicFile.Durability.MAY_BE_LOST);
    }

    /** How many of each tool were sent within the {@link #WINDOW}. */
    public Map<String, Integer> recent() {
        Map<String, Integer> counts = new TreeMap<>();
        for (Sent sent : inWindow()) {
            counts.merge(sent.tool(), 1, Integer::sum);
        }
        return counts;
    }

    /**
     * What the budget has left.
     *
     * @param sent commands within the {@link #WINDOW}
     * @param pause how long the next routine query waits for it
     */
    record Room(int sent, Duration pause) {}

    Room room(int perMinute) {
        List<Sent> sent = inWindow();
        return new Room(sent.size(), pause(sent, perMinute));
    }

    private Duration pause(List<Sent> sent, int perMinute) {
        int budget = Math.toIntExact(Math.min(Integer.MAX_VALUE, perMinute * WINDOW.toMinutes()));
        if (sent.size() < (long) budget * BURST_PARTS / PARTS || sent.isEmpty()) {
            return Duration.ZERO;
        }
        long now = clock.millis();
        long last = sent.get(sent.size() - 1).atMillis();
        long firstLeaves = sent.get(Math.max(0, sent.size() - budget)).atMillis() + WINDOW.toMillis();
        long next = sent.size() < budget ? last + (firstLeaves - now) / (budget - sent.size()) : firstLeaves;
        long pause = Math.min(next, last + PAUSE_MAX.toMillis()) - now;
        return pause <= 0 ? Duration.ZERO : Duration.ofMillis(pause);
    }

    private List<Sent> inWindow() {
        long now = clock.millis();
        List<Sent> sent = new ArrayList<>();
        try {
            if (!Files.exists(file)) {
                return sent;
            }
            for (String line : Files.readAllLines(file, StandardCharsets.UTF_8)) {
                int blank = line.indexOf(' ');
                long at = blank < 0
                        ? 0
                        : Numbers.parseLong(line.substring(0, blank)).orElse(0);
                // What the future sent was sent before the clock was set back.
                if (at > now - WINDOW.toMillis() && at <= now) {
                    sent.add(new Sent(at, line.substring(blank + 1)));
                }
            }
        } catch (IOException e) {
            return new ArrayList<>();
        }
        return sent;
    }
}
