package dev.settle.core.view.html.dashboard;

import dev.settle.core.view.html.page.Assets;

/** What all pages of the dashboard have in common, and what a browser may do with them. */
public final class Frame {
    /**
     * One style sheet and one script, each known by its hash, and requests to nobody but the dashboard: what a name or an
     * output smuggles in neither runs nor loads.
     */
    public static String policy() {
        return Held.POLICY;
    }

    /** Read when the first page is written. */
    private static final class Held {
        static final String STYLE = Assets.style() + Assets.dashboardStyle();
        static final String SCRIPT = Assets.dashboardScript();
        static final String POLICY = "default-src 'none'; style-src '" + Assets.hash(STYLE)
                + "'; script-src '" + Assets.hash(SCRIPT)
                + "'; img-src data:; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";
    }

    private Frame() {}

    /**
     * A whole page.
     *
     * @param title the element
     * @param attributes of the body
     */
    static String page(String title, String attributes, String body) {
        return "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\"/>\n"
                + "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"/>\n"
                + "<meta name=\"color-scheme\" content=\"light dark\"/>\n"
                + "<meta name=\"referrer\" content=\"no-referrer\"/>\n<link rel=\"icon\" href=\"data:,\"/>\n"
                + title
                + "\n<style>"
                + Held.STYLE
                + "</style>\n</head>\n<body"
                + attributes
                + ">\n<p id=\"connection\" class=\"banner warn\" role=\"status\" hidden=\"hidden\"></p>\n"
                + body
                + "\n<script>"
                + Held.SCRIPT
                + "</script>\n</body>\n</html>\n";
    }

    /** A page that says one thing, with the way back. */
    public static String message(String heading, String sentence) {
        return page(
                "<title>settle</title>",
                "",
                "<header class=\"top\"><a class=\"back\" href=\"/\">← All runs</a></header>\n<main>\n"
                        + new Html()
                                .raw("<h1>")
                                .text(heading)
                                .raw("</h1>\n<p>")
                                .text(sentence)
                                .raw("</p>\n</main>"));
    }

    /** The page before the door: its script hands over the token of the address, which no server has seen by then. */
    public static String door() {
        return page(
                "<title>settle</title>",
                " data-door=\"door\"",
                "<main class=\"door\">\n<h1>settle dashboard</h1>\n"
                        + "<p id=\"said\" role=\"status\">Opening&#8230; (this needs JavaScript)</p>\n</main>");
    }
}
