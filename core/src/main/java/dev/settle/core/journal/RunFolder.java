package dev.settle.core.journal;

import dev.settle.core.journal.file.RunDraft;
import dev.settle.core.model.ItemId;
import dev.settle.core.model.RunId;
import java.nio.file.Path;

/** Where a run's files lie in its folder. */
public final class RunFolder {
    private static final String ITEMS = "items";
    private static final String RESULT = "result.json";

    private final Path path;

    /** @param path {@code $SETTLE_HOME/runs/ID} */
    public RunFolder(Path path) {
        this.path = path;
    }

    public Path path() {
        return path;
    }

    /**
     * The run's id; of a draft the one that it is to have.
     *
     * @throws IllegalArgumentException when the folder's name is neither
     */
    public RunId id() {
        String name = String.valueOf(path.getFileName());
        return new RunId(name.startsWith(RunDraft.PREFIX) ? name.substring(RunDraft.PREFIX.length()) : name);
    }

    public Path journal() {
        return path.resolve("journal.log");
    }

    /** The accepted plan. */
    public Path plan() {
        return path.resolve("run.json");
    }

    /** The run's name alone, so that thousands of runs can be listed without opening their plans. */
    public Path name() {
        return path.resolve("name");
    }

    public Path snapshot() {
        return path.resolve("snapshot");
    }

    public Path lease() {
        return path.resolve("lease");
    }

    public Path reserve() {
        return path.resolve("reserve");
    }

    /** Where jobs leave their exit records; one folder, so that one look finds what is new. */
    public Path records() {
        return path.resolve("records");
    }

    /** {@code records/ITEM.ATTEMPT}. */
    public Path record(ItemId item, int attempt) {
        return records().resolve(item.value() + "." + attempt);
    }

    public Path items() {
        return path.resolve(ITEMS);
    }

    /** {@code items/ITEM.ATTEMPT.out}. One folder for all: one for each item would be one more inode each. */
    public Path stdout(ItemId item, int attempt) {
        return ofItem(item, attempt, "out");
    }

    public Path stderr(ItemId item, int attempt) {
        return ofItem(item, attempt, "err");
    }

    /** SETTLE_RESULT. */
    public Path result(ItemId item, int attempt) {
        return ofItem(item, attempt, RESULT);
    }

    /** The same, of the attempt that has this record: no other attempt has it in its environment. */
    public static Path resultOf(Path record) {
        return record.resolveSibling("../" + ITEMS)
                .resolve(record.getFileName() + "." + RESULT)
                .normalize();
    }

    /** SETTLE_STOP. */
    public Path stop(ItemId item, int attempt) {
        return ofItem(item, attempt, "stop.json");
    }

    private Path ofItem(ItemId item, int attempt, String what) {
        return items().resolve(item.value() + "." + attempt + "." + what);
    }

    /** Scripts that belong to no single item: those of job arrays. */
    public Path scripts() {
        return path.resolve("scripts");
    }

    @Override
    public String toString() {
        return path.toString();
    }
}
