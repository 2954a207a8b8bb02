package dev.settle.app.dashboard.web;

/** What a request is answered with. */
public sealed interface WebAnswer {
    /**
     * A whole document.
     *
     * @param status of HTTP
     * @param type of the content, with its charset
     */
    record Document(int status, String type, String body) implements WebAnswer {
        public static Document html(int status, String body) {
            return new Document(status, "text/html; charset=utf-8", body);
        }

        public static Document json(String body) {
            return new Document(200, "application/json", body);
        }

        /** A sentence. */
        public static Document plain(int status, String sentence) {
            return new Document(status, "text/plain; charset=utf-8", sentence + "\n");
        }
    }

    /** Server-sent events, for as long as the page is open. */
    record Events(LiveSource source) implements WebAnswer {}
}
