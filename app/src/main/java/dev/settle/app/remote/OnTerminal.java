package dev.settle.app.remote;

import dev.settle.app.process.App;
import dev.settle.app.process.Signals;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * Follows a command of the host on a terminal that ssh makes the host's: screen, keys and size are as they are here. A
 * connection that broke hangs up there, so that the run goes on by itself; the next connection follows it again.
 */
final class OnTerminal {
    private static final int MODES_BYTES_MAX = 4096;

    /** Shows the cursor, ends colours, and leaves another screen. */
    private static final byte[] PLAIN = "\u001b[?1049l\u001b[?25h\u001b[0m\r\n".getBytes(StandardCharsets.US_ASCII);

    /** What the host is given for a connection, counted from 0. */
    interface Script {
        String of(int connection) throws InterruptedException;
    }

    private final App app;
    private final Ssh ssh;
    private final Reconnection reconnection;
    private final Interruptions interruptions;
    private final Script script;
    private final Predicate<SshEnd> isOfCommand;
    private final Runnable lastWords;

    /**
     * @param script for the first connection, 0, and those that follow it
     * @param isOfCommand whether the command has ended, and not only its connection
     */
    OnTerminal(
            App app,
            Ssh ssh,
            Reconnection reconnection,
            Interruptions interruptions,
            Script script,
            Predicate<SshEnd> isOfCommand,
            Runnable lastWords) {
        this.app = app;
        this.ssh = ssh;
        this.reconnection = reconnection;
        this.interruptions = interruptions;
        this.script = script;
        this.isOfCommand = isOfCommand;
        this.lastWords = lastWords;
    }

    /** Follows the command to its end; its exit status. */
    int follow() throws InterruptedException {
        Optional<String> modes = modes();
        int connections = 0;
        while (true) {
            Ssh.Run run = ssh.start(Ssh.Streams.TERMINAL, script.of(connections++));
            interruptions.during(run.process());
            SshEnd end = run.end();
            Optional<Signals.Kind> signal = interruptions.signal();
            if (isOfCommand.test(end) && signal.isEmpty()) {
                return end.status();
            }
            if (end.kind() != SshEnd.Kind.UNREACHABLE) {
                // What was killed did not put the terminal back.
                modes.ifPresent(OnTerminal::set);
                app.console().bytes(PLAIN, PLAIN.length);
            }
            if (signal.isEmpty()) {
                reconnection.broke(end);
                signal = interruptions.signal();
            }
            if (signal.isPresent()) {
                lastWords.run();
                return signal.get().status().code();
            }
        }
    }

    /** The modes of the terminal as stty has them; nothing where there is no stty. */
    private static Optional<String> modes() {
        try {
            Process stty = stty(List.of("stty", "-g"));
            String said = new String(stty.getInputStream().readNBytes(MODES_BYTES_MAX), StandardCharsets.US_ASCII);
            return Optional.of(said.strip()).filter(text -> !text.isEmpty());
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    private static void set(String modes) {
        try {
            stty(List.of("stty", modes)).waitFor();
        } catch (IOException e) {
            // The user's shell sets them as well.
            return;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static Process stty(List<String> words) throws IOException {
        return new ProcessBuilder(words)
                .redirectInput(new File("/dev/tty"))
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
    }
}
