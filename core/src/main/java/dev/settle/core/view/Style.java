package dev.settle.core.view;

/** What a piece of text is, for terminals that can show it; the words alone must say as much. */
public enum Style {
    PLAIN(""),
    STRONG("1"),
    FAINT("2"),
    GOOD("32"),
    BAD("1;31"),
    WARN("33"),
    LIVE("36");

    private final String code;

    Style(String code) {
        this.code = code;
    }

    /** The parameters of the SGR sequence (ECMA-48); only the sixteen colours that every theme redefines. */
    String code() {
        return code;
    }
}
