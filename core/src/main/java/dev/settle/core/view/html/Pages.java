package dev.settle.core.view.html;

import gg.jte.ContentType;
import gg.jte.TemplateEngine;
import java.io.IOException;
import java.io.UncheckedIOException;

/** Renders the templates of the pages. */
public final class Pages {
    private static final String PACKAGE = "dev.settle.core.view.html.template";

    private Pages() {}

    /** Made when the first page is written: no other command pays for it. */
    private static final class Engine {
        static final TemplateEngine ENGINE =
                TemplateEngine.createPrecompiled(null, ContentType.Html, Pages.class.getClassLoader(), PACKAGE);
    }

    /**
     * Writes a page.
     *
     * @param template a file of {@code src/main/jte}, such as {@code report.jte}
     * @param page what the template shows
     */
    public static void render(String template, Object page, Appendable out) throws IOException {
        try {
            Engine.ENGINE.render(template, page, new MarkupOutput(out));
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }

    /** Renders a part of a page. */
    public static Fragment fragment(String template, Object part) {
        StringBuilder out = new StringBuilder();
        try {
            render(template, part, out);
        } catch (IOException e) {
            throw new UncheckedIOException("a string cannot fail to be written", e);
        }
        return new Fragment(out.toString());
    }
}
