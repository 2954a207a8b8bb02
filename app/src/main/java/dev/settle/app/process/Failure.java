package dev.settle.app.process;

import java.util.List;

/** Expected trouble that ends a command: what happened, the fix, and the exit status. */
public final class Failure extends RuntimeException {
    private static final long serialVersionUID = 1L;
    private final ExitStatus status;
    private final transient List<String> lines;

    /**
     * A failure in one or more lines.
     *
     * @param lines what happened first, what to do last
     */
    public Failure(ExitStatus status, List<String> lines) {
        super(String.join("\n", lines), null, false, false);
        this.status = status;
        this.lines = List.copyOf(lines);
    }

    public static Failure usage(String... lines) {
        return new Failure(ExitStatus.USAGE, List.of(lines));
    }

    public static Failure notFound(String... lines) {
        return new Failure(ExitStatus.NOT_FOUND, List.of(lines));
    }

    public static Failure storage(String... lines) {
        return new Failure(ExitStatus.STORAGE_FAILED, List.of(lines));
    }

    public ExitStatus status() {
        return status;
    }

    public List<String> lines() {
        return lines;
    }
}
