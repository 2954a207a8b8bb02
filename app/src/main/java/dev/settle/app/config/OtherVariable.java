package dev.settle.app.config;

/** The environment variables that are no {@link Setting}: what settle reads, and what items find. */
public enum OtherVariable {
    SETTLE_HOME(Reader.SETTLE, "Where runs are kept; $XDG_STATE_HOME/settle, else ~/.local/state/settle."),
    SETTLE_ON(Reader.SETTLE, "The host on which every command runs, as with --on HOST."),
    SETTLE_JAVA(Reader.SETTLE, "The Java to use: its executable or its home."),
    SETTLE_JAVA_OPTS(Reader.SETTLE, "Further options for it, such as -Xmx1g for a very large run."),
    SETTLE_QUEUE_TOKEN(Reader.SETTLE, "The token of a step queue, unless queue.token_env names another variable."),
    NO_COLOR(Reader.SETTLE, "Set and not empty: no colours."),
    SETTLE_RUN_ID(Reader.ITEM, "The run's id."),
    SETTLE_ITEM_ID(Reader.ITEM, "The item's id."),
    SETTLE_ATTEMPT(Reader.ITEM, "The number of the attempt, from 1."),
    SETTLE_RESULT(Reader.ITEM, "A file: write one JSON object there, and its numbers become the item's metrics."),
    SETTLE_STOP(
            Reader.ITEM,
            "A file: write {\"reason\": \"out_of_credits\", \"message\": \"...\"} there and exit, and the run is"
                    + " interrupted with that reason.");

    /** Who reads a variable. */
    public enum Reader {
        SETTLE("Read by settle as well"),
        ITEM("In the environment of an item");

        private final String heading;

        Reader(String heading) {
            this.heading = heading;
        }

        /** The words above its variables. */
        public String heading() {
            return heading;
        }
    }

    private final Reader reader;
    private final String meaning;

    OtherVariable(Reader reader, String meaning) {
        this.reader = reader;
        this.meaning = meaning;
    }

    public Reader reader() {
        return reader;
    }

    public String meaning() {
        return meaning;
    }
}
