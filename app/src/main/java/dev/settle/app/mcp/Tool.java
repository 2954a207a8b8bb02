package dev.settle.app.mcp;

/**
 * One tool; {@code NAME.json} beside this class has its description and its schemas.
 *
 * @param body what it does
 */
record Tool(String name, Effect effect, Length length, Body body) {
    /** How long a call may take. */
    enum Length {
        SHORT,
        /** As long as the client allows it to wait. */
        WAITS
    }

    /** What a call does to runs. */
    enum Effect {
        READS,
        /** It keeps accepted work going; in a server that may change nothing it only looks. */
        CONTINUES,
        CHANGES,
        /** What it ends does not come back by itself. */
        ENDS
    }

    /** Answers a call. */
    interface Body {
        /**
         * Answers.
         *
         * @throws dev.settle.app.process.Failure for expected trouble, in the words of the command line
         */
        Answer of(Call call) throws InterruptedException;
    }

    boolean isIn(Access access) {
        return access == Access.ALL || effect == Effect.READS || effect == Effect.CONTINUES;
    }
}
