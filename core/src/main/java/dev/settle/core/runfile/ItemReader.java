package dev.settle.core.runfile;

import static dev.settle.core.runfile.keys.RunFileKey.ACCOUNT;
import static dev.settle.core.runfile.keys.RunFileKey.COMMAND;
import static dev.settle.core.runfile.keys.RunFileKey.CONSTRAINT;
import static dev.settle.core.runfile.keys.RunFileKey.CPUS;
import static dev.settle.core.runfile.keys.RunFileKey.DEPS;
import static dev.settle.core.runfile.keys.RunFileKey.ERROR;
import static dev.settle.core.runfile.keys.RunFileKey.EXPECT;
import static dev.settle.core.runfile.keys.RunFileKey.EXTRA;
import static dev.settle.core.runfile.keys.RunFileKey.GENERATES_SOURCE;
import static dev.settle.core.runfile.keys.RunFileKey.GPUS;
import static dev.settle.core.runfile.keys.RunFileKey.GRES;
import static dev.settle.core.runfile.keys.RunFileKey.ID;
import static dev.settle.core.runfile.keys.RunFileKey.ITEM_NAME;
import static dev.settle.core.runfile.keys.RunFileKey.MATRIX;
import static dev.settle.core.runfile.keys.RunFileKey.MEMORY;
import static dev.settle.core.runfile.keys.RunFileKey.OUTPUT;
import static dev.settle.core.runfile.keys.RunFileKey.PARTITION;
import static dev.settle.core.runfile.keys.RunFileKey.QOS;
import static dev.settle.core.runfile.keys.RunFileKey.RETRIES;
import static dev.settle.core.runfile.keys.RunFileKey.SCRIPT;
import static dev.settle.core.runfile.keys.RunFileKey.SETUP;
import static dev.settle.core.runfile.keys.RunFileKey.TIMEOUT;
import static dev.settle.core.runfile.keys.RunFileKey.TIME_LIMIT;
import static dev.settle.core.runfile.keys.RunFileKey.WORKING_DIR;

import dev.settle.core.model.Expect;
import dev.settle.core.model.ItemId;
import dev.settle.core.model.PlanItem;
import dev.settle.core.model.Resources;
import dev.settle.core.model.Retries;
import dev.settle.core.runfile.keys.Bindings;
import dev.settle.core.runfile.keys.MappingNode;
import dev.settle.core.runfile.keys.RunFileKey;
import dev.settle.core.runfile.keys.Values;
import dev.settle.core.runfile.tree.DocumentPath;
import dev.settle.core.runfile.tree.Node;
import dev.settle.core.runfile.tree.Problems;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Consumer;

/** Reads one item of the file into the drafts of the items that it stands for: one, or one for each combination. */
final class ItemReader {
    private final Problems problems;
    private final ReadContext around;
    private final Scripts scripts;
    private final Environments environments;
    private final Optional<MappingNode> defaults;
    private final Bindings params;

    /** Items whose resources are alike share one object. */
    private final Map<Resources, Resources> resources = new HashMap<>();

    ItemReader(
            Problems problems,
            ReadContext around,
            Scripts scripts,
            Environments environments,
            Optional<MappingNode> defaults,
            Bindings params) {
        this.problems = problems;
        this.around = around;
        this.scripts = scripts;
        this.environments = environments;
        this.defaults = defaults;
        this.params = params;
    }

    /** Hands over a draft for each item that {@code node} stands for, as far as its problems allow. */
    void read(Node node, DocumentPath trail, Consumer<UnresolvedItem> drafts) {
        if (!(node instanceof Node.OfMap map)) {
            problems.add(node, trail, "this is " + node.noun() + ", not an item", "write a map with id and command");
            return;
        }
        MappingNode keyed = MappingNode.of(map, RunFileKey.Scope.ITEM, trail, problems);
        if (!keyed.has(MATRIX)) {
            readOne(keyed, Bindings.NONE, "").ifPresent(drafts);
            return;
        }
        List<Matrix.Combination> combinations = Matrix.of(keyed, params, problems);
        for (Matrix.Combination combination : combinations) {
            readOne(keyed, combination.bindings(), combination.suffix()).ifPresent(drafts);
        }
        if (combinations.isEmpty()) {
            // The matrix is wrong; what else is wrong with the item is told with it.
            readOne(keyed, Matrix.standIn(keyed), "")
                    .map(UnresolvedItem::withoutItem)
                    .ifPresent(drafts);
        }
    }

    /** What {@code defaults} says by itself: its problems are told once, even if every item says otherwise. */
    void checkDefaults(MappingNode keyed) {
        body(keyed, keyed, new Values(problems, params, around.home()));
    }

    private Optional<UnresolvedItem> readOne(MappingNode keyed, Bindings bindings, String suffix) {
        Values values = new Values(problems, bindings.over(params), around.home());
        Optional<String> written = keyed.value(ID).isPresent() ? values.text(keyed, ID) : Optional.empty();
        if (!keyed.has(ID)) {
            keyed.missing(ID, problems, "every item needs an id of its own");
        }
        // An id that names the combination itself is taken as it is: train-{seed}.
        boolean named = keyed.value(ID).orElse(keyed.node) instanceof Node.Scalar raw && bindings.mentions(raw.text);
        Optional<String> id = written.map(text -> named ? text : text + suffix).filter(text -> legal(keyed, text));
        Optional<String> script = script(keyed, values);
        Body body = body(keyed, defaults.orElse(keyed), values);
        RetryAndExpectReader.checkGrowth(
                keyed.has(RETRIES) ? keyed : defaults.orElse(keyed), RETRIES, body.retries, body.resources, values);
        List<UnresolvedItem.Dep> deps = deps(keyed, values);
        Optional<String> name = values.name(keyed, ITEM_NAME);
        Optional<String> generates = values.path(keyed, GENERATES_SOURCE);
        String jobName = name.or(() -> id).orElse("");
        SbatchFileName output = fileName(body.output, jobName);
        SbatchFileName error = fileName(body.error, jobName);
        Environments.Prepared prepared = environments.prepare(keyed, values, script.orElse(""), body.setup);
        String base = keyed.value(ID).orElse(keyed.node) instanceof Node.Scalar raw ? raw.text : "";
        if (id.isEmpty()) {
            // Without a place among the ids it is no item, but what it depends on is looked at all the same.
            return Optional.of(
                    new UnresolvedItem(Optional.empty(), base, keyed.node.line, keyed.node.column, keyed.trail, deps));
        }
        ItemId itemId = new ItemId(id.get());
        PlanItem item = new PlanItem(
                itemId,
                name.orElse(itemId.value()),
                prepared.script(),
                List.of(),
                body.workingDir,
                prepared.env(),
                linked(output, error, prepared.setup()),
                body.resources,
                body.timeout,
                body.retries,
                generates,
                output.path(),
                error.path(),
                body.expect,
                Optional.empty());
        return Optional.of(
                new UnresolvedItem(Optional.of(item), base, keyed.node.line, keyed.node.column, keyed.trail, deps));
    }

    private static SbatchFileName fileName(Optional<String> pattern, String jobName) {
        return pattern.map(text -> SbatchFileName.of(text, jobName, OptionalInt.empty()))
                .orElse(SbatchFileName.NONE);
    }

    private static Optional<String> linked(SbatchFileName output, SbatchFileName error, Optional<String> setup) {
        String links = output.link(1) + error.link(2);
        return links.isEmpty() ? setup : Optional.of(links + setup.orElse(""));
    }

    private boolean legal(MappingNode keyed, String id) {
        if (ItemId.isLegal(id)) {
            return true;
        }
        String wrong = id.length() > ItemId.LENGTH_MAX
                ? "this id is " + id.length() + " characters long"
                : Values.quoted(id) + " is not an item id";
        problems.add(
                Values.place(keyed, ID),
                keyed.at(ID),
                wrong,
                id.length() > ItemId.LENGTH_MAX
                        ? "write at most " + ItemId.LENGTH_MAX
                        : "use letters, digits and . _ = , [ ] + - : @, not beginning with - or .");
        return false;
    }

    private Optional<String> script(MappingNode keyed, Values values) {
        if (keyed.has(COMMAND) && keyed.has(SCRIPT)) {
            problems.add(
                    Values.place(keyed, SCRIPT), keyed.at(SCRIPT), "there is a command as well", "keep one of the two");
            return Optional.empty();
        }
        if (keyed.has(SCRIPT)) {
            Node node = Values.place(keyed, SCRIPT);
            return values.filled(keyed, SCRIPT).flatMap(text -> scripts.text(text, node, keyed.at(SCRIPT), problems));
        }
        if (!keyed.has(COMMAND)) {
            keyed.missing(COMMAND, problems, "write what runs, as command or script");
        }
        return values.filled(keyed, COMMAND);
    }

    private List<UnresolvedItem.Dep> deps(MappingNode keyed, Values values) {
        List<Node> nodes = values.elements(keyed, DEPS);
        if (nodes.isEmpty()) {
            return List.of();
        }
        List<UnresolvedItem.Dep> deps = new ArrayList<>(nodes.size());
        for (Node node : nodes) {
            DocumentPath at =
                    nodes.size() == 1 ? keyed.at(DEPS) : keyed.at(DEPS).index(deps.size());
            values.text(node, at).ifPresent(text -> deps.add(new UnresolvedItem.Dep(text, node, at)));
        }
        return deps;
    }

    /** What an item has of its own or from {@code defaults}. */
    private record Body(
            Optional<String> workingDir,
            Optional<String> setup,
            Resources resources,
            Optional<java.time.Duration> timeout,
            Retries retries,
            Optional<String> output,
            Optional<String> error,
            Expect expect) {}

    private Body body(MappingNode own, MappingNode fallback, Values values) {
        Chosen from = new Chosen(own, fallback);
        Resources wanted = new Resources(
                values.whole(from.of(CPUS), CPUS, 1),
                values.size(from.of(MEMORY), MEMORY),
                values.whole(from.of(GPUS), GPUS, 0),
                values.line(from.of(GRES), GRES),
                values.limit(from.of(TIME_LIMIT), TIME_LIMIT),
                values.line(from.of(PARTITION), PARTITION),
                values.line(from.of(ACCOUNT), ACCOUNT),
                values.line(from.of(QOS), QOS),
                values.line(from.of(CONSTRAINT), CONSTRAINT),
                SbatchOptions.extra(from.of(EXTRA), EXTRA, values));
        return new Body(
                values.path(from.of(WORKING_DIR), WORKING_DIR),
                values.text(from.of(SETUP), SETUP).filter(text -> !text.isBlank()),
                resources.computeIfAbsent(wanted, each -> each),
                values.limit(from.of(TIMEOUT), TIMEOUT),
                RetryAndExpectReader.retries(from.of(RETRIES), RETRIES, values),
                values.path(from.of(OUTPUT), OUTPUT),
                values.path(from.of(ERROR), ERROR),
                RetryAndExpectReader.expect(from.of(EXPECT), EXPECT, values));
    }

    /** The item where it has the key, else the defaults. */
    private record Chosen(MappingNode own, MappingNode fallback) {
        MappingNode of(RunFileKey key) {
            return own.has(key) ? own : fallback;
        }
    }
}
