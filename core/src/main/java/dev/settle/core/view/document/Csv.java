package dev.settle.core.view.document;

import dev.settle.core.view.Text;
import java.io.IOException;
import java.util.regex.Pattern;

/**
 * Writes comma-separated values as RFC 4180 has them, in UTF-8 with a line feed after each row. The one place where they
 * are escaped.
 *
 * <p>A text that a spreadsheet would take for a formula ({@code =}, {@code +}, {@code -}, {@code @} at its beginning)
 * gets an apostrophe in front, as OWASP's page "CSV Injection" advises; numbers stay numbers.
 */
final class Csv {
    private static final String FORMULA_BEGINS = "=+-@";
    private static final Pattern NUMBER = Pattern.compile("[+-]?(\\d+(\\.\\d*)?|\\.\\d+)([eE][+-]?\\d+)?");

    private final Appendable out;
    private boolean rowBegun;

    Csv(Appendable out) {
        this.out = out;
    }

    /** A text from wherever; line ends and control characters do not survive. */
    Csv text(String text) throws IOException {
        String clean = Text.clean(text);
        String bare = clean.strip();
        boolean formula = !bare.isEmpty()
                && FORMULA_BEGINS.indexOf(bare.charAt(0)) >= 0
                && !NUMBER.matcher(bare).matches();
        return cell(formula ? "'" + clean : clean);
    }

    /** A number or a time that settle itself has written. */
    Csv number(String number) throws IOException {
        return cell(number);
    }

    void endRow() throws IOException {
        out.append('\n');
        rowBegun = false;
    }

    private Csv cell(String text) throws IOException {
        if (rowBegun) {
            out.append(',');
        }
        rowBegun = true;
        boolean quoted = text.indexOf(',') >= 0 || text.indexOf('"') >= 0;
        out.append(quoted ? "\"" + text.replace("\"", "\"\"") + "\"" : text);
        return this;
    }
}
