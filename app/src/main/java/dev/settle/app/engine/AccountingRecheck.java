package dev.settle.app.engine;

import dev.settle.app.process.App;
import dev.settle.app.runs.Runs;
import dev.settle.core.journal.file.JournalWriter;
import dev.settle.core.journal.file.Takeover;
import dev.settle.core.journal.file.WriteAnswer;
import dev.settle.core.journal.lease.Lease;
import dev.settle.core.kernel.Decision;
import dev.settle.core.kernel.Input;
import dev.settle.core.kernel.Kernel;
import dev.settle.core.kernel.state.KernelCommand;
import dev.settle.core.run.Entry;
import dev.settle.core.run.RunState;
import dev.settle.core.scheduler.QueryAnswer;
import dev.settle.core.scheduler.Source.Role;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** One question to accounting about the unconfirmed verdicts of a run that has ended (contract.md, 8). */
public final class AccountingRecheck {
    private final App app;
    private final Runs runs;

    public AccountingRecheck(App app, Runs runs) {
        this.app = app;
        this.runs = runs;
    }

    /**
     * Asks once, and records what the answer changes; starts nothing.
     *
     * @param run opened after its lease was taken
     * @param shown the last entry that the reader has: it shows what changes only where it has the whole journal
     * @param published is handed what is on disk
     * @throws IOException when the run cannot be recorded
     */
    public void ask(Runs.OpenRun run, Lease lease, Engine.Setup setup, long shown, Consumer<List<Entry>> published)
            throws IOException {
        RunState state = run.state();
        if (state.ended().isEmpty() || state.lastNumber() != shown) {
            // Somebody resumed it, or asked, before the lease was ours.
            return;
        }
        try (JournalWriter journal = Takeover.open(runs.disk(), run.folder(), lease, run.loaded())) {
            List<Entry> entries = asked(state, setup);
            if (entries.isEmpty()) {
                return;
            }
            WriteAnswer answer = journal.append(entries);
            if (answer.kind() == WriteAnswer.Kind.WRITTEN) {
                published.accept(entries);
            } else {
                app.console()
                        .notice("settle: what accounting said of run " + state.id() + " could not be recorded: "
                                + answer);
            }
        }
    }

    private List<Entry> asked(RunState state, Engine.Setup setup) {
        Kernel kernel = new Kernel(
                state, setup.policy(), app.wiring().random(), app.wiring().moment());
        Decision decision = kernel.step(new Input.Tick(), app.wiring().moment());
        List<Entry> entries = new ArrayList<>(decision.entries());
        for (KernelCommand.Query ask : decision.queries()) {
            if (ask.role() == Role.ACCOUNTING) {
                QueryAnswer answer = setup.scheduler().query(Role.ACCOUNTING, ask.jobs());
                entries.addAll(
                        kernel.step(new Input.Observed(answer), app.wiring().moment())
                                .entries());
            }
        }
        return entries;
    }
}
