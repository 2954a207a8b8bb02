package dev.settle.app.runs;

import dev.settle.core.file.AtomicFile;
import dev.settle.core.journal.RunFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;

/** How many Slurm commands a run has sent, by tool, in a file of the run; those who look read it. */
public final class CommandTally implements Consumer<String> {
    private static final String FILE = "commands";

    private final Path file;
    private final Map<String, Integer> counts;

    /** Goes on counting where the driver before left off. */
    public CommandTally(RunFolder folder) {
        this.file = folder.path().resolve(FILE);
        this.counts = read(folder);
    }

    /** What was sent so far; nothing where that cannot be read. */
    public static Map<String, Integer> read(RunFolder folder) {
        Map<String, Integer> counts = new TreeMap<>();
        Path file = folder.path().resolve(FILE);
        try {
            if (Files.exists(file)) {
                for (String line : Files.readAllLines(file)) {
                    int blank = line.indexOf(' ');
                    counts.put(line.substring(0, blank), Integer.parseInt(line.substring(blank + 1)));
                }
            }
        } catch (IOException | NumberFormatException | IndexOutOfBoundsException e) {
            // A count is not worth a failed look.
            return new TreeMap<>();
        }
        return counts;
    }

    @Override
    public synchronized void accept(String tool) {
        counts.merge(tool, 1, Integer::sum);
        StringBuilder text = new StringBuilder();
        counts.forEach(
                (name, count) -> text.append(name).append(' ').append(count).append('\n'));
        try {
            AtomicFile.write(file, text.toString(), AtomicFile.Durability.MAY_BE_LOST);
        } catch (IOException e) {
            // On a full disk the run goes on; the next command is counted with this one.
            return;
        }
    }
}
