package dev.settle.app.mcp;

import dev.settle.app.reader.Views;
import dev.settle.app.runs.Invocation;
import dev.settle.app.runs.Outputs;
import dev.settle.core.journal.RunFolder;
import dev.settle.core.view.Line;
import dev.settle.core.view.RunView;
import dev.settle.core.view.StatusText;
import dev.settle.core.view.VerdictLines;
import java.time.Duration;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Waits for runs up to a time limit, reports every change, and answers with their documents. */
final class Waiting {
    /** No call waits longer. */
    static final int SECONDS_MAX = 600;

    /** Less than the minute after which many clients give a call up. */
    private static final int SECONDS_DEFAULT = 50;

    private static final Duration LOOK_EVERY = Duration.ofMillis(250);

    /** Clients take a call for dead that says nothing. */
    private static final Duration SIGN_OF_LIFE_EVERY = Duration.ofSeconds(15);

    private static final int CHANGES_MAX = 4;
    private static final int COLUMNS = 160;
    private static final int ROWS_MAX = 10;

    private final Call call;
    private final Invocation invocation;
    private final List<FollowedRun> runs;

    Waiting(Call call, Invocation invocation, List<RunFolder> folders) {
        this.call = call;
        this.invocation = invocation;
        this.runs = folders.stream()
                .map(folder -> new FollowedRun(invocation, folder, call.access()))
                .toList();
    }

    static Duration limit(Call call) {
        return Duration.ofSeconds(call.arguments().count("timeout_s").orElse(SECONDS_DEFAULT));
    }

    /** @param enough there is no need to wait for the end of such a run */
    Answer until(Duration limit, Predicate<FollowedRun> enough) throws InterruptedException {
        Duration begun = now();
        Duration spoke = begun;
        while (true) {
            List<String> changes = new ArrayList<>();
            for (FollowedRun run : runs) {
                changes.addAll(run.look(now()));
            }
            Duration passed = now().minus(begun);
            if (!changes.isEmpty() || now().minus(spoke).compareTo(SIGN_OF_LIFE_EVERY) >= 0) {
                call.progress(passed, limit, message(changes));
                spoke = now();
            }
            boolean over = runs.stream().allMatch(run -> run.isOver() || enough.test(run));
            Duration left = limit.minus(passed);
            if (over || call.isOver() || left.isZero() || left.isNegative()) {
                return answer();
            }
            call.pause(left.compareTo(LOOK_EVERY) < 0 ? left : LOOK_EVERY);
        }
    }

    private Duration now() {
        return invocation.app().wiring().moment().monotonic();
    }

    private String message(List<String> changes) {
        List<String> shown = new ArrayList<>(changes.subList(0, Math.min(CHANGES_MAX, changes.size())));
        if (changes.size() > CHANGES_MAX) {
            shown.add("and " + (changes.size() - CHANGES_MAX) + " more changes");
        }
        runs.stream()
                .filter(FollowedRun::isStillRunning)
                .findFirst()
                .or(() -> runs.stream().findFirst())
                .ifPresent(run -> shown.add(run.count()));
        return String.join("; ", shown);
    }

    private Answer answer() {
        List<Map<String, @Nullable Object>> documents = new ArrayList<>();
        List<String> lines = new ArrayList<>();
        List<String> running = new ArrayList<>();
        Optional<Map<String, @Nullable Object>> next = Optional.empty();
        for (FollowedRun run : runs) {
            RunView view = RunDocuments.view(invocation, run.folder(), run.state());
            documents.add(RunDocuments.of(view));
            lines.addAll(Answer.plain(lines(run, view)));
            if (run.isStillRunning()) {
                running.add(view.id());
            } else {
                next = next.or(() -> afterEnd(view));
            }
        }
        Optional<Map<String, @Nullable Object>> followUp = running.isEmpty() ? next : Optional.of(again(running));
        // What has ended says itself what to do next, where something can be done.
        followUp.filter(found -> !running.isEmpty()).ifPresent(found -> lines.add("Next: " + found.get("text")));
        Map<String, @Nullable Object> tree = new LinkedHashMap<>();
        tree.put("still_running", !running.isEmpty());
        tree.put("runs", documents);
        tree.put("follow_up", followUp.orElse(null));
        return Answer.of(tree, lines);
    }

    private List<Line> lines(FollowedRun run, RunView view) {
        List<Line> lines = new ArrayList<>();
        if (run.isStillRunning()) {
            lines.addAll(StatusText.of(view, ZoneId.systemDefault(), COLUMNS, ROWS_MAX));
        } else {
            lines.add(Line.of("Run " + view.id() + " (" + view.name() + "):"));
            lines.addAll(VerdictLines.of(
                    view,
                    Outputs.tail(new Views(invocation.app(), invocation.runs()).requests(run.folder()), run.state()),
                    ZoneId.systemDefault()));
        }
        return lines;
    }

    private Map<String, @Nullable Object> again(List<String> running) {
        boolean leaves = call.access() == Access.READ_ONLY
                && runs.stream().anyMatch(run -> run.isStillRunning() && run.isOver());
        return leaves
                ? RunDocuments.followUp(
                        "no settle process is managing it, and this server may only look; in a terminal: settle watch "
                                + running.get(0),
                        "status",
                        Map.of("run", running.get(0)))
                : RunDocuments.followUp(
                        (running.size() == 1 ? "run " + running.get(0) + " goes on" : running.size() + " runs go on")
                                + "; call wait again",
                        "wait",
                        Map.of("runs", running));
    }

    private static Optional<Map<String, @Nullable Object>> afterEnd(RunView view) {
        Optional<String> failed = RunDocuments.failed(view);
        if (failed.isPresent() && !view.run().opened().watched()) {
            return Optional.of(RunDocuments.followUp(
                    "read what " + failed.get() + " wrote; when the cause is fixed, resume runs again what did not"
                            + " complete",
                    "logs",
                    Map.of("run", view.id(), "items", List.of(failed.get()))));
        }
        return view.hint().map(hint -> RunDocuments.followUp(hint, "explain", Map.of("run", view.id())));
    }
}
