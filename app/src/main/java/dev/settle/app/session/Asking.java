package dev.settle.app.session;

import dev.settle.app.process.App;
import dev.settle.core.drive.Command;
import dev.settle.core.drive.Decision;
import dev.settle.core.drive.Input;
import dev.settle.core.drive.Kernel;
import dev.settle.core.journal.file.Fence;
import dev.settle.core.journal.file.JournalWriter;
import dev.settle.core.journal.file.Reserve;
import dev.settle.core.journal.file.WriteAnswer;
import dev.settle.core.port.SightAnswer;
import dev.settle.core.port.Source.Role;
import dev.settle.core.run.Entry;
import dev.settle.core.run.RunState;
import java.io.IOException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;

/** One question to accounting about the unconfirmed verdicts of a run that has ended (contract section 8). */
public final class Asking {
    private final App app;
    private final Runs runs;

    public Asking(App app, Runs runs) {
        this.app = app;
        this.runs = runs;
    }

    /**
     * Asks once, and records what the answer changes; starts nothing.
     *
     * @param run opened after its lease was taken
     * @param teller told of what is on disk; its fold stands where the run's journal ends
     * @throws IOException when the run cannot be recorded
     */
    public void ask(Runs.OpenRun run, Fence fence, Driving.Setup setup, Teller teller) throws IOException {
        RunState state = run.state();
        if (state.ended().isEmpty() || state.lastNumber() != teller.state().lastNumber()) {
            // Somebody resumed it, or asked, before the lease was ours.
            return;
        }
        Clock clock = app.wiring().clock();
        long before = state.lastNumber();
        Kernel kernel = new Kernel(state, setup.policy(), app.wiring().random(), clock.instant());
        Decision decision = kernel.step(new Input.Tick(), clock.instant());
        List<Entry> entries = new ArrayList<>(decision.events());
        for (Command command : decision.commands()) {
            if (command instanceof Command.Ask ask && ask.role() == Role.ACCOUNTING) {
                SightAnswer answer = setup.scheduler().sight(Role.ACCOUNTING, ask.jobs());
                entries.addAll(
                        kernel.step(new Input.Sighted(answer), clock.instant()).events());
            }
        }
        if (entries.isEmpty()) {
            return;
        }
        Reserve reserve = new Reserve(runs.disk(), run.folder().reserve());
        try (JournalWriter journal =
                JournalWriter.open(runs.disk().write(run.folder().journal()), run.end(), before, fence, reserve)) {
            WriteAnswer answer = journal.append(entries);
            if (answer.kind() == WriteAnswer.Kind.WRITTEN) {
                teller.tell(entries);
            } else {
                app.console()
                        .notice("settle: what accounting said of run " + state.id() + " could not be recorded: "
                                + answer);
            }
        }
    }
}
