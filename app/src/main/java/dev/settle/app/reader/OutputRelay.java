package dev.settle.app.reader;

import dev.settle.app.process.ByteSink;
import dev.settle.app.process.Console;
import dev.settle.app.process.TerminalFilter;
import dev.settle.app.runs.Requests;
import dev.settle.core.run.Item;
import dev.settle.core.run.RunState;
import dev.settle.core.view.Line;
import java.io.IOException;
import java.util.List;

/**
 * Passes on what the one command of a run writes, as it comes: its stdout to stdout and its stderr to stderr, byte for
 * byte; to a terminal as {@link TerminalFilter} leaves it, and to the log of a CI system without commands to its runner.
 */
final class OutputRelay {
    private final Console console;
    private final List<OutputCopy> copies;
    private final List<Sink> sinks;
    private boolean failed;

    /** One stream, and whether a line of it is unfinished. */
    private static final class Sink implements ByteSink {
        private final ByteSink out;
        private boolean amidLine;

        Sink(ByteSink out) {
            this.out = out;
        }

        @Override
        public void bytes(byte[] bytes, int length) {
            out.bytes(bytes, length);
            amidLine = bytes[length - 1] != '\n';
        }

        @Override
        public void end() {
            out.end();
        }
    }

    /** @param state of a run of one item */
    OutputRelay(Console console, Requests requests, RunState state, Line.Ink ink) {
        this.console = console;
        Item item = state.items().get(0);
        this.copies = List.of(
                new OutputCopy(requests, OutputCopy.Stream.STDOUT, state, item, item.attempt()),
                new OutputCopy(requests, OutputCopy.Stream.STDERR, state, item, item.attempt()));
        ByteSink out = console::bytes;
        ByteSink err = console::errorBytes;
        this.sinks = List.of(
                new Sink(console.redacted(console.isSeen() ? new TerminalFilter(out, ink) : console.forRunner(out))),
                new Sink(console.redacted(
                        console.isErrorSeen() ? new TerminalFilter(err, ink) : console.forRunner(err))));
    }

    /** Passes on what has come since; says whether there was anything. */
    boolean goOn(RunState now) {
        boolean any = false;
        for (int i = 0; i < copies.size() && !failed; i++) {
            try {
                any |= copies.get(i).moveOn(now, sinks.get(i));
                any |= copies.get(i).goOn(sinks.get(i));
            } catch (IOException e) {
                failed = true;
                console.notice("settle: the command's output cannot be read any more: " + e.getMessage());
            }
        }
        return any;
    }

    /** Passes on the rest, and ends a line that the command has not ended where lines of ours follow. */
    void finish(RunState now) {
        goOn(now);
        sinks.forEach(Sink::end);
        boolean together = console.isSeen();
        if (sinks.get(1).amidLine || (together && sinks.get(0).amidLine)) {
            if (together) {
                console.out("\n");
            } else {
                console.error(List.of(Line.EMPTY), Line.Ink.PLAIN);
            }
        }
    }
}
