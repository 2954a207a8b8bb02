package dev.settle.app.mcp;

import dev.settle.app.process.App;
import dev.settle.app.process.ExitStatus;
import dev.settle.app.process.Failure;
import dev.settle.app.process.Shortage;
import io.modelcontextprotocol.json.McpJsonMapper;
import io.modelcontextprotocol.json.schema.JsonSchemaValidator;
import io.modelcontextprotocol.server.McpAsyncServerExchange;
import io.modelcontextprotocol.server.McpServer;
import io.modelcontextprotocol.server.McpServerFeatures;
import io.modelcontextprotocol.spec.McpSchema;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/** {@code settle mcp}: serves one client on stdin and stdout. */
public final class McpService {
    private static final String INSTRUCTIONS = """
            settle runs work as jobs, on Slurm or on this machine, and reports how it ended only once that is settled.
            Loop: validate a run file, submit it, wait for it (call wait again while still_running is true; the run goes on \
            meanwhile, also when this server ends), read logs and explain of what failed, fix it, resume (completed items \
            are kept). For a Slurm job that something else submitted: watch_job. Do not poll status, and never submit again \
            because a call timed out: look with list first. A run that is settled with exit_status 0 completed and is \
            confirmed; 4 means that nothing failed but something is unconfirmed, which is neither success nor failure.""";

    private static final double MILLIS = 1_000;

    private final App app;
    private final Access access;
    private final McpJsonMapper json = McpJsonMapper.getDefault();
    private final Calls calls = new Calls();
    private final LazyValidator validator = new LazyValidator();
    private final Schemas schemas = new Schemas(json);

    private McpService(App app, Access access) {
        this.app = app;
        this.access = access;
    }

    /** Serves until the client closes stdin. */
    public static ExitStatus run(App app, Access access) throws InterruptedException {
        new McpService(app, access).serve();
        return ExitStatus.COMPLETED;
    }

    /** Is made at its first use: making it takes longer than all else that a start does. */
    private static final class LazyValidator implements JsonSchemaValidator {
        private static final class Holder {
            static final JsonSchemaValidator VALIDATOR = JsonSchemaValidator.getDefault();
        }

        @Override
        public ValidationResponse validate(Map<String, Object> schema, Object content) {
            return Holder.VALIDATOR.validate(schema, content);
        }
    }

    private void serve() throws InterruptedException {
        StdioTransport transport = new StdioTransport(json, app.console(), calls);
        RunResources resources = new RunResources(app, access, calls);
        McpServer.async(transport)
                .jsonMapper(json)
                .jsonSchemaValidator(validator)
                .serverInfo("settle", app.version())
                .instructions(INSTRUCTIONS)
                .capabilities(McpSchema.ServerCapabilities.builder()
                        .tools(false)
                        .resources(false, false)
                        .build())
                .tools(ToolTable.of(access).stream().map(this::specification).toList())
                .resources(resources.fixed())
                .resourceTemplates(resources.templates())
                .build();
        transport.serve(app.console().keys());
    }

    private McpServerFeatures.AsyncToolSpecification specification(Tool tool) {
        Schemas.Described described = schemas.of(tool.name());
        boolean reads = tool.effect() == Tool.Effect.READS
                || (tool.effect() == Tool.Effect.CONTINUES && access == Access.READ_ONLY);
        boolean ends = tool.effect() == Tool.Effect.ENDS;
        boolean repeatable = reads || ends || tool.effect() == Tool.Effect.CONTINUES;
        McpSchema.Tool shown = McpSchema.Tool.builder()
                .name(tool.name())
                .title(described.title())
                .description(described.description())
                .inputSchema(json.convertValue(described.input(), McpSchema.JsonSchema.class))
                .outputSchema(described.output())
                .annotations(new McpSchema.ToolAnnotations(described.title(), reads, ends, repeatable, true, null))
                .build();
        return McpServerFeatures.AsyncToolSpecification.builder()
                .tool(shown)
                .callHandler((exchange, request) -> called(tool, described, exchange, request))
                .build();
    }

    private Mono<McpSchema.CallToolResult> called(
            Tool tool,
            Schemas.Described described,
            McpAsyncServerExchange exchange,
            McpSchema.CallToolRequest request) {
        Map<String, @Nullable Object> given =
                request.arguments() == null ? Map.of() : new LinkedHashMap<>(request.arguments());
        Call call = new Call(app, access, new Arguments(given), progress(exchange, request));
        return calls.answer(
                Objects.requireNonNull(exchange.transportContext().get(StdioTransport.REQUEST_ID)),
                call,
                tool.length(),
                () -> answer(tool, described, call, given),
                () -> error(
                        List.of(Calls.WAITS_MAX + " calls wait already", "wait for several runs with one call"),
                        ExitStatus.SCHEDULER_UNREACHABLE));
    }

    private McpSchema.CallToolResult answer(
            Tool tool, Schemas.Described described, Call call, Map<String, @Nullable Object> given) {
        try {
            Optional<String> misfit = misfit(described.input(), given);
            if (misfit.isPresent()) {
                return error(List.of(tool.name() + ": " + misfit.get()), ExitStatus.USAGE);
            }
            Answer answer = tool.body().of(call).with(call.notices());
            return McpSchema.CallToolResult.builder()
                    .structuredContent(call.shown(answer.tree()))
                    .addTextContent(answer.text(call::shown))
                    .isError(false)
                    .build();
        } catch (Failure expected) {
            List<String> lines = new ArrayList<>(expected.lines());
            call.notices().forEach(notice -> lines.add("Note: " + notice));
            return error(lines.stream().map(call::shown).toList(), expected.status());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return error(List.of("the call was interrupted"), ExitStatus.SIGNAL_INT);
        } catch (RuntimeException | Error defect) {
            return Shortage.isOf(defect)
                    ? error(List.of(Shortage.words(defect)), ExitStatus.DEFECT)
                    : error(List.of("this is a defect in settle, not in your run: " + defect), ExitStatus.DEFECT);
        }
    }

    /** What of the arguments does not fit the schema; the SDK checks only results. */
    private Optional<String> misfit(Map<String, Object> schema, Map<String, @Nullable Object> given) {
        JsonSchemaValidator.ValidationResponse fit = validator.validate(schema, given);
        if (fit.valid()) {
            return Optional.empty();
        }
        String message = String.valueOf(fit.errorMessage());
        int errors = message.indexOf('[');
        return Optional.of(errors < 0 ? message : message.substring(errors + 1, message.length() - 1));
    }

    /** The same words as on the command line; the exit status that it would have ended with goes along. */
    private static McpSchema.CallToolResult error(List<String> lines, ExitStatus status) {
        return McpSchema.CallToolResult.builder()
                .addTextContent(Answer.fit(String.join("\n", lines)))
                .isError(true)
                .meta(Map.of("settle/exit_status", status.code()))
                .build();
    }

    /** Progress is sent to clients that ask for it; it always increases, as the protocol wants it: it is time. */
    private static Call.Progress progress(McpAsyncServerExchange exchange, McpSchema.CallToolRequest request) {
        Object token = request.meta() == null ? null : request.meta().get("progressToken");
        return token == null
                ? (passed, total, message) -> {}
                : (passed, total, message) -> exchange.progressNotification(
                                new McpSchema.ProgressNotification(token, seconds(passed), seconds(total), message))
                        .subscribe();
    }

    private static double seconds(Duration time) {
        return time.toMillis() / MILLIS;
    }
}
