package dev.settle.core.view.html.dashboard;

import dev.settle.core.view.Text;
import dev.settle.core.view.html.Fragment;
import dev.settle.core.view.html.Pages;
import dev.settle.core.view.html.page.Assets;
import java.time.Instant;

/**
 * What all pages of the dashboard have in common, and what a browser may do with them.
 *
 * @param title the element
 * @param atDoor whether it is the page that exchanges the token
 * @param version of the parts of a live page; empty for others
 * @param now the server's time, in milliseconds since the epoch
 */
public record Frame(Fragment title, boolean atDoor, String version, String now) {
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

    /** A page that says one thing. */
    public record Message(Frame frame, String heading, String sentence) {}

    /** Whether the page changes. */
    public boolean isLive() {
        return !version.isEmpty();
    }

    public String style() {
        return Held.STYLE;
    }

    public String script() {
        return Held.SCRIPT;
    }

    static Frame live(Fragment title, long version, Instant now) {
        return new Frame(title, false, String.valueOf(version), String.valueOf(now.toEpochMilli()));
    }

    static Fragment title(String words) {
        return Pages.fragment("live/title.jte", Text.clean(words));
    }

    /** A page that says one thing, with the way back. */
    public static String message(String heading, String sentence) {
        Frame frame = new Frame(title("settle"), false, "", "");
        return Pages.fragment("live/message.jte", new Message(frame, Text.clean(heading), Text.clean(sentence)))
                .html();
    }

    /** The page before the door: its script hands over the token of the address, which no server has seen by then. */
    public static String door() {
        return Pages.fragment("live/door.jte", new Frame(title("settle"), true, "", ""))
                .html();
    }
}
