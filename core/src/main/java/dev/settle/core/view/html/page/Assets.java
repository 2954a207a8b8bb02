package dev.settle.core.view.html.page;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;

/** The style sheet and the scripts of the pages, and the policy that lets nothing else run. */
public final class Assets {
    private Assets() {}

    /** The style sheet of every page. */
    public static String style() {
        return read("pages.css");
    }

    /** The script of the report and the comparison. */
    public static String reportScript() {
        return read("report.js");
    }

    /** What the pages of the dashboard have beyond {@link #style}. */
    public static String dashboardStyle() {
        return read("dashboard.css");
    }

    /** The script of the dashboard. */
    public static String dashboardScript() {
        return read("dashboard.js");
    }

    /**
     * A content security policy for a page that needs nothing else.
     *
     * @param style the text between the tags of its style element
     * @param script the text between the tags of its script element
     */
    public static String policy(String style, String script) {
        return "default-src 'none'; base-uri 'none'; form-action 'none'; style-src '" + hash(style) + "'; script-src '"
                + hash(script) + "'";
    }

    /** The source expression {@code sha256-...} of W3C's CSP for an inline text. */
    public static String hash(String text) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
            return "sha256-" + Base64.getEncoder().encodeToString(digest);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    /** In the brackets that make the page well-formed XML as well. */
    private static String read(String name) {
        try (InputStream in = Assets.class.getResourceAsStream("/dev/settle/core/view/html/" + name)) {
            if (in == null) {
                throw new IllegalStateException("the distribution lacks " + name);
            }
            return "/*<![CDATA[*/\n" + new String(in.readAllBytes(), StandardCharsets.UTF_8) + "/*]]>*/";
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
