package dev.settle.app.doctor;

import dev.settle.app.engine.Background;
import dev.settle.app.engine.Closing;
import dev.settle.app.engine.Queues;
import dev.settle.app.engine.Schedulers;
import dev.settle.app.engine.StoredOptions;
import dev.settle.app.process.App;
import dev.settle.app.process.ExitStatus;
import dev.settle.app.process.Failure;
import dev.settle.app.runs.Invocation;
import dev.settle.app.runs.JobEnvironment;
import dev.settle.app.runs.LeaseService;
import dev.settle.app.runs.Requests;
import dev.settle.app.runs.Runs;
import dev.settle.app.stepqueue.StartMode;
import dev.settle.core.journal.RunFolder;
import dev.settle.core.journal.file.DamagedFileException;
import dev.settle.core.journal.lease.LeaseInfo;
import dev.settle.core.json.Json;
import dev.settle.core.run.RunState;
import dev.settle.core.run.Stop;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Finds runs that no process manages, says how they came to this, and leaves them to the background engine or ends them. */
public final class Recovery {
    /** A run is created a moment before its driver takes it. */
    private static final Duration JUST_CREATED = Duration.ofSeconds(10);

    /** What is to become of the runs. */
    public enum What {
        ADOPT,
        END
    }

    /** Whether it is done or only said. */
    public enum Effect {
        DONE,
        NONE
    }

    /** How the result is printed. */
    public enum Form {
        TEXT,
        JSON
    }

    /** What becomes of a run. */
    private enum Action {
        NONE("none"),
        ADOPTED("adopted"),
        ENDED("ended"),
        WOULD_ADOPT("would_adopt"),
        WOULD_END("would_end");

        private final String word;

        Action(String word) {
            this.word = word;
        }
    }

    /**
     * A run, what was found of it, and what was done.
     *
     * @param fed the folder of a run that a step queue feeds: it gets a driver of its own
     */
    private record Row(
            String id,
            String name,
            String state,
            Optional<Diagnosis.Stall> finding,
            Action action,
            String done,
            Optional<RunFolder> fed) {}

    private final Invocation invocation;
    private final App app;
    private final Runs runs;
    private final LeaseService owners;
    private final What what;
    private final Effect effect;
    private final Form form;

    public Recovery(Invocation invocation, What what, Effect effect, Form form) {
        this.invocation = invocation;
        this.app = invocation.app();
        this.runs = invocation.runs();
        this.owners = invocation.leases();
        this.what = what;
        this.effect = effect;
        this.form = form;
    }

    /**
     * Recovers runs, and prints what became of each.
     *
     * @param words ids, beginnings of ids, or names; without any, all runs
     */
    public ExitStatus run(List<String> words) throws InterruptedException {
        boolean named = !words.isEmpty();
        List<RunFolder> folders = named
                ? words.stream()
                        .map(word -> runs.find(Optional.of(word)))
                        .distinct()
                        .toList()
                : runs.list();
        List<Row> rows = new ArrayList<>();
        List<String> troubles = new ArrayList<>();
        for (RunFolder folder : folders) {
            try {
                Row row = row(folder);
                if (named || row.finding().isPresent()) {
                    rows.add(row);
                }
            } catch (DamagedFileException e) {
                troubles.add(String.join("; ", runs.cannotRead(folder, e).lines()));
            } catch (IOException e) {
                troubles.add("run " + folder.id() + ": " + e.getMessage());
            } catch (Failure e) {
                // One run that cannot be read keeps none of the others from being found.
                troubles.add("run " + folder.id() + ": " + String.join("; ", e.lines()));
            }
        }
        List<Row> adopted =
                rows.stream().filter(row -> row.action() == Action.ADOPTED).toList();
        try {
            if (adopted.stream().anyMatch(row -> row.fed().isEmpty())) {
                Background.start(app, runs);
            }
            adopted.forEach(row -> row.fed().ifPresent(folder -> Background.startFor(folder, app, runs)));
        } catch (Failure e) {
            troubles.add(String.join("; ", e.lines()));
        }
        print(rows);
        troubles.forEach(line -> app.console().notice("settle: " + line));
        return troubles.isEmpty() ? ExitStatus.COMPLETED : ExitStatus.STORAGE_FAILED;
    }

    private Row row(RunFolder folder) throws IOException, InterruptedException {
        RunState state = runs.look(folder);
        if (state.ended().isPresent()) {
            return new Row(
                    folder.id().value(),
                    state.opened().name(),
                    state.phase().word(),
                    Optional.empty(),
                    Action.NONE,
                    "has ended: nothing to recover",
                    Optional.empty());
        }
        Optional<LeaseInfo> holder = owners.holder(folder).filter(info -> info.alive() != LeaseInfo.Alive.NO);
        if (holder.isPresent()) {
            return alive(
                    folder,
                    state,
                    "is managed by process " + holder.get().driver().pid() + " on "
                            + holder.get().driver().host() + ": nothing to recover");
        }
        Duration age = Duration.between(state.createdAt(), app.wiring().clock().instant());
        if (state.driver().isEmpty() && state.lastNumber() == 1 && age.compareTo(JUST_CREATED) < 0) {
            return alive(folder, state, "was created just now: its driver is starting");
        }
        Diagnosis.Stall finding = new Diagnosis(app, runs, owners).of(folder, state);
        boolean end = what == What.END;
        if (effect == Effect.NONE) {
            return stalled(
                    folder,
                    state,
                    finding,
                    end ? Action.WOULD_END : Action.WOULD_ADOPT,
                    end ? "would be ended" : "would be handed to the background driver");
        }
        if (!end && !JobEnvironment.missing(app.environment(), state.plan()).isEmpty()) {
            return stalled(
                    folder,
                    state,
                    finding,
                    Action.NONE,
                    "left alone: the run needs secrets that are not set here: "
                            + String.join(" ", JobEnvironment.missing(app.environment(), state.plan())));
        }
        if (!end && state.plan().needsOwnEngine()) {
            return fed(new Queues(app, runs), folder, state, finding);
        }
        if (!end) {
            Background.mark(app, runs, folder.id());
            return stalled(folder, state, finding, Action.ADOPTED, "handed to the background driver");
        }
        Optional<RunState> ended = end(folder, finding);
        return ended.isEmpty()
                ? alive(folder, state, "was taken over by another driver meanwhile: nothing to recover")
                : stalled(
                        folder,
                        ended.get(),
                        finding,
                        Action.ENDED,
                        "ended, " + ended.get().phase().word() + " ("
                                + ended.get().ended().orElseThrow().reason().word() + ")");
    }

    private static Row alive(RunFolder folder, RunState state, String words) {
        return new Row(
                folder.id().value(),
                state.opened().name(),
                "running",
                Optional.empty(),
                Action.NONE,
                words,
                Optional.empty());
    }

    /** A run that a step queue feeds is adopted if it can be fed from here: with the token, and nobody else there. */
    private static Row fed(Queues queues, RunFolder folder, RunState state, Diagnosis.Stall finding) {
        try {
            queues.open(state, StartMode.TAKEN_OVER).ifPresent(queues::close);
            return stalled(folder, state, finding, Action.ADOPTED, "handed to a background driver of its own");
        } catch (Failure refused) {
            String why = String.join("; ", refused.lines());
            return stalled(folder, state, finding, Action.NONE, "left alone: " + why);
        }
    }

    private static Row stalled(RunFolder folder, RunState state, Diagnosis.Stall finding, Action action, String done) {
        String word = action == Action.ENDED ? state.phase().word() : "stalled";
        Optional<RunFolder> fed = Optional.of(folder).filter(own -> state.plan().needsOwnEngine());
        return new Row(folder.id().value(), state.opened().name(), word, Optional.of(finding), action, done, fed);
    }

    /** Ends the run; empty when another driver has it. */
    private Optional<RunState> end(RunFolder folder, Diagnosis.Stall finding) throws IOException, InterruptedException {
        Optional<LeaseService.Owned> taken = owners.take(folder);
        if (taken.isEmpty()) {
            return Optional.empty();
        }
        try (LeaseService.Owned lease = taken.get()) {
            Runs.OpenRun run = runs.openToManage(folder);
            if (run.state().ended().isEmpty()) {
                Requests requests = new Requests(folder, app.environment().home());
                List<Stop.Evidence> evidence = new ArrayList<>();
                finding.evidence()
                        .forEach(text -> evidence.add(new Stop.Evidence(
                                "settle recover", app.wiring().clock().instant(), text)));
                Stop stop = new Stop(
                        finding.how().stopReason(),
                        Optional.of(finding.sentence()),
                        Optional.empty(),
                        app.wiring().clock().instant(),
                        evidence);
                new Closing(app, runs)
                        .end(
                                run,
                                lease.lease(),
                                Schedulers.setup(invocation, run, requests, StoredOptions.read(folder)),
                                stop);
                Background.unmark(runs, folder.id(), app.wiring().host());
            }
            return Optional.of(run.state());
        }
    }

    private void print(List<Row> rows) {
        if (form == Form.JSON) {
            Map<String, Object> document = new LinkedHashMap<>();
            document.put("schema", "settle.recover/1");
            document.put("dry_run", effect == Effect.NONE);
            document.put("runs", rows.stream().map(Recovery::tree).toList());
            app.console().document(Json.write(document) + "\n");
            return;
        }
        StringBuilder text = new StringBuilder();
        for (Row row : rows) {
            text.append(row.id()).append("  ").append(row.name()).append("  ");
            if (row.finding().isEmpty()) {
                text.append(row.done()).append('\n');
                continue;
            }
            Diagnosis.Stall finding = row.finding().get();
            text.append("stalled: ").append(finding.sentence()).append("; ");
            text.append(row.done()).append('\n');
            finding.evidence().forEach(line -> text.append("    ").append(line).append('\n'));
        }
        app.console().out(rows.isEmpty() ? "Nothing to recover.\n" : text.toString());
    }

    private static Map<String, @Nullable Object> tree(Row row) {
        Map<String, @Nullable Object> tree = new LinkedHashMap<>();
        tree.put("id", row.id());
        tree.put("name", row.name());
        tree.put("state", row.state());
        tree.put("fingerprint", row.finding().map(f -> f.fingerprint().word()));
        tree.put("driver", row.finding().map(f -> f.how().word()));
        tree.put("sentence", row.finding().map(Diagnosis.Stall::sentence));
        tree.put("evidence", row.finding().map(Diagnosis.Stall::evidence).orElse(List.of()));
        tree.put("action", row.action().word);
        return tree;
    }
}
