package dev.settle.core.view.html.dashboard;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;

/** What all pages of the dashboard have in common, and what a browser may do with them. */
public final class Frame {
    /**
     * One style sheet and one script, each known by its hash, and requests to nobody but the dashboard: what a name or an
     * output smuggles in neither runs nor loads.
     */
    public static final String POLICY = "default-src 'none'; style-src '" + hash(DashboardStyle.SHEET)
            + "'; script-src '" + hash(DashboardScript.TEXT)
            + "'; img-src data:; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

    private Frame() {}

    private static String hash(String text) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
            return "sha256-" + Base64.getEncoder().encodeToString(digest);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

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
                + DashboardStyle.SHEET
                + "</style>\n</head>\n<body"
                + attributes
                + ">\n<p id=\"connection\" class=\"banner warn\" role=\"status\" hidden=\"hidden\"></p>\n"
                + body
                + "\n<script>"
                + DashboardScript.TEXT
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
