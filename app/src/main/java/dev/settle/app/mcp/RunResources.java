package dev.settle.app.mcp;

import dev.settle.app.process.App;
import dev.settle.app.process.Failure;
import dev.settle.app.reader.Views;
import dev.settle.app.runs.Invocation;
import dev.settle.app.runs.Outputs;
import dev.settle.core.journal.RunFolder;
import dev.settle.core.json.Json;
import dev.settle.core.run.RunState;
import dev.settle.core.view.ListText;
import dev.settle.core.view.RunView;
import dev.settle.core.view.document.RunDocument;
import dev.settle.core.view.html.HtmlReport;
import io.modelcontextprotocol.server.McpAsyncServerExchange;
import io.modelcontextprotocol.server.McpServerFeatures;
import io.modelcontextprotocol.spec.McpError;
import io.modelcontextprotocol.spec.McpSchema;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import reactor.core.publisher.Mono;

/** Runs as resources: the list, and of each run its document, its report, and what its items wrote. */
final class RunResources {
    private static final String RUNS = "settle://runs";
    private static final String JSON = "application/json";
    private static final String PLAIN = "text/plain";

    /** The document of a larger run is no message any more. */
    private static final int ITEMS_MAX = 2_000;

    private final App app;
    private final Access access;
    private final Calls calls;

    RunResources(App app, Access access, Calls calls) {
        this.app = app;
        this.access = access;
        this.calls = calls;
    }

    /** Reads a resource; the words are the parts of its address behind {@code settle://runs}. */
    private interface Reading {
        String of(Invocation invocation, List<String> words);
    }

    List<McpServerFeatures.AsyncResourceSpecification> fixed() {
        return List.of(new McpServerFeatures.AsyncResourceSpecification(
                McpSchema.Resource.builder()
                        .uri(RUNS)
                        .name("runs")
                        .title("Runs")
                        .description("All runs, newest first.")
                        .mimeType(JSON)
                        .build(),
                (exchange, request) -> read(exchange, request, JSON, (invocation, words) -> list(invocation))));
    }

    List<McpServerFeatures.AsyncResourceTemplateSpecification> templates() {
        return List.of(
                template(
                        "/{run}",
                        "run",
                        "Run document",
                        "The whole document of a run.",
                        JSON,
                        (invocation, words) -> document(invocation, words.get(0))),
                template(
                        "/{run}/report",
                        "report",
                        "Report",
                        "A run as a self-contained page.",
                        "text/html",
                        (invocation, words) -> report(invocation, words.get(0))),
                template(
                        "/{run}/items/{item}/stdout",
                        "stdout",
                        "Standard output of an item",
                        "The last 128 KiB that an item wrote to its standard output.",
                        PLAIN,
                        (invocation, words) -> LogsTool.output(invocation, words.get(0), words.get(2), "stdout")),
                template(
                        "/{run}/items/{item}/stderr",
                        "stderr",
                        "Standard error of an item",
                        "The last 128 KiB that an item wrote to its standard error.",
                        PLAIN,
                        (invocation, words) -> LogsTool.output(invocation, words.get(0), words.get(2), "stderr")));
    }

    private McpServerFeatures.AsyncResourceTemplateSpecification template(
            String path, String name, String title, String description, String type, Reading reading) {
        return new McpServerFeatures.AsyncResourceTemplateSpecification(
                McpSchema.ResourceTemplate.builder()
                        .uriTemplate(RUNS + path)
                        .name(name)
                        .title(title)
                        .description(description)
                        .mimeType(type)
                        .build(),
                (exchange, request) -> read(exchange, request, type, reading));
    }

    private Mono<McpSchema.ReadResourceResult> read(
            McpAsyncServerExchange exchange, McpSchema.ReadResourceRequest request, String type, Reading reading) {
        Call call = new Call(app, access, new Arguments(Map.of()), (passed, total, message) -> {});
        String uri = request.uri();
        Mono<Result> result = calls.answer(
                Objects.requireNonNull(exchange.transportContext().get(StdioTransport.REQUEST_ID)),
                call,
                Tool.Length.SHORT,
                () -> read(call, uri, reading),
                () -> new Result(Optional.empty(), "too much is being read already"));
        return result.map(found -> new McpSchema.ReadResourceResult(List.of(new McpSchema.TextResourceContents(
                uri, type, found.text().orElseThrow(() -> McpError.builder(McpSchema.ErrorCodes.RESOURCE_NOT_FOUND)
                        .message(found.trouble())
                        .data(Map.of("uri", uri))
                        .build())))));
    }

    /** What was read, or why it was not. */
    private record Result(Optional<String> text, String trouble) {}

    private static Result read(Call call, String uri, Reading reading) {
        try {
            String path = uri.length() > RUNS.length() ? uri.substring(RUNS.length() + 1) : "";
            List<String> words =
                    List.of(path.split("/")).stream().map(RunResources::decoded).toList();
            return new Result(Optional.of(call.redacted(reading.of(call.invocation(), words))), "");
        } catch (Failure expected) {
            return new Result(Optional.empty(), call.shown(String.join("; ", expected.lines())));
        } catch (IllegalArgumentException e) {
            return new Result(Optional.empty(), uri + " cannot be decoded: " + e.getMessage());
        }
    }

    /** A plus stands for itself: this is no form. */
    private static String decoded(String word) {
        return URLDecoder.decode(word.replace("+", "%2B"), StandardCharsets.UTF_8);
    }

    private static String list(Invocation invocation) {
        return RunDocuments.text(out ->
                ListText.write(new Views(invocation.app(), invocation.runs()).list(), out, Json.Layout.ONE_LINE));
    }

    private static String document(Invocation invocation, String run) {
        RunFolder folder = invocation.runs().find(Optional.of(run));
        RunView view = small(invocation, folder, "settle status " + run + " --json prints it");
        return RunDocuments.text(out -> RunDocument.write(view, out, Json.Layout.ONE_LINE));
    }

    private static String report(Invocation invocation, String run) {
        RunFolder folder = invocation.runs().find(Optional.of(run));
        RunView view = small(invocation, folder, "settle report " + run + " --html FILE writes it");
        Views views = new Views(invocation.app(), invocation.runs());
        return RunDocuments.text(out -> HtmlReport.write(view, Outputs.tail(views.requests(folder), view.run()), out));
    }

    private static RunView small(Invocation invocation, RunFolder folder, String otherwise) {
        RunState state = invocation.runs().open(folder).state();
        if (state.items().size() > ITEMS_MAX) {
            throw Failure.usage(
                    "run " + folder.id() + " has " + state.items().size() + " items, too many for one message",
                    otherwise);
        }
        return RunDocuments.view(invocation, folder, state);
    }
}
