package dev.settle.app.engine;

import dev.settle.app.engine.records.RecordWatch;
import dev.settle.app.engine.source.ItemSource;
import dev.settle.app.process.App;
import dev.settle.app.process.Failure;
import dev.settle.app.runs.Requests;
import dev.settle.app.runs.Runs;
import dev.settle.core.journal.file.JournalWriter;
import dev.settle.core.journal.file.Takeover;
import dev.settle.core.journal.file.WriteAnswer;
import dev.settle.core.journal.lease.Lease;
import dev.settle.core.kernel.Input;
import dev.settle.core.kernel.Kernel;
import dev.settle.core.kernel.state.ClockReading;
import dev.settle.core.kernel.state.Policy;
import dev.settle.core.model.Plan.BackendName;
import dev.settle.core.run.Entry;
import dev.settle.core.run.Item;
import dev.settle.core.run.RunEvent;
import dev.settle.core.run.RunState;
import dev.settle.core.scheduler.JobId;
import dev.settle.core.scheduler.Pause;
import dev.settle.core.scheduler.QueryAnswer;
import dev.settle.core.scheduler.Scheduler;
import dev.settle.core.scheduler.Source;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Puts a session together for a run whose lease is ours: kernel, journal, scheduler, exit records. */
public final class Engine {
    private final App app;
    private final Runs runs;
    private final Shortages.When shortage;
    private volatile Optional<Instant> lastAnswer = Optional.empty();
    private volatile @Nullable Performer performing;

    /** For a command that somebody waits for. */
    public Engine(App app, Runs runs) {
        this(app, runs, Shortages.When.LASTING_ENDS);
    }

    private Engine(App app, Runs runs, Shortages.When shortage) {
        this.app = app;
        this.runs = runs;
        this.shortage = shortage;
    }

    /** For runs that nobody waits for: they are managed for as long as it takes. */
    public static Engine inBackground(App app, Runs runs) {
        return new Engine(app, runs, Shortages.When.LASTING_IS_WAITED_FOR);
    }

    /** What managing a run needs beyond the run itself. */
    public record Setup(
            Policy policy, Scheduler scheduler, Performer.GeneratedReader generatedReader, Requests requests) {}

    /** Closes the source, whatever ends the session. */
    private record Sources(Optional<ItemSource> source) implements AutoCloseable {
        @Override
        public void close() {
            source.ifPresent(ItemSource::close);
        }
    }

    /** Where answers go; the session that takes them is made after those who give them. */
    private static final class Inbox {
        private volatile @Nullable Session session;

        void open(Session opened) {
            session = opened;
        }

        void post(Input input) {
            Session current = session;
            if (current != null) {
                current.post(input);
            }
        }

        void fail(Failure why) {
            Session current = session;
            if (current != null) {
                current.fail(why);
            }
        }
    }

    /** Who is being asked, and since when. */
    public Map<Source, Instant> unanswered() {
        Performer current = performing;
        return current == null ? Map.of() : current.unanswered();
    }

    /** When a source last answered this engine. */
    public Optional<Instant> lastAnswer() {
        return lastAnswer;
    }

    /**
     * Advances the run until it ends or the session is asked to leave.
     *
     * @param run as it was opened; its state is the kernel's from now on
     * @param opening entries to begin with, after that of the driver: a resume, say
     * @param source where the run gets its items, if its run file does not name them
     * @param published is handed what is on disk, in its order
     * @param started is handed the session before the first turn
     */
    public Session.Ending manage(
            Runs.OpenRun run,
            Lease lease,
            Setup setup,
            List<RunEvent> opening,
            Optional<? extends ItemSource.Opener> source,
            Consumer<List<Entry>> published,
            Consumer<Session> started)
            throws IOException, InterruptedException {
        Clock clock = app.wiring().clock();
        RunState state = run.state();
        if (state.plan().queue().isPresent() && source.isEmpty()) {
            throw new IllegalStateException("run " + state.id() + " gets its items from a queue, and none is open");
        }
        Consumer<String> notices = line -> app.console().notice("settle: " + line);
        try (JournalWriter journal = Takeover.open(runs.disk(), run.folder(), lease, run.loaded())) {
            ClockReading now = app.wiring().moment();
            Pause pause = app.wiring().pause();
            Kernel kernel = new Kernel(state, setup.policy(), app.wiring().random(), now);
            List<Entry> first = new ArrayList<>();
            first.add(kernel.record(app.wiring().driven(lease), now));
            opening.forEach(event -> first.add(kernel.record(event, now)));
            Inbox inbox = new Inbox();
            Shortages shortages = new Shortages(
                    state.id(), shortage, notices, () -> app.wiring().moment().monotonic());
            InputRedaction secretFree = new InputRedaction(app.console()::redacted);
            Consumer<Input> post = heard -> {
                Input input = secretFree.of(heard);
                Optional<Failure> lasting = shortages.heard(input);
                if (input.kind() == Input.Kind.OBSERVED || input.kind() == Input.Kind.SUBMIT_ANSWERED) {
                    lastAnswer = Optional.of(clock.instant());
                }
                inbox.post(input);
                lasting.ifPresent(inbox::fail);
            };
            for (Item item : state.items()) {
                setup.requests().know(state, item);
            }
            try (Performer performer = new Performer(
                            state, setup.scheduler(), setup.requests(), setup.generatedReader(), clock, post);
                    InboxWatch inboxWatch = new InboxWatch(run.folder(), notices);
                    RecordWatch records =
                            new RecordWatch(setup.requests(), clock, post, notices, setup.scheduler()::learn);
                    SharedPollListener overhearing = new SharedPollListener(setup.scheduler(), post);
                    Sources sources = new Sources(
                            source.map(opener -> opener.open(host(run, setup.requests(), post, notices))))) {
                performing = performer;
                Session session = new Session(
                        kernel,
                        journal,
                        performer::perform,
                        published,
                        notices,
                        app.wiring()::moment,
                        pause,
                        sources.source());
                inbox.open(session);
                started.accept(session);
                inboxWatch.start(session);
                if (setup.policy().backend() == BackendName.SLURM) {
                    overhearing.start();
                }
                boolean told = setup.scheduler().listen(listener(records, post));
                if (!state.opened().watched()) {
                    if (told) {
                        records.startLooking();
                    } else {
                        records.start();
                    }
                }
                Session.Ending ending = session.drive(first);
                new Notifier(app, runs)
                        .ended(
                                run,
                                event -> written(
                                        kernel.record(event, app.wiring().moment()), journal, published));
                return ending;
            }
        }
    }

    /** Records what happens after the end; false where that cannot be written. */
    private static boolean written(Entry entry, JournalWriter journal, Consumer<List<Entry>> published) {
        if (journal.append(List.of(entry)).kind() != WriteAnswer.Kind.WRITTEN) {
            return false;
        }
        published.accept(List.of(entry));
        return true;
    }

    private static Scheduler.Listener listener(RecordWatch records, Consumer<Input> post) {
        return new Scheduler.Listener() {
            @Override
            public void ended(JobId job, Path record) {
                records.ended(record);
            }

            @Override
            public void seen(QueryAnswer answer) {
                post.accept(new Input.Observed(answer));
            }

            @Override
            public void heldBack(Source source, Instant until, String why) {
                post.accept(new Input.HeldBack(source, until, why));
            }
        };
    }

    private static ItemSource.Host host(
            Runs.OpenRun run, Requests requests, Consumer<Input> post, Consumer<String> notices) {
        RunState state = run.state();
        return new ItemSource.Host(
                state,
                run.folder().path(),
                item -> List.of(requests.stdout(state, item), requests.stderr(state, item)),
                () -> post.accept(new Input.Tick()),
                notices);
    }
}
