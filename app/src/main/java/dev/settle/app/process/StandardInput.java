package dev.settle.app.process;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** What this process was given to read, where a command that it runs may want it. Linux; elsewhere there is nothing. */
public final class StandardInput {
    private static final Path LINK = Path.of("/proc/self/fd/0");
    private static final String NULL = "/dev/null";

    private final boolean terminal;
    private final InputStream in;

    StandardInput(boolean terminal, InputStream in) {
        this.terminal = terminal;
        this.in = in;
    }

    /**
     * Whether somebody has put something there to be read. Not so: a terminal, {@code /dev/null}, an empty file, and a pipe
     * into which nothing has been written yet, as CI servers leave it open. Never waits.
     */
    public boolean hasContent() {
        if (terminal || leadsTo().filter(place -> !place.equals(NULL)).isEmpty()) {
            return false;
        }
        try {
            return in.available() > 0;
        } catch (IOException e) {
            return false;
        }
    }

    /**
     * Where another process of this user can open the same: for a file, a pipe, and for the terminal while this process is
     * in its foreground. Empty where there is nothing to read, and for what cannot be opened twice, such as a socket.
     */
    public Optional<Path> place() {
        if (terminal && !Processes.isInForeground()) {
            return Optional.empty();
        }
        return leadsTo()
                .filter(place -> !place.equals(NULL) && !place.startsWith("socket:"))
                .map(place ->
                        Path.of("/proc", Long.toString(ProcessHandle.current().pid()), "fd", "0"));
    }

    private static Optional<String> leadsTo() {
        try {
            return Optional.of(Files.readSymbolicLink(LINK).toString());
        } catch (IOException | UnsupportedOperationException e) {
            return Optional.empty();
        }
    }
}
