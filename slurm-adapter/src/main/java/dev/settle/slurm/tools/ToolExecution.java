package dev.settle.slurm.tools;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.commons.exec.CommandLine;
import org.apache.commons.exec.DefaultExecutor;
import org.apache.commons.exec.ExecuteException;
import org.apache.commons.exec.ExecuteWatchdog;
import org.apache.commons.exec.PumpStreamHandler;
import org.apache.commons.exec.Watchdog;
import org.jspecify.annotations.Nullable;

/**
 * One command through Commons Exec, which is given what it lacks: its watchdog ends the direct child only, it forgets a
 * child for whose streams there was no thread, it waits for as long as a grandchild holds the output, and it keeps the
 * output without a limit.
 *
 * <p>Its builders make only its own classes, so these extend them by their deprecated constructors.
 */
final class ToolExecution extends DefaultExecutor {
    /** Commons Exec adds two seconds to it, and takes none for "for ever". */
    private static final Duration STOP_TIMEOUT = Duration.ofMillis(1);

    private final Output stdout;
    private final Output stderr;
    private final TreeWatchdog treeWatchdog;
    private volatile @Nullable Process process;

    /**
     * A command that has not been started.
     *
     * @param input what it reads from stdin; empty for an stdin that is closed
     * @param outputBytesMax of each of its two streams
     */
    @SuppressWarnings("deprecation")
    ToolExecution(byte[] input, Duration limit, int outputBytesMax) {
        stdout = new Output(outputBytesMax);
        stderr = new Output(outputBytesMax);
        treeWatchdog = new TreeWatchdog(limit);
        setStreamHandler(new Streams(stdout, stderr, input.length == 0 ? null : new ByteArrayInputStream(input)));
        setWatchdog(treeWatchdog);
        // None is a failure: the caller looks at them.
        setExitValues(null);
        // That of this process, even where it may not be entered any more.
        setWorkingDirectory(null);
    }

    /**
     * Runs the command.
     *
     * @throws IOException when it cannot be started
     * @throws OutOfMemoryError when there is no room for a thread: the command may have been started, and is ended
     */
    ToolRunner.Result run(List<String> words, Map<String, String> environment) throws IOException {
        CommandLine command = new CommandLine(words.get(0));
        words.subList(1, words.size()).forEach(word -> command.addArgument(word, false));
        int exitCode;
        try {
            exitCode = execute(command, environment);
        } catch (IOException e) {
            Process started = process;
            if (started == null || started.isAlive()) {
                throw e;
            }
            // It closed its stdin before it had read all of it; its answer counts all the same.
            exitCode = started.exitValue();
        } finally {
            endIfAlive();
        }
        boolean interrupted = exitCode == INVALID_EXITVALUE;
        if (interrupted) {
            // Commons Exec has swallowed it.
            Thread.currentThread().interrupt();
        }
        ToolRunner.Kind kind = interrupted ? ToolRunner.Kind.TIMED_OUT : kind();
        return new ToolRunner.Result(
                kind, kind == ToolRunner.Kind.EXITED ? exitCode : -1, stdout.text(), stderr.text());
    }

    private ToolRunner.Kind kind() {
        if (stdout.isOverLimit() || stderr.isOverLimit()) {
            return ToolRunner.Kind.CUT;
        }
        if (treeWatchdog.isOver()) {
            return ToolRunner.Kind.TIMED_OUT;
        }
        return stdout.isAtItsEnd() ? ToolRunner.Kind.EXITED : ToolRunner.Kind.HELD_OPEN;
    }

    @Override
    protected Process launch(CommandLine command, Map<String, String> environment, @Nullable Path directory)
            throws IOException {
        Process started = super.launch(command, environment, directory);
        process = started;
        return started;
    }

    private void endIfAlive() {
        Process started = process;
        if (started != null && started.isAlive()) {
            ProcessTree.end(started);
        }
    }

    /** Ends the whole tree at the limit, and when nobody waits for it any more. */
    private final class TreeWatchdog extends ExecuteWatchdog {
        private volatile boolean over;

        @SuppressWarnings("deprecation")
        TreeWatchdog(Duration limit) {
            super(limit.toMillis());
        }

        boolean isOver() {
            return over;
        }

        @Override
        public synchronized void timeoutOccured(Watchdog watchdog) {
            Process started = process;
            over = started != null && started.isAlive();
            endIfAlive();
        }

        /** Called after the end, and when the waiting thread was interrupted. */
        @Override
        public synchronized void stop() {
            super.stop();
            endIfAlive();
        }
    }

    /** Its pumps, which close what they fill at the end of the stream. */
    private static final class Streams extends PumpStreamHandler {
        Streams(OutputStream stdout, OutputStream stderr, @Nullable InputStream input) {
            super(stdout, stderr, input);
            setStopTimeout(STOP_TIMEOUT);
        }

        @Override
        protected Thread createPump(InputStream from, OutputStream to) {
            return createPump(from, to, true);
        }

        @Override
        public void stop() throws IOException {
            try {
                super.stop();
            } catch (ExecuteException e) {
                // A grandchild holds a stream: the streams themselves say which.
            }
        }
    }

    /** What the command wrote to one of its streams, up to a limit at which it is ended. */
    private final class Output extends OutputStream {
        private final int bytesMax;
        private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        private boolean overLimit;
        private boolean atItsEnd;

        Output(int bytesMax) {
            this.bytesMax = bytesMax;
        }

        @Override
        public void write(int each) throws IOException {
            write(new byte[] {(byte) each}, 0, 1);
        }

        @Override
        public void write(byte[] from, int offset, int length) throws IOException {
            if (!keep(from, offset, length)) {
                endIfAlive();
                throw new IOException("more output than is read");
            }
        }

        private synchronized boolean keep(byte[] from, int offset, int length) {
            overLimit |= bytes.size() + length > bytesMax;
            if (!overLimit) {
                try {
                    bytes.write(from, offset, length);
                } catch (OutOfMemoryError e) {
                    overLimit = true;
                }
            }
            return !overLimit;
        }

        @Override
        public synchronized void close() {
            atItsEnd = true;
        }

        synchronized boolean isOverLimit() {
            return overLimit;
        }

        synchronized boolean isAtItsEnd() {
            return atItsEnd;
        }

        synchronized String text() {
            return bytes.toString(StandardCharsets.UTF_8);
        }
    }
}
