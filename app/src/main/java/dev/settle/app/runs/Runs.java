package dev.settle.app.runs;

import dev.settle.app.process.App;
import dev.settle.app.process.Failure;
import dev.settle.app.process.RemoteEnd;
import dev.settle.core.file.Disk;
import dev.settle.core.file.NotOursException;
import dev.settle.core.file.Ownership;
import dev.settle.core.journal.RunFolder;
import dev.settle.core.journal.file.CreatedRun;
import dev.settle.core.journal.file.DamagedFileException;
import dev.settle.core.journal.file.JournalReader;
import dev.settle.core.journal.file.LoadedRun;
import dev.settle.core.journal.file.RunDraft;
import dev.settle.core.journal.file.RunLoader;
import dev.settle.core.journal.file.StateHome;
import dev.settle.core.model.Plan;
import dev.settle.core.model.Plan.BackendName;
import dev.settle.core.model.RunId;
import dev.settle.core.run.Entry;
import dev.settle.core.run.RunEvent;
import dev.settle.core.run.RunState;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/** The runs of this user: creates, finds and opens them. */
public final class Runs {
    private static final int ID_TRIES = 10;

    /** A creator that has done nothing for so long was killed: its connection broke. */
    private static final Duration CREATOR_IDLE_MAX = Duration.ofSeconds(3);

    private static final Duration TRY_AGAIN_AFTER = Duration.ofMillis(500);

    private final App app;
    private final StateHome home;
    private final Disk disk;
    private final RunLoader loader;
    private volatile boolean verified;

    public Runs(App app) {
        this.app = app;
        this.disk = app.wiring().disk();
        this.loader = new RunLoader(disk, app.version(), notice -> app.console().notice("settle: " + notice));
        this.home = home(app);
    }

    /** @throws Failure 2 where a relative path would mean another place in each directory */
    private static StateHome home(App app) {
        String own = app.environment().variable(StateHome.VARIABLE).orElse("/");
        if (!own.startsWith("/")) {
            throw Failure.usage(
                    StateHome.VARIABLE + " is '" + own + "', which is not an absolute path",
                    "write it in full, such as " + StateHome.VARIABLE + "="
                            + app.environment().directory().resolve("state"));
        }
        return StateHome.resolve(
                app.environment().variables(), app.environment().home());
    }

    /** A run as its folder has it. */
    public record OpenRun(RunFolder folder, LoadedRun loaded) {
        public RunState state() {
            return loaded.state();
        }

        /** Where the journal's sound lines end, in bytes. */
        public long end() {
            return loaded.extent().end();
        }
    }

    /**
     * The folder of this user's runs.
     *
     * @throws Failure 74 where other users own it or a part of it, or may write to it, or where it is a link
     */
    public StateHome home() {
        if (!verified) {
            try {
                home.verify();
            } catch (IOException e) {
                throw cannotRead(e);
            }
            verified = true;
        }
        return home;
    }

    /** Why that folder is not to be used, for those who go on without it. */
    public Optional<IOException> doubt() {
        try {
            home.verify();
            return Optional.empty();
        } catch (IOException e) {
            return Optional.of(e);
        }
    }

    /** Where that folder is, whether it may be used or not. */
    public Path root() {
        return home.root();
    }

    public Disk disk() {
        return disk;
    }

    /** Puts more files into a run's folder before anybody can see the run. */
    public interface Preparation {
        void prepare(RunFolder draft) throws IOException;

        /** Takes back what was prepared outside of the folder, because the run does not come to be. */
        default void undo(RunFolder draft) {}
    }

    /**
     * Creates a run; from here on it is known, whatever happens.
     *
     * @throws Failure 74 when it cannot be recorded; then nothing of it is left
     */
    public CreatedRun create(Plan plan, BackendName backend, String version, boolean watched, Preparation preparation) {
        Optional<RunId> chosen = RemoteEnd.run(app.environment());
        for (int i = 0; i < ID_TRIES; i++) {
            RunEvent.Opened opened = new RunEvent.Opened(
                    chosen.orElseGet(() -> RunId.random(app.wiring().random())),
                    plan.name(),
                    version,
                    app.environment().directory().toString(),
                    app.environment().user(),
                    backend.word(),
                    watched);
            try {
                RunDraft draft = RunDraft.create(
                        disk, home(), plan, opened, app.wiring().clock().instant());
                try {
                    if (!watched && plan.queue().isEmpty()) {
                        // A step queue's token lives in the environment, and is never written down.
                        JobEnvironment.keep(disk, draft.folder(), app.environment(), plan);
                    }
                    preparation.prepare(draft.folder());
                } catch (IOException | RuntimeException e) {
                    preparation.undo(draft.folder());
                    draft.discardAfter(e);
                    throw e;
                }
                return published(draft, preparation);
            } catch (FileAlreadyExistsException e) {
                if (chosen.isPresent()) {
                    makeRoomFor(chosen.get());
                    continue;
                }
                // Somebody has this id: another one is taken.
                app.console().notice("settle: run id " + opened.run() + " is taken, trying another");
            } catch (IOException e) {
                throw cannotWrite(e);
            }
        }
        throw new IllegalStateException("no free run id in " + ID_TRIES + " tries");
    }

    /** Notes where runs were created that are followed for the client of {@code settle --on}, where it wants to know. */
    public void noteForClient(List<RunFolder> folders) {
        if (RemoteEnd.wantsPlaces(app.environment())) {
            folders.forEach(folder -> RemoteEnd.note(
                    app.environment(), open(folder).state().opened().directory()));
        }
    }

    /** The run that the client of {@code settle --on} has asked for before, where it has been created. */
    public Optional<RunFolder> createdForClient() {
        return RemoteEnd.run(app.environment()).map(home::folder).filter(folder -> Files.exists(folder.path()));
    }

    /** Another command was to create the same run, over a connection that broke: it has done it, does it, or was killed. */
    private void makeRoomFor(RunId id) {
        if (Files.exists(home.folder(id).path())) {
            throw Failure.usage("run " + id + " has been created already", "settle watch " + id + " follows it");
        }
        try {
            app.wiring().pause().of(TRY_AGAIN_AFTER);
            home.discardDraft(disk, id, app.wiring().clock().instant().minus(CREATOR_IDLE_MAX));
        } catch (NoSuchFileException finished) {
            // The next try finds the run, or the place free.
            return;
        } catch (IOException e) {
            throw cannotWrite(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw Failure.storage("the creation of run " + id + " was interrupted");
        }
    }

    private static CreatedRun published(RunDraft draft, Preparation preparation) throws IOException {
        try {
            return draft.publish();
        } catch (IOException | RuntimeException e) {
            preparation.undo(draft.folder());
            throw e;
        }
    }

    /** The folder of the run that a word means: an id, a unique prefix, a name; without a word the newest. */
    public RunFolder find(Optional<String> word) {
        try {
            if (word.isEmpty()) {
                return home().newest()
                        .orElseThrow(() -> Failure.notFound("there is no run yet", "settle run FILE starts one"));
            }
            if (word.get().isEmpty()) {
                // An unset variable of a script; the newest run is somebody else's, as likely as not.
                throw Failure.usage("the name of the run is empty", "settle list shows the runs");
            }
            List<RunFolder> found = home().find(word.get());
            if (found.isEmpty()) {
                throw Failure.notFound(
                        "no run is called '" + word.get() + "', by id, by the beginning of one, or by name",
                        "settle list shows the runs");
            }
            if (found.size() > 1) {
                throw Failure.notFound(
                        "'" + word.get() + "' means more than one run: "
                                + String.join(
                                        " ",
                                        found.stream().map(f -> f.id().value()).toList()),
                        "write one more letter");
            }
            return found.get(0);
        } catch (IOException e) {
            throw cannotRead(e);
        }
    }

    /** Reads a run to look at it: from its snapshot, and what its journal has since. */
    public OpenRun open(RunFolder folder) {
        return opened(folder, loader::load);
    }

    /** Reads a run whose lease is ours: every line of its journal is checked. */
    public OpenRun openToManage(RunFolder folder) {
        return opened(folder, loader::loadToDrive);
    }

    /** A run before the first line of its journal, for those who tell it from the beginning. */
    public OpenRun unread(RunFolder folder) {
        return opened(folder, loader::unread);
    }

    /** A run that this process has created, without reading it. */
    public OpenRun open(CreatedRun created) {
        return new OpenRun(created.folder(), created.load(disk, app.version()));
    }

    /** The same, before the first line of its journal. */
    public OpenRun unread(CreatedRun created) {
        return new OpenRun(created.folder(), created.unread(disk, app.version()));
    }

    /** Reads a run for those who go on with other runs where this one cannot be read. */
    public RunState look(RunFolder folder) throws IOException {
        RunState state = ours(loader::load).of(folder).state();
        app.console().conceal(app.environment(), state.plan().secrets());
        return state;
    }

    private interface Load {
        LoadedRun of(RunFolder folder) throws IOException;
    }

    /** Reads no run that others could have put there. */
    private static Load ours(Load load) {
        return folder -> {
            Ownership.check(folder.path());
            return load.of(folder);
        };
    }

    private OpenRun opened(RunFolder folder, Load load) {
        try {
            OpenRun run = new OpenRun(folder, ours(load).of(folder));
            app.console().conceal(app.environment(), run.state().plan().secrets());
            return run;
        } catch (IOException e) {
            throw cannotRead(folder, e);
        }
    }

    /** All that the journal has, in its order. */
    public List<Entry> entries(RunFolder folder) {
        List<Entry> entries = new ArrayList<>();
        forEachEntry(folder, entries::add);
        return entries;
    }

    /** Hands on all that the journal has, in its order; the entries of a large run do not fit into memory together. */
    public void forEachEntry(RunFolder folder, Consumer<Entry> action) {
        try {
            JournalReader.read(disk, folder.journal(), 0, 0, (entry, end) -> action.accept(entry));
        } catch (IOException e) {
            throw cannotRead(folder, e);
        }
    }

    public List<RunFolder> list() {
        try {
            return home().list();
        } catch (IOException e) {
            throw cannotRead(e);
        }
    }

    public Failure cannotRead(IOException e) {
        if (e instanceof NotOursException notOurs) {
            return refused(notOurs);
        }
        return Failure.storage(
                "settle's own files cannot be read: " + words(e),
                "they lie in " + home.root() + "; SETTLE_HOME names another place, settle doctor looks closer");
    }

    /** The way out stands last, as a command where there is one. */
    private static Failure refused(NotOursException e) {
        return Failure.storage("the state directory cannot be trusted: " + e.getMessage(), "fix: " + e.fix());
    }

    /** One run that cannot be read; the others are as they were. */
    public Failure cannotRead(RunFolder folder, IOException e) {
        return e instanceof DamagedFileException
                ? Failure.storage(
                        "run " + folder.id() + " is damaged: " + e.getMessage(),
                        "nothing of it was changed, and jobs of it that run go on; move " + folder.path()
                                + " away to be rid of it")
                : cannotRead(e);
    }

    /** A run that exists, and of which nothing more can be recorded now. */
    public Failure cannotGoOn(RunFolder folder, IOException e) {
        return e instanceof DamagedFileException || e instanceof NotOursException
                ? cannotRead(folder, e)
                : Failure.storage(
                        "run " + folder.id() + " cannot be driven: " + words(e),
                        "it is as it was; settle watch " + folder.id() + " goes on with it once that is fixed");
    }

    public Failure cannotWrite(IOException e) {
        if (e instanceof NotOursException notOurs) {
            return refused(notOurs);
        }
        return Failure.storage(
                "the run could not be recorded, so nothing was started: " + words(e),
                "settle writes to " + home.root() + "; SETTLE_HOME names another place, settle doctor looks closer");
    }

    private static String words(IOException e) {
        String message = String.valueOf(e.getMessage());
        if (e instanceof AccessDeniedException) {
            return "no permission for " + message;
        }
        if (e instanceof NoSuchFileException) {
            return "there is no " + message;
        }
        return e instanceof NotDirectoryException ? message + " is not a folder" : message;
    }
}
