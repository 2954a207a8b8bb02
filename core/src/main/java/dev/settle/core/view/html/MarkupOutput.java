package dev.settle.core.view.html;

import dev.settle.core.view.Markup;
import gg.jte.TemplateOutput;
import java.io.IOException;
import java.io.UncheckedIOException;

/** Takes what a template writes. Characters that HTML or XML forbid never get through. */
final class MarkupOutput implements TemplateOutput {
    private final Appendable out;

    MarkupOutput(Appendable out) {
        this.out = out;
    }

    @Override
    public void writeContent(String markup) {
        try {
            out.append(Markup.harmless(markup));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void writeContent(String markup, int from, int to) {
        writeContent(markup.substring(from, to));
    }
}
