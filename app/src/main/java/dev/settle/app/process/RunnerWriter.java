package dev.settle.app.process;

import dev.settle.core.view.document.RunnerText;
import java.io.IOException;
import java.io.Writer;

/** Passes a document on to a log that the runner of a CI system reads: the same document, without commands to that runner. */
final class RunnerWriter extends Writer {
    private static final int BUFFER_MAX = 8 * 1024;

    private final Writer out;
    private final RunnerText runner;
    private final RunnerText.Form form;
    private final StringBuilder text = new StringBuilder();

    RunnerWriter(Writer out, RunnerText runner, RunnerText.Form form) {
        this.runner = runner;
        this.out = out;
        this.form = form;
    }

    @Override
    public void write(char[] more, int from, int length) throws IOException {
        text.append(more, from, length);
        if (text.length() > BUFFER_MAX) {
            pass(RunnerText.MARK_MAX);
        }
    }

    private void pass(int kept) throws IOException {
        String clean = runner.defused(text.toString(), form);
        out.write(clean, 0, clean.length() - kept);
        text.setLength(0);
        text.append(clean, clean.length() - kept, clean.length());
    }

    @Override
    public void flush() throws IOException {
        pass(0);
        out.flush();
    }

    @Override
    public void close() throws IOException {
        flush();
        out.close();
    }
}
