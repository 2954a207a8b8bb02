package dev.settle.core.file;

import java.io.IOException;
import java.nio.file.Path;

/** A file or folder that other users could have made, or can change: nothing in it is believed or run. */
public final class NotOursException extends IOException {
    private static final long serialVersionUID = 1L;
    private final transient Path path;
    private final Kind kind;
    private final String fix;

    /** What makes it so. */
    public enum Kind {
        LINK,
        OWNER,
        MODE
    }

    NotOursException(Path path, Kind kind, String what, String fix) {
        super(path + " " + what);
        this.kind = kind;
        this.path = path;
        this.fix = fix;
    }

    public Path path() {
        return path;
    }

    public Kind kind() {
        return kind;
    }

    /** What to do about it. */
    public String fix() {
        return fix;
    }
}
