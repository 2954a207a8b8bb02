package dev.settle.app.process;

import dev.settle.core.text.PlainText;
import java.io.IOException;
import java.io.Writer;

/** Passes text on as {@link PlainText#lines}, however it is cut into pieces. */
final class PlainWriter extends Writer {
    private final Writer out;
    /** The first half of a surrogate pair whose second half is still to come; 0 for none. */
    private char half;

    PlainWriter(Writer out) {
        this.out = out;
    }

    @Override
    public void write(char[] text, int from, int length) throws IOException {
        int clean = from;
        for (int at = from; at < from + length; at++) {
            char each = text[at];
            if (half == 0 && (PlainText.isHarmless(each) || each == '\n')) {
                continue;
            }
            out.write(text, clean, at - clean);
            clean = at + 1;
            one(each);
        }
        out.write(text, clean, from + length - clean);
    }

    private void one(char each) throws IOException {
        if (half != 0 && Character.isLowSurrogate(each)) {
            out.write(new char[] {half, each});
            half = 0;
            return;
        }
        finishHalf();
        if (Character.isHighSurrogate(each)) {
            half = each;
        } else if (PlainText.isHarmless(each) || each == '\n') {
            out.write(each);
        } else {
            out.write(PlainText.escape(each));
        }
    }

    private void finishHalf() throws IOException {
        if (half != 0) {
            out.write(PlainText.escape(half));
            half = 0;
        }
    }

    @Override
    public void flush() throws IOException {
        out.flush();
    }

    @Override
    public void close() throws IOException {
        finishHalf();
        out.close();
    }
}
