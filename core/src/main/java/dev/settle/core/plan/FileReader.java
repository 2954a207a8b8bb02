package dev.settle.core.plan;

import static dev.settle.core.plan.RunFileKey.BACKEND;
import static dev.settle.core.plan.RunFileKey.BUDGET;
import static dev.settle.core.plan.RunFileKey.COMMAND;
import static dev.settle.core.plan.RunFileKey.CPU_HOURS;
import static dev.settle.core.plan.RunFileKey.CREDITS;
import static dev.settle.core.plan.RunFileKey.DEFAULTS;
import static dev.settle.core.plan.RunFileKey.EXCLUSIVE;
import static dev.settle.core.plan.RunFileKey.ID;
import static dev.settle.core.plan.RunFileKey.ITEMS;
import static dev.settle.core.plan.RunFileKey.MAX_CONCURRENT;
import static dev.settle.core.plan.RunFileKey.MAX_FAILURES;
import static dev.settle.core.plan.RunFileKey.NAME;
import static dev.settle.core.plan.RunFileKey.ON_EXHAUSTED;
import static dev.settle.core.plan.RunFileKey.QUEUE;
import static dev.settle.core.plan.RunFileKey.QUEUE_COMMAND;
import static dev.settle.core.plan.RunFileKey.QUEUE_TIMEOUT;
import static dev.settle.core.plan.RunFileKey.TIMEOUT;
import static dev.settle.core.plan.RunFileKey.TITLE;
import static dev.settle.core.plan.RunFileKey.TOPUP_URL;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;

/** Reads a document's tree into a plan; what cannot be accepted goes to the problems. */
final class FileReader {
    private static final List<String> BACKENDS = List.of("slurm", "local");
    private static final List<String> CHOICES = List.of("interrupt", "wait");

    private final String defaultName;
    private final Problems problems;
    private final Surroundings around;
    private final Scripts scripts;
    private final Values values;

    /**
     * A reader of one document.
     *
     * @param defaultName what the run is called when the document has no name
     */
    FileReader(String defaultName, Problems problems, Surroundings around, Scripts scripts) {
        this.defaultName = defaultName;
        this.problems = problems;
        this.around = around;
        this.scripts = scripts;
        this.values = new Values(problems, Bindings.NONE, around.home());
    }

    /** The plan; to be used only when there are no problems. */
    Plan read(Node root) {
        if (root instanceof Node.OfList list) {
            return Plan.of(defaultName, items(list.elements, Trail.ROOT, Optional.empty()));
        }
        Optional<Keyed> found = Keyed.ofNode(root, RunFileKey.Scope.RUN, Trail.ROOT, problems);
        return found.map(this::plan).orElseGet(() -> Plan.of(defaultName, List.of()));
    }

    private Plan plan(Keyed run) {
        Optional<QueueSpec> queue = run.value(QUEUE)
                .flatMap(node -> Keyed.ofNode(node, RunFileKey.Scope.QUEUE, run.at(QUEUE), problems))
                .flatMap(keyed -> QueueReader.read(keyed, values, step(run, keyed)));
        List<PlanItem> items = runItems(run);
        Optional<String> title = values.name(run, TITLE);
        return new Plan(
                values.name(run, NAME).or(() -> title).orElse(defaultName),
                values.word(run, BACKEND, Plan.BackendName::ofWord, BACKENDS),
                values.whole(run, MAX_CONCURRENT, 1),
                values.whole(run, MAX_FAILURES, 1),
                values.flag(run, EXCLUSIVE).orElse(false),
                credits(run),
                budget(run),
                items,
                queue,
                Optional.empty());
    }

    /** A step is an item like any other: what the file's defaults say of items holds for it. */
    private Optional<PlanItem> step(Keyed run, Keyed queue) {
        Optional<Node> command = queue.value(QUEUE_COMMAND);
        if (command.isEmpty()) {
            return Optional.empty();
        }
        int line = queue.node.line;
        int column = queue.node.column;
        List<Node.Entry> entries = new ArrayList<>();
        entries.add(new Node.Entry(ID.word, line, column, new Node.Scalar(line, column, Node.Kind.TEXT, "step")));
        entries.add(new Node.Entry(COMMAND.word, line, column, command.get()));
        queue.value(QUEUE_TIMEOUT)
                .ifPresent(timeout -> entries.add(new Node.Entry(TIMEOUT.word, line, column, timeout)));
        Node item = new Node.OfMap(line, column, entries.size(), entries);
        return items(List.of(item), queue.trail, Optional.of(run)).stream().findFirst();
    }

    private List<PlanItem> runItems(Keyed run) {
        if (run.has(QUEUE)) {
            if (run.has(ITEMS)) {
                problems.add(
                        Values.place(run, ITEMS), run.at(ITEMS), "there is a queue as well", "keep one of the two");
            }
            return List.of();
        }
        if (!run.has(ITEMS)) {
            run.missing(ITEMS, problems, "write a list of items, each with id and command");
            return List.of();
        }
        Node node = Values.place(run, ITEMS);
        if (node instanceof Node.OfList list) {
            return items(list.elements, run.at(ITEMS), Optional.of(run));
        }
        problems.add(node, run.at(ITEMS), "this is " + node.noun() + ", not a list", "begin each item with a dash");
        return List.of();
    }

    private List<PlanItem> items(List<Node> nodes, Trail trail, Optional<Keyed> run) {
        if (nodes.isEmpty()) {
            problems.add(0, 0, trail, "there are no items", "write at least one");
            return List.of();
        }
        Optional<Keyed> defaults = run.flatMap(this::defaults);
        ItemReader reader = new ItemReader(problems, around, scripts, new Environments(problems, run), defaults);
        defaults.ifPresent(reader::checkDefaults);
        List<Draft> drafts = new ArrayList<>(nodes.size());
        IdIndex index = new IdIndex();
        for (int i = 0; i < nodes.size(); i++) {
            reader.read(nodes.get(i), trail.index(i), draft -> {
                if (index.add(draft.item().id(), draft.base())) {
                    drafts.add(draft);
                } else {
                    duplicate(draft, drafts);
                }
            });
        }
        return resolved(drafts, index);
    }

    private Optional<Keyed> defaults(Keyed run) {
        Optional<Keyed> defaults = run.value(DEFAULTS)
                .flatMap(node -> Keyed.ofNode(node, RunFileKey.Scope.ITEM, run.at(DEFAULTS), problems));
        defaults.ifPresent(keyed -> {
            for (RunFileKey key : RunFileKey.words(RunFileKey.Scope.ITEM).values()) {
                if (key.inDefaults == RunFileKey.Default.NO && keyed.has(key)) {
                    problems.add(
                            Values.place(keyed, key),
                            keyed.at(key),
                            "each item has its own " + key.word,
                            "move it there");
                }
            }
        });
        return defaults;
    }

    private void duplicate(Draft second, List<Draft> drafts) {
        if (problems.isFull()) {
            problems.add(second.line(), second.column(), second.trail(), "the id is there twice", "");
            return;
        }
        Draft first = drafts.stream()
                .filter(draft -> draft.item().id().equals(second.item().id()))
                .findFirst()
                .orElse(second);
        problems.add(
                second.line(),
                second.column(),
                second.trail(),
                "the id " + Values.quoted(second.item().id().value()) + " is there twice",
                "line " + first.line() + " has it as well; every item needs an id of its own");
    }

    private List<PlanItem> resolved(List<Draft> drafts, IdIndex index) {
        DepResolver resolver = new DepResolver(problems, index);
        List<PlanItem> items = new ArrayList<>(drafts.size());
        for (Draft draft : drafts) {
            List<ItemId> deps = resolver.resolve(draft);
            items.add(deps.isEmpty() ? draft.item() : draft.item().withDeps(deps));
        }
        for (Cycles.Cycle cycle : Cycles.of(items)) {
            Draft draft = drafts.get(cycle.position());
            problems.add(
                    draft.line(),
                    draft.column(),
                    draft.trail(),
                    "these items wait for each other: " + cycle.path(),
                    "");
        }
        return items;
    }

    private Plan.Credits credits(Keyed run) {
        Optional<Keyed> credits = run.value(CREDITS)
                .flatMap(node -> Keyed.ofNode(node, RunFileKey.Scope.CREDITS, run.at(CREDITS), problems));
        if (credits.isEmpty()) {
            return Plan.Credits.DEFAULT;
        }
        return new Plan.Credits(
                values.address(credits.get(), TOPUP_URL),
                values.word(credits.get(), ON_EXHAUSTED, Plan.OnExhausted::ofWord, CHOICES)
                        .orElse(Plan.OnExhausted.INTERRUPT));
    }

    private OptionalDouble budget(Keyed run) {
        Optional<Keyed> budget = run.value(BUDGET)
                .flatMap(node -> Keyed.ofNode(node, RunFileKey.Scope.BUDGET, run.at(BUDGET), problems));
        return budget.isPresent() ? values.positive(budget.get(), CPU_HOURS) : OptionalDouble.empty();
    }
}
