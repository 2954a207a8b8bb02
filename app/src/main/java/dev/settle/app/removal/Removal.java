package dev.settle.app.removal;

import dev.settle.app.engine.Background;
import dev.settle.app.process.App;
import dev.settle.app.process.Failure;
import dev.settle.app.runs.Invocation;
import dev.settle.app.runs.LeaseService;
import dev.settle.app.runs.Runs;
import dev.settle.core.journal.RunFolder;
import dev.settle.core.journal.UnknownWordException;
import dev.settle.core.journal.file.DamagedFileException;
import dev.settle.core.journal.lease.LeaseInfo;
import dev.settle.core.run.RunState;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Optional;

/**
 * Deletes a run. Its lease is taken first, so that no process resumes it meanwhile, and it is read again under the lease.
 * From one moment to the next it is no run any more; only then its files go.
 */
public final class Removal {
    /** Whether a run may be deleted that cannot be read, and of which it is not known whether it ended. */
    public enum Unreadable {
        /** The user wrote its full id. */
        REMOVED,
        REFUSED
    }

    /** Whether anything is deleted. */
    public enum Effect {
        DONE,
        NONE
    }

    /**
     * A run that is gone.
     *
     * @param bytes that its files had
     */
    public record Removed(String id, String name, long bytes) {}

    private final App app;
    private final Runs runs;
    private final LeaseService leases;

    public Removal(Invocation invocation) {
        this.app = invocation.app();
        this.runs = invocation.runs();
        this.leases = invocation.leases();
    }

    /**
     * Deletes the run.
     *
     * @throws Failure 5 with what to do for a run that has not ended or has living jobs, 74 when its files cannot be read
     *     or deleted; the run is still there
     */
    public Removed remove(RunFolder folder, Unreadable unreadable) {
        Optional<LeaseService.Owned> taken = leases.take(folder);
        if (taken.isEmpty()) {
            throw managed(folder);
        }
        try {
            String name = ended(folder, unreadable)
                    .map(state -> state.opened().name())
                    .orElse("");
            long bytes = bytes(folder);
            KeptOutputs.keep(folder, runs.disk());
            runs.home().remove(runs.disk(), folder);
            Background.unmark(runs, folder.id(), app.wiring().host());
            return new Removed(folder.id().value(), name, bytes);
        } catch (IOException e) {
            throw Failure.storage(
                    "run " + folder.id() + " could not be removed: " + e.getMessage(),
                    "free its files in " + folder.path() + " for deletion, then run settle rm " + folder.id()
                            + " again");
        } finally {
            taken.get().close();
        }
    }

    /**
     * What {@link #remove} would delete; nothing is changed.
     *
     * @throws Failure as {@link #remove} does
     */
    public Removed sizeUp(RunFolder folder) {
        try {
            String name = ended(folder, Unreadable.REFUSED)
                    .map(state -> state.opened().name())
                    .orElse("");
            return new Removed(folder.id().value(), name, bytes(folder));
        } catch (IOException e) {
            throw runs.cannotRead(folder, e);
        }
    }

    /** What the files of the run take, in bytes; of links only their own. */
    private static long bytes(RunFolder folder) throws IOException {
        long[] bytes = {0};
        Files.walkFileTree(folder.path(), new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
                bytes[0] += attributes.size();
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFileFailed(Path file, IOException e) throws IOException {
                if (e instanceof NoSuchFileException) {
                    return FileVisitResult.CONTINUE;
                }
                throw e;
            }
        });
        return bytes[0];
    }

    /** The run as it is under our lease; empty for one that cannot be read and is to go all the same. */
    private Optional<RunState> ended(RunFolder folder, Unreadable unreadable) throws IOException {
        RunState state;
        try {
            state = runs.look(folder);
        } catch (DamagedFileException | UnknownWordException | NoSuchFileException e) {
            if (unreadable == Unreadable.REMOVED) {
                return Optional.empty();
            }
            throw Failure.storage(
                    "run " + folder.id() + " cannot be read, so it is not known whether it ended: " + e.getMessage(),
                    "To remove it all the same, write its full id: settle rm " + folder.id());
        }
        refuseUnlessOver(state);
        return Optional.of(state);
    }

    private static void refuseUnlessOver(RunState state) {
        if (state.ended().isEmpty()) {
            throw Failure.notFound(
                    "run " + state.id() + " is stalled: no settle process is managing it, and it has not ended",
                    "Continue it with settle watch " + state.id() + ", or end it with settle recover --end "
                            + state.id() + "; then remove it.");
        }
        int alive = state.counts().live();
        if (alive > 0 && !state.opened().watched()) {
            throw Failure.notFound(
                    "run " + state.id() + " has ended, but " + alive
                            + (alive == 1 ? " job of it is" : " jobs of it are")
                            + " still alive and would lose where to write",
                    "Bring it to an end with settle resume " + state.id() + ", then remove it.");
        }
    }

    private Failure managed(RunFolder folder) {
        Optional<LeaseInfo> holder = leases.holder(folder).filter(info -> info.alive() != LeaseInfo.Alive.NO);
        String who = holder.map(info -> "process " + info.driver().pid() + " on "
                        + info.driver().host() + " is managing it")
                .orElse("another command has just taken it");
        return Failure.notFound(
                "run " + folder.id() + " is in use: " + who,
                "Wait for its end with settle wait " + folder.id() + ", or cancel it with settle cancel " + folder.id()
                        + "; then remove it.");
    }
}
