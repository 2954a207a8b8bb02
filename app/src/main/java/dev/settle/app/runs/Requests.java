package dev.settle.app.runs;

import dev.settle.core.journal.RunFolder;
import dev.settle.core.model.PlanItem;
import dev.settle.core.model.SbatchJob;
import dev.settle.core.run.Attempt;
import dev.settle.core.run.Item;
import dev.settle.core.run.RunState;
import dev.settle.core.scheduler.JobId;
import dev.settle.core.scheduler.SubmitRequest;
import dev.settle.core.scheduler.SubmitToken;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** Where an item's files lie, and what is sent to a scheduler for it. */
public final class Requests {
    /** Where an attempt's output goes. */
    public record Output(Path stdout, Path stderr) {}

    /** An interrupted run of a step queue ends within 2 s, whatever its step does with TERM. */
    private static final Duration STEP_GRACE = Duration.ofMillis(700);

    private final RunFolder folder;
    private final Path home;

    /** By the name of the exit record; read by the thread that watches the records. */
    private final Map<String, Output> outputs = new ConcurrentHashMap<>();

    /**
     * The requests of one run.
     *
     * @param home what {@code ~} stands for
     */
    public Requests(RunFolder folder, Path home) {
        this.folder = folder;
        this.home = home;
    }

    /** The request for a batch of items, the same for every driver that makes it. */
    public SubmitRequest of(RunState state, SubmitToken token, List<Item> items, int throttle) {
        List<SubmitRequest.Task> tasks = new ArrayList<>(items.size());
        for (Item item : items) {
            tasks.add(task(state, item));
        }
        PlanItem first = items.get(0).plan();
        String name = first.sbatch()
                .map(SbatchJob::name)
                .orElse(items.size() == 1 ? first.name() : state.plan().name());
        Optional<String> file = first.sbatch().flatMap(SbatchJob::fileName);
        return new SubmitRequest(token, name, file, items.get(0).requested(), tasks, indices(items), throttle);
    }

    /** Those of the user's array: items of one script have one each. */
    private static List<Integer> indices(List<Item> items) {
        List<Integer> indices = new ArrayList<>(items.size());
        for (Item item : items) {
            item.plan().sbatch().ifPresent(job -> job.index().ifPresent(indices::add));
        }
        return indices.size() == items.size() ? indices : List.of();
    }

    private SubmitRequest.Task task(RunState state, Item item) {
        PlanItem plan = item.plan();
        Map<String, String> env = new LinkedHashMap<>(plan.env());
        env.put("SETTLE_RUN_ID", state.id().value());
        env.put("SETTLE_ITEM_ID", plan.id().value());
        env.put("SETTLE_ATTEMPT", Integer.toString(item.attempt().number()));
        env.put("SETTLE_RESULT", result(item).toString());
        env.put("SETTLE_STOP", stop(item).toString());
        know(state, item);
        return new SubmitRequest.Task(
                plan.id().value(),
                item.attempt().number(),
                plan.script(),
                plan.setup(),
                workingDir(state, item),
                env,
                stdout(state, item),
                stderr(state, item),
                record(item),
                plan.timeout(),
                state.plan().queue().map(queue -> STEP_GRACE),
                plan.arguments());
    }

    /** Remembers where an item with a job writes, if that is not the run's folder. */
    public void know(RunState state, Item item) {
        if (item.plan().output().isPresent() || item.plan().error().isPresent()) {
            outputs.put(recordName(item), new Output(stdout(state, item), stderr(state, item)));
        }
    }

    /** Where the attempt of an exit record writes. */
    public Output outputOf(String recordName, Output usual) {
        return outputs.getOrDefault(recordName, usual);
    }

    /** Where Slurm itself writes for a task of an array, whatever path the item has. */
    public List<Path> outputOfTask(SubmitToken token, JobId job) {
        if (!job.isTask()) {
            return List.of();
        }
        String task = job.value().substring(job.base().length() + 1);
        Path scripts = folder.scripts();
        return List.of(
                scripts.resolve(token.value() + "." + task + ".err"),
                scripts.resolve(token.value() + "." + task + ".out"));
    }

    /** Where the item runs: its own directory, relative to where the run was created, or that. */
    public Path workingDir(RunState state, Item item) {
        Path base = Path.of(state.opened().directory());
        return item.plan().workingDir().map(dir -> resolve(base, dir)).orElse(base);
    }

    private Path resolve(Path base, String path) {
        if (path.equals("~")) {
            return home;
        }
        return path.startsWith("~/")
                ? home.resolve(path.substring(2))
                : base.resolve(path).normalize();
    }

    public Path stdout(RunState state, Item item) {
        return stdout(state, item, item.attempt());
    }

    public Path stdout(RunState state, Item item, Attempt attempt) {
        return item.plan()
                .output()
                .map(path -> ofAttempt(resolve(workingDir(state, item), path), item, attempt))
                .orElseGet(() -> folder.stdout(item.id(), submission(attempt)));
    }

    public Path stderr(RunState state, Item item) {
        return stderr(state, item, item.attempt());
    }

    public Path stderr(RunState state, Item item, Attempt attempt) {
        return item.plan()
                .error()
                .map(path -> ofAttempt(resolve(workingDir(state, item), path), item, attempt))
                .orElseGet(() -> folder.stderr(item.id(), submission(attempt)));
    }

    /** The user's file belongs to the latest submission; those before it keep theirs under its name and their number. */
    private static Path ofAttempt(Path file, Item item, Attempt attempt) {
        return submission(attempt) == submission(item.attempt())
                ? file
                : file.resolveSibling(file.getFileName() + "." + submission(attempt));
    }

    /** The user's files that the submission before this one wrote, with the names under which they are kept. */
    public Map<Path, Path> toPutAside(RunState state, Item item) {
        Map<Path, Path> aside = new LinkedHashMap<>();
        if (!item.earlier().isEmpty()) {
            Attempt before = item.earlier().get(item.earlier().size() - 1);
            if (submission(before) != submission(item.attempt())) {
                item.plan().output().ifPresent(o -> aside.put(stdout(state, item), stdout(state, item, before)));
                item.plan().error().ifPresent(e -> aside.put(stderr(state, item), stderr(state, item, before)));
            }
        }
        return aside;
    }

    /** Relative to the item's working directory. */
    public Path generatedSource(RunState state, Item item) {
        return resolve(workingDir(state, item), item.plan().generatesSource().orElseThrow());
    }

    /** The exit record of the item's current submission: a requeued job writes where its first run wrote. */
    public Path record(Item item) {
        return folder.record(item.id(), submission(item.attempt()));
    }

    public Path result(Item item) {
        return folder.result(item.id(), submission(item.attempt()));
    }

    public Path stop(Item item) {
        return folder.stop(item.id(), submission(item.attempt()));
    }

    public RunFolder folder() {
        return folder;
    }

    private static String recordName(Item item) {
        return item.id() + "." + submission(item.attempt());
    }

    /** Which submission of its item an attempt belongs to: one that the scheduler started again goes on in its files. */
    public static int submission(Attempt attempt) {
        return attempt.number() - attempt.restarts();
    }
}
