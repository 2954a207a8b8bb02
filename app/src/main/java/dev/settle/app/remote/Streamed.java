package dev.settle.app.remote;

import dev.settle.app.process.App;
import dev.settle.app.process.Signals;
import java.io.IOException;
import java.util.Optional;

/**
 * Follows a command of the host in a pipe: it runs there apart from the connection, and what it writes comes in frames. A
 * connection that broke is made again and goes on behind the last byte that came.
 */
final class Streamed implements Frames.Sink {
    /**
     * Where a stream goes on.
     *
     * @param out bytes of stdout that are here
     * @param err bytes of stderr that are here
     * @param signal what the command is to get first
     */
    record Place(long out, long err, Optional<Signals.Kind> signal) {}

    /** What the host is given for a connection. */
    interface Script {
        String of(Place place) throws InterruptedException;
    }

    /** What the host keeps of the command after its end. */
    enum Kept {
        NOTHING,
        /** Files that are still to be brought here, or read there. */
        FOR_LATER
    }

    private final App app;
    private final Ssh ssh;
    private final Reconnection reconnection;
    private final Interruptions interruptions;
    private final Script script;
    private final Kept kept;
    private long out;
    private long err;

    Streamed(App app, Ssh ssh, Reconnection reconnection, Interruptions interruptions, Script script, Kept kept) {
        this.app = app;
        this.ssh = ssh;
        this.reconnection = reconnection;
        this.interruptions = interruptions;
        this.script = script;
        this.kept = kept;
    }

    /** Follows the command to its end; its exit status. */
    int follow() throws InterruptedException {
        while (true) {
            Optional<Signals.Kind> signal = interruptions.signal();
            Ssh.Run run = ssh.start(Ssh.Streams.READ, script.of(new Place(out, err, signal)));
            interruptions.during(run.process());
            Frames frames = new Frames(run.process().getInputStream());
            boolean greeted = false;
            Frames.Ending ending = Frames.Ending.CUT;
            try {
                greeted = frames.greeted();
                if (greeted) {
                    reconnection.connected();
                    ending = frames.unpack(this);
                }
            } catch (IOException e) {
                // As a connection that broke.
                ending = Frames.Ending.CUT;
            }
            if (ending == Frames.Ending.STATUS) {
                if (kept == Kept.NOTHING) {
                    acknowledge(run.process());
                }
                closed(run.process());
                run.end();
                return frames.status();
            }
            closed(run.process());
            SshEnd end = run.end();
            boolean signalled = !interruptions.signal().equals(signal);
            if (ending == Frames.Ending.ELSEWHERE) {
                // Leaves as the loop does when the host does not answer.
                interruptions.pause(Reconnection.GIVE_UP_AFTER);
            } else if (!signalled) {
                if (!greeted && end.kind() == SshEnd.Kind.COMMAND_ENDED && end.status() != 0) {
                    return end.status();
                }
                reconnection.broke(end);
            }
        }
    }

    /** All is here: the host need not keep it. */
    private static void acknowledge(Process process) {
        try {
            process.getOutputStream().write('k');
            process.getOutputStream().flush();
        } catch (IOException e) {
            // It is kept there for some days, and removed then.
            return;
        }
    }

    private static void closed(Process process) {
        try {
            process.getOutputStream().close();
        } catch (IOException e) {
            // The process has ended.
        }
    }

    @Override
    public void out(byte[] bytes, int length) {
        out += length;
        reconnection.brought();
        app.console().bytes(bytes, length);
    }

    @Override
    public void err(byte[] bytes, int length) {
        err += length;
        reconnection.brought();
        app.console().errorBytes(bytes, length);
    }
}
