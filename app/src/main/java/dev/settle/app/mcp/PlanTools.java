package dev.settle.app.mcp;

import dev.settle.app.creation.PlanReader;
import dev.settle.app.creation.PlanRequest;
import dev.settle.app.creation.Submission;
import dev.settle.app.engine.backend.Backends;
import dev.settle.app.engine.backend.EngineOptions;
import dev.settle.app.process.App;
import dev.settle.app.process.Failure;
import dev.settle.app.runs.Invocation;
import dev.settle.core.journal.RunFolder;
import dev.settle.core.kernel.state.Policy;
import dev.settle.core.model.Plan;
import dev.settle.core.model.Plan.BackendName;
import dev.settle.core.model.RunChoices;
import dev.settle.core.text.PlainText;
import dev.settle.core.view.PlanText;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/** The tools that read a plan: one shows it, the other runs it. */
final class PlanTools {
    private static final List<String> ITEM_OPTIONS =
            List.of("cpus", "memory", "gpus", "time", "partition", "account", "qos");

    private PlanTools() {}

    static Answer validate(Call call) {
        Invocation invocation = call.invocation();
        Plan plan = plan(call, invocation, backends(call, invocation));
        String text = RunDocuments.text(out -> PlanText.tree(plan, out, PlanText.Lines.BOXES));
        Map<String, @Nullable Object> tree = new LinkedHashMap<>();
        tree.put("name", plan.name());
        tree.put("item_count", plan.items().size());
        tree.put(
                "items",
                plan.items().stream()
                        .limit(RunDocuments.ITEMS_MAX)
                        .map(item -> item.id().value())
                        .toList());
        return Answer.of(tree, List.of("The plan is valid; nothing was created.", text));
    }

    static Answer submit(Call call) throws InterruptedException {
        Invocation invocation = call.invocation();
        Backends backends = backends(call, invocation);
        Plan plan = plan(call, invocation, backends);
        EngineOptions options = new EngineOptions(
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                call.arguments().count("max_concurrent"),
                Optional.empty(),
                Policy.Confirmation.REQUIRED);
        RunFolder folder = new Submission(invocation, backends, options).of(plan);
        String id = folder.id().value();
        BackendName backend = backends.choose(plan.backend());
        Map<String, @Nullable Object> followUp = RunDocuments.followUp(
                "call wait for run " + id + "; it runs in the background, whatever becomes of this server",
                "wait",
                Map.of("runs", List.of(id)));
        Map<String, @Nullable Object> tree = new LinkedHashMap<>();
        tree.put("id", id);
        tree.put("name", plan.name());
        tree.put("backend", backend.word());
        tree.put("item_count", plan.items().size());
        tree.put("follow_up", followUp);
        return Answer.of(
                tree,
                List.of(
                        "Submitted run " + id + " (" + PlainText.oneLine(plan.name()) + ") on " + backend.word() + ".",
                        "Next: " + followUp.get("text")));
    }

    private static Backends backends(Call call, Invocation invocation) {
        return new Backends(
                call.arguments().text("backend").flatMap(BackendName::ofWord),
                invocation.configuration(),
                invocation.app().environment());
    }

    private static Plan plan(Call call, Invocation invocation, Backends backends) {
        Arguments given = call.arguments();
        App app = invocation.app();
        Optional<String> text = given.text("run_file");
        Optional<String> file = given.text("file");
        List<String> command = given.texts("command");
        if ((text.isPresent() ? 1 : 0) + (file.isPresent() ? 1 : 0) + (command.isEmpty() ? 0 : 1) != 1) {
            throw Failure.usage("pass one of run_file (its text), file (its path) and command (a list of words)");
        }
        OptionalInt maxFailures = given.count("max_failures");
        Map<String, String> itemOptions = new LinkedHashMap<>();
        for (String name : ITEM_OPTIONS) {
            given.text(name).ifPresent(value -> itemOptions.put(name, value));
        }
        if (command.isEmpty() && !(itemOptions.isEmpty() && given.map("env").isEmpty())) {
            throw Failure.usage(itemOptions.keySet().stream().findFirst().orElse("env")
                    + " goes with command; in a run file it is a key of an item, or of defaults");
        }
        if (text.isPresent()) {
            return PlanReader.readText(text.get(), given.text("name").orElse("run"), maxFailures, app, backends);
        }
        List<String> words = new ArrayList<>();
        file.ifPresent(words::add);
        words.addAll(file.isPresent() ? given.texts("args") : command);
        return PlanReader.read(
                new PlanRequest(
                        "settle submit",
                        PlanRequest.Accepts.FILES_AND_COMMANDS,
                        words,
                        file.isPresent() ? OptionalInt.empty() : OptionalInt.of(0),
                        itemOptions,
                        given.map("env").entrySet().stream()
                                .map(variable -> variable.getKey() + "=" + variable.getValue())
                                .toList(),
                        maxFailures,
                        new RunChoices(given.text("name"), Map.of(), List.of()),
                        Map.of()),
                app,
                backends);
    }
}
