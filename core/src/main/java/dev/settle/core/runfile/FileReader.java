package dev.settle.core.runfile;

import static dev.settle.core.runfile.keys.RunFileKey.BACKEND;
import static dev.settle.core.runfile.keys.RunFileKey.BUDGET;
import static dev.settle.core.runfile.keys.RunFileKey.COMMAND;
import static dev.settle.core.runfile.keys.RunFileKey.CPU_HOURS;
import static dev.settle.core.runfile.keys.RunFileKey.CREDITS;
import static dev.settle.core.runfile.keys.RunFileKey.DEFAULTS;
import static dev.settle.core.runfile.keys.RunFileKey.EXCLUSIVE;
import static dev.settle.core.runfile.keys.RunFileKey.ID;
import static dev.settle.core.runfile.keys.RunFileKey.ITEMS;
import static dev.settle.core.runfile.keys.RunFileKey.MAX_CONCURRENT;
import static dev.settle.core.runfile.keys.RunFileKey.MAX_FAILURES;
import static dev.settle.core.runfile.keys.RunFileKey.NAME;
import static dev.settle.core.runfile.keys.RunFileKey.NOTIFY;
import static dev.settle.core.runfile.keys.RunFileKey.NOTIFY_COMMAND;
import static dev.settle.core.runfile.keys.RunFileKey.NOTIFY_ON;
import static dev.settle.core.runfile.keys.RunFileKey.ON_EXHAUSTED;
import static dev.settle.core.runfile.keys.RunFileKey.QUEUE;
import static dev.settle.core.runfile.keys.RunFileKey.QUEUE_COMMAND;
import static dev.settle.core.runfile.keys.RunFileKey.QUEUE_TIMEOUT;
import static dev.settle.core.runfile.keys.RunFileKey.SECRETS;
import static dev.settle.core.runfile.keys.RunFileKey.TIMEOUT;
import static dev.settle.core.runfile.keys.RunFileKey.TITLE;
import static dev.settle.core.runfile.keys.RunFileKey.TOPUP_URL;

import dev.settle.core.model.ItemId;
import dev.settle.core.model.Notify;
import dev.settle.core.model.Plan;
import dev.settle.core.model.PlanItem;
import dev.settle.core.model.QueueSpec;
import dev.settle.core.runfile.keys.Bindings;
import dev.settle.core.runfile.keys.MappingNode;
import dev.settle.core.runfile.keys.Params;
import dev.settle.core.runfile.keys.RunFileKey;
import dev.settle.core.runfile.keys.Values;
import dev.settle.core.runfile.tree.DocumentPath;
import dev.settle.core.runfile.tree.Node;
import dev.settle.core.runfile.tree.Problems;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Reads a document's tree into a plan; what cannot be accepted goes to the problems. */
final class FileReader {
    private static final List<String> BACKENDS = List.of("slurm", "local");
    private static final List<String> ENDS =
            Arrays.stream(Notify.End.values()).map(Notify.End::word).toList();
    private static final List<String> CHOICES = List.of("interrupt", "wait");

    /** What the document of generated items can say; the rest is for the run's own file. */
    private static final Set<RunFileKey> OF_GENERATED =
            EnumSet.of(ITEMS, DEFAULTS, NAME, TITLE, RunFileKey.RUN_ENV, RunFileKey.ENV_GROUPS);

    private static final Pattern NAME_OF_VARIABLE = Pattern.compile("[A-Za-z_][A-Za-z0-9_]*");

    private final String defaultName;
    private final Problems problems;
    private final ReadContext around;
    private final Scripts scripts;
    private Values values;
    private Bindings params = Bindings.NONE;

    /**
     * A reader of one document.
     *
     * @param defaultName what the run is called when the document has no name
     */
    FileReader(String defaultName, Problems problems, ReadContext around, Scripts scripts) {
        this.defaultName = defaultName;
        this.problems = problems;
        this.around = around;
        this.scripts = scripts;
        this.values = new Values(problems, Bindings.NONE, around.home());
    }

    /** The plan; to be used only when there are no problems. */
    Plan read(Node root) {
        if (root instanceof Node.OfList list) {
            take(Params.read(Optional.empty(), around.choices().params(), problems));
            ItemReader reader = reader(Optional.empty(), Optional.empty(), form(list), Optional.empty(), defaultName);
            return Plan.of(defaultName, items(list, DocumentPath.ROOT, reader));
        }
        Optional<MappingNode> found = run(root);
        found.ifPresent(run -> take(Params.read(found, around.choices().params(), problems)));
        return found.map(this::plan).orElseGet(() -> Plan.of(defaultName, List.of()));
    }

    /** From here on texts may name the parameters. */
    private void take(Bindings read) {
        params = read;
        values = new Values(problems, read, around.home());
    }

    /** The items of a generated document; to be used only when there are no problems. */
    List<PlanItem> readGenerated(Node root, Plan plan, Collection<ItemId> existing) {
        Optional<MappingNode> inherited = Inherited.read(plan);
        take(Params.read(inherited, Map.of(), problems));
        ItemsReader list = new ItemsReader(problems, existing);
        if (root instanceof Node.OfList bare) {
            return list.read(
                    bare.elements,
                    DocumentPath.ROOT,
                    reader(Optional.empty(), inherited, form(bare), plan.backend(), plan.name()));
        }
        Optional<MappingNode> found = run(root);
        if (found.isEmpty()) {
            return List.of();
        }
        MappingNode run = found.get();
        for (RunFileKey key : RunFileKey.words(RunFileKey.Scope.RUN).values()) {
            if (run.has(key) && !OF_GENERATED.contains(key)) {
                problems.add(
                        Values.place(run, key),
                        run.at(key),
                        "only the run's own file can say this",
                        "leave it out here");
            }
        }
        ItemReader reader = reader(found, inherited, form(run), plan.backend(), plan.name());
        return itemNodes(run)
                .map(nodes -> list.read(nodes.elements, run.at(ITEMS), reader))
                .orElse(List.of());
    }

    private Optional<MappingNode> run(Node root) {
        if (root instanceof Node.OfMap map) {
            return Optional.of(MappingNode.of(map, RunFileKey.Scope.RUN, DocumentPath.ROOT, problems));
        }
        problems.add(root, DocumentPath.ROOT, "this is " + root.noun() + ", not a run file", "write a list of items");
        return Optional.empty();
    }

    private Plan plan(MappingNode run) {
        Optional<String> title = values.name(run, TITLE);
        Optional<String> written = values.name(run, NAME).or(() -> title);
        String name = around.choices().name().or(() -> written).orElse(defaultName);
        Optional<Plan.BackendName> backend = values.word(run, BACKEND, Plan.BackendName::ofWord, BACKENDS);
        Optional<QueueSpec> queue = run.value(QUEUE)
                .flatMap(node -> MappingNode.ofNode(node, RunFileKey.Scope.QUEUE, run.at(QUEUE), problems))
                .flatMap(keyed -> QueueReader.read(
                        keyed,
                        values,
                        step(keyed, reader(Optional.of(run), Optional.empty(), form(run), backend, name))));
        List<PlanItem> items = runItems(run, backend, name);
        boolean generates =
                items.stream().anyMatch(item -> item.generatesSource().isPresent());
        return new Plan(
                        name,
                        backend,
                        values.whole(run, MAX_CONCURRENT, 1),
                        values.whole(run, MAX_FAILURES, 1),
                        values.flag(run, EXCLUSIVE).orElse(false),
                        credits(run),
                        budget(run),
                        items,
                        queue,
                        generates ? Inherited.of(run, params) : Optional.empty())
                .withNotify(notify(run))
                .withSecrets(secrets(run, items));
    }

    /** Their values come from the shell: a file that gives one itself would keep it in the open. */
    private List<String> secrets(MappingNode run, List<PlanItem> items) {
        List<String> names = values.texts(run, SECRETS);
        for (String name : names) {
            if (!NAME_OF_VARIABLE.matcher(name).matches()) {
                problems.add(
                        Values.place(run, SECRETS),
                        run.at(SECRETS),
                        Values.quoted(name) + " is not the name of a variable",
                        "write names alone, such as secrets: [API_KEY]; the values are taken from your shell");
            }
            items.stream()
                    .filter(item -> item.env().containsKey(name))
                    .findFirst()
                    .ifPresent(item -> problems.add(
                            Values.place(run, SECRETS),
                            run.at(SECRETS),
                            name + " is set in the env of " + item.id() + ", in a file where all can read it",
                            "leave it out of env and export it in your shell"));
        }
        return names;
    }

    private Optional<Notify> notify(MappingNode run) {
        Optional<Node> node = run.value(NOTIFY);
        if (node.isPresent() && node.get() instanceof Node.Scalar) {
            return values.filled(run, NOTIFY).map(Notify::always);
        }
        Optional<MappingNode> map =
                node.flatMap(each -> MappingNode.ofNode(each, RunFileKey.Scope.NOTIFY, run.at(NOTIFY), problems));
        if (map.isEmpty()) {
            return Optional.empty();
        }
        MappingNode inner = map.get();
        if (!inner.has(NOTIFY_COMMAND)) {
            inner.missing(NOTIFY_COMMAND, problems, "write what is to be run");
        }
        Set<Notify.End> on = EnumSet.noneOf(Notify.End.class);
        for (Node end : values.elements(inner, NOTIFY_ON)) {
            values.word(end, inner.at(NOTIFY_ON), Notify.End::ofWord, ENDS).ifPresent(on::add);
        }
        return values.filled(inner, NOTIFY_COMMAND).map(command -> new Notify(command, on));
    }

    /** A step is an item like any other: what the file's defaults say of items holds for it. */
    private Optional<PlanItem> step(MappingNode queue, ItemReader reader) {
        int line = queue.node.line;
        int column = queue.node.column;
        Optional<Node> command = queue.value(QUEUE_COMMAND)
                .or(() -> queue.has(RunFileKey.QUEUE_RUN)
                        ? Optional.of(new Node.Scalar(line, column, Node.Kind.TEXT, QueueSpec.COMMAND_OF_SERVICE))
                        : Optional.empty());
        if (command.isEmpty()) {
            return Optional.empty();
        }
        List<Node.Entry> entries = new ArrayList<>();
        entries.add(new Node.Entry(ID.word, line, column, new Node.Scalar(line, column, Node.Kind.TEXT, "step")));
        entries.add(new Node.Entry(COMMAND.word, line, column, command.get()));
        queue.value(QUEUE_TIMEOUT)
                .ifPresent(timeout -> entries.add(new Node.Entry(TIMEOUT.word, line, column, timeout)));
        List<PlanItem> steps = new ArrayList<>(1);
        reader.read(new Node.OfMap(line, column, entries.size(), entries), queue.trail, draft -> draft.item()
                .ifPresent(steps::add));
        return steps.stream().findFirst();
    }

    private List<PlanItem> runItems(MappingNode run, Optional<Plan.BackendName> backend, String name) {
        if (run.has(QUEUE)) {
            if (run.has(ITEMS)) {
                problems.add(
                        Values.place(run, ITEMS), run.at(ITEMS), "there is a queue as well", "keep one of the two");
            }
            return List.of();
        }
        ItemReader reader = reader(Optional.of(run), Optional.empty(), form(run), backend, name);
        return itemNodes(run).map(nodes -> items(nodes, run.at(ITEMS), reader)).orElse(List.of());
    }

    private Optional<Node.OfList> itemNodes(MappingNode run) {
        if (!run.has(ITEMS)) {
            run.missing(ITEMS, problems, "write a list of items, each with id and command");
            return Optional.empty();
        }
        Node node = Values.place(run, ITEMS);
        if (node instanceof Node.OfList list) {
            return Optional.of(list);
        }
        problems.add(node, run.at(ITEMS), "this is " + node.noun() + ", not a list", "begin each item with a dash");
        return Optional.empty();
    }

    private List<PlanItem> items(Node.OfList list, DocumentPath trail, ItemReader reader) {
        if (list.elements.isEmpty()) {
            problems.add(list, trail, "there are no items", "write at least one");
            return List.of();
        }
        return new ItemsReader(problems, List.of()).read(list.elements, trail, reader);
    }

    /** A reader of items that have what the documents above them say. */
    private ItemReader reader(
            Optional<MappingNode> run,
            Optional<MappingNode> inherited,
            Environments.Form form,
            Optional<Plan.BackendName> backend,
            String name) {
        List<MappingNode> above =
                Stream.of(inherited, run).flatMap(Optional::stream).toList();
        // The defaults of a generated document take the place of the run's.
        Optional<MappingNode> defaults = run.flatMap(this::defaults).or(() -> inherited.flatMap(this::defaults));
        boolean tasks = form == Environments.Form.TASKS
                || inherited.filter(Inherited::isTasks).isPresent();
        Environments environments = new Environments(
                problems,
                above,
                defaults,
                tasks ? Environments.Form.TASKS : Environments.Form.OURS,
                name,
                () -> around.backend().apply(backend));
        environments.check(values);
        ItemReader reader = new ItemReader(problems, around, scripts, environments, defaults, params);
        defaults.ifPresent(reader::checkDefaults);
        return reader;
    }

    private static Environments.Form form(MappingNode run) {
        return Inherited.isTasks(run) ? Environments.Form.TASKS : Environments.Form.OURS;
    }

    /** A bare list is of tasks where every item has a name: scripthut asks for one, and we do not. */
    private static Environments.Form form(Node.OfList list) {
        boolean named = list.elements.stream()
                .allMatch(node -> node instanceof Node.OfMap map
                        && map.entries.stream().anyMatch(entry -> entry.key().equals(RunFileKey.ITEM_NAME.word)));
        return named && !list.elements.isEmpty() ? Environments.Form.TASKS : Environments.Form.OURS;
    }

    private Optional<MappingNode> defaults(MappingNode run) {
        Optional<MappingNode> defaults = run.value(DEFAULTS)
                .flatMap(node -> MappingNode.ofNode(node, RunFileKey.Scope.ITEM, run.at(DEFAULTS), problems));
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

    private Plan.Credits credits(MappingNode run) {
        Optional<MappingNode> credits = run.value(CREDITS)
                .flatMap(node -> MappingNode.ofNode(node, RunFileKey.Scope.CREDITS, run.at(CREDITS), problems));
        if (credits.isEmpty()) {
            return Plan.Credits.DEFAULT;
        }
        return new Plan.Credits(
                values.address(credits.get(), TOPUP_URL),
                values.word(credits.get(), ON_EXHAUSTED, Plan.OnExhausted::ofWord, CHOICES)
                        .orElse(Plan.OnExhausted.INTERRUPT));
    }

    private OptionalDouble budget(MappingNode run) {
        Optional<MappingNode> budget = run.value(BUDGET)
                .flatMap(node -> MappingNode.ofNode(node, RunFileKey.Scope.BUDGET, run.at(BUDGET), problems));
        return budget.isPresent() ? values.positive(budget.get(), CPU_HOURS) : OptionalDouble.empty();
    }
}
