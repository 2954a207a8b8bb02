package dev.settle.app.mcp;

/** What may be done through a server. */
public enum Access {
    ALL,
    /** Nothing is created, changed or taken over. */
    READ_ONLY
}
