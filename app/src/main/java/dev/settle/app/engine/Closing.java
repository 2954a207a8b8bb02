package dev.settle.app.engine;

import dev.settle.app.engine.records.RecordWatch;
import dev.settle.app.process.App;
import dev.settle.app.runs.Runs;
import dev.settle.core.journal.file.JournalWriter;
import dev.settle.core.journal.file.Takeover;
import dev.settle.core.journal.file.WriteAnswer;
import dev.settle.core.journal.lease.Lease;
import dev.settle.core.kernel.Decision;
import dev.settle.core.kernel.Input;
import dev.settle.core.kernel.Kernel;
import dev.settle.core.kernel.state.ClockReading;
import dev.settle.core.kernel.state.KernelCommand;
import dev.settle.core.run.Entry;
import dev.settle.core.run.ItemState;
import dev.settle.core.run.RunEvent;
import dev.settle.core.run.RunState;
import dev.settle.core.run.Stop;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * Ends a run that nobody drives: settles what can be settled at once, leaves jobs alone, and records why the run ended.
 */
public final class Closing {
    /** Exit records are read within this, and the first questions are on their way. */
    private static final Duration FIRST_LOOK = Duration.ofSeconds(2);

    /** A scheduler that has not answered by then is not waited for. */
    private static final Duration PATIENCE_MAX = Duration.ofSeconds(10);

    private final App app;
    private final Runs runs;
    private final BlockingQueue<Input> inbox = new LinkedBlockingQueue<>();
    private int asking;

    public Closing(App app, Runs runs) {
        this.app = app;
        this.runs = runs;
    }

    /**
     * Ends the run.
     *
     * @param run opened after its lease was taken; its state shows the end afterwards
     * @param stop why the run ends, unless all its items turn out to have ended
     * @throws IOException when the run cannot be recorded
     */
    public void end(Runs.OpenRun run, Lease lease, Engine.Setup setup, Stop stop)
            throws IOException, InterruptedException {
        RunState state = run.state();
        Clock clock = app.wiring().clock();
        try (JournalWriter journal = Takeover.open(runs.disk(), run.folder(), lease, run.loaded());
                Performer performer = new Performer(
                        state, setup.scheduler(), setup.requests(), setup.generatedReader(), clock, this::post);
                RecordWatch records = new RecordWatch(
                        setup.requests(),
                        clock,
                        this::post,
                        line -> app.console().notice("settle: " + line),
                        setup.scheduler()::learn)) {
            ClockReading start = app.wiring().moment();
            Kernel kernel = new Kernel(state, setup.policy(), app.wiring().random(), start);
            List<Entry> first = new ArrayList<>();
            first.add(kernel.record(app.wiring().driven(lease), start));
            write(journal, first);
            // Nothing may be started any more; but a run whose items have all ended has a verdict of its own.
            inbox.add(state.counts().of(ItemState.PENDING) > 0 ? new Input.StopAsked(stop) : new Input.Tick());
            if (!state.opened().watched()) {
                records.start();
            }
            while (state.ended().isEmpty()
                    && goesOn(state, app.wiring().moment().monotonic().minus(start.monotonic()))) {
                turn(kernel, journal, performer);
            }
            if (state.ended().isEmpty()) {
                write(
                        journal,
                        List.of(kernel.record(
                                new RunEvent.Ended(stop), app.wiring().moment())));
            }
            new Notifier(app, runs)
                    .ended(
                            run,
                            event -> journal.append(List.of(kernel.record(
                                                    event, app.wiring().moment())))
                                            .kind()
                                    == WriteAnswer.Kind.WRITTEN);
        }
    }

    private void post(Input input) {
        inbox.add(new InputRedaction(app.console()::redacted).of(input));
    }

    private boolean goesOn(RunState state, Duration since) {
        boolean mayChange = asking > 0 || state.counts().of(ItemState.SETTLING) > 0;
        return since.compareTo(mayChange ? PATIENCE_MAX : FIRST_LOOK) < 0;
    }

    private void turn(Kernel kernel, JournalWriter journal, Performer performer)
            throws IOException, InterruptedException {
        Input input = inbox.poll(200, TimeUnit.MILLISECONDS);
        if (input != null && input.kind() == Input.Kind.OBSERVED) {
            asking--;
        }
        Decision decision = kernel.step(
                input == null ? new Input.Tick() : input, app.wiring().moment());
        write(journal, decision.entries());
        for (KernelCommand command : decision.durable(journal.durable()).commands()) {
            switch (command.kind()) {
                case QUERY -> {
                    asking++;
                    performer.perform(command);
                }
                case READ_FILES, READ_RECORDS, READ_GENERATED, QUERY_LIMIT_USAGE, LOOK_UP -> performer.perform(command);
                // An intent without its submission is what a driver that died leaves: a resume looks it up.
                case SUBMIT, CANCEL, CANCEL_PENDING, DEQUEUE -> {}
            }
        }
    }

    private static void write(JournalWriter journal, List<Entry> entries) throws IOException {
        if (entries.isEmpty()) {
            return;
        }
        WriteAnswer answer = journal.append(entries);
        if (answer.kind() != WriteAnswer.Kind.WRITTEN) {
            throw new IOException("the run's end could not be recorded: " + answer);
        }
    }
}
