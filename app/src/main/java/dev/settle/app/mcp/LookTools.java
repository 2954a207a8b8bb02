package dev.settle.app.mcp;

import dev.settle.app.doctor.Examination;
import dev.settle.app.reader.Evidence;
import dev.settle.app.reader.Views;
import dev.settle.app.runs.Invocation;
import dev.settle.app.runs.Runs;
import dev.settle.core.journal.RunFolder;
import dev.settle.core.json.Json;
import dev.settle.core.view.ListText;
import dev.settle.core.view.RunList;
import dev.settle.core.view.RunSummary;
import dev.settle.core.view.RunView;
import dev.settle.core.view.StatusText;
import dev.settle.core.view.explain.ExplainDocument;
import dev.settle.core.view.explain.ExplainText;
import io.modelcontextprotocol.json.McpJsonMapper;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The tools that look once, and ask nobody but the disk (the doctor asks the machine as well). */
final class LookTools {
    private static final int COLUMNS = 160;
    private static final int ROWS_MAX = 20;
    private static final int LIST_DEFAULT = 20;

    /** More items are explained one call after the other. */
    private static final int EXPLAINED_MAX = 5;

    private LookTools() {}

    static Answer status(Call call) {
        Invocation invocation = call.invocation();
        RunFolder folder = invocation.runs().find(call.arguments().text("run"));
        RunView view = RunDocuments.view(
                invocation, folder, invocation.runs().open(folder).state());
        Map<String, @Nullable Object> tree = new LinkedHashMap<>();
        tree.put("run", RunDocuments.of(view));
        return Answer.of(tree, Answer.plain(StatusText.of(view, ZoneId.systemDefault(), COLUMNS, ROWS_MAX)));
    }

    static Answer list(Call call) {
        Invocation invocation = call.invocation();
        RunList all = new Views(invocation.app(), invocation.runs()).list();
        List<String> states = call.arguments().texts("states");
        Optional<String> name = call.arguments().text("name");
        List<RunSummary> fit = all.runs().stream()
                .filter(run -> states.isEmpty() || states.contains(run.state()))
                .filter(run -> name.isEmpty() || run.name().equals(name.get()))
                .toList();
        int most = call.arguments().count("limit").orElse(LIST_DEFAULT);
        RunList shown = new RunList(fit.subList(0, Math.min(most, fit.size())), all.unreadable());
        Map<String, @Nullable Object> tree = RunDocuments.tree(out -> ListText.write(shown, out, Json.Layout.ONE_LINE));
        tree.put("runs_omitted", fit.size() - shown.runs().size());
        all.unreadable().forEach(run -> invocation.app().console().notice(run.sentence()));
        return Answer.of(tree, Answer.plain(ListText.of(shown, ZoneId.systemDefault(), COLUMNS, ROWS_MAX)));
    }

    static Answer explain(Call call) {
        Invocation invocation = call.invocation();
        Runs runs = invocation.runs();
        RunFolder folder = runs.find(call.arguments().text("run"));
        Views views = new Views(invocation.app(), runs);
        Evidence shown = Evidence.of(runs, folder, call.arguments().texts("items"), EXPLAINED_MAX, views);
        if (shown.omitted() > 0) {
            invocation
                    .app()
                    .console()
                    .notice(shown.omitted() + " more items are not explained here; name them to see them");
        }
        Map<String, @Nullable Object> tree = RunDocuments.tree(out ->
                ExplainDocument.write(shown.view(), shown.explanation(), Evidence.RULES, out, Json.Layout.ONE_LINE));
        return Answer.of(
                tree,
                Answer.plain(ExplainText.of(
                        shown.view(), shown.explanation(), Evidence.RULES, ZoneId.systemDefault(), COLUMNS)));
    }

    static Answer doctor(Call call) {
        Examination found = Examination.of(call.invocation());
        Map<String, @Nullable Object> tree = Schemas.tree(McpJsonMapper.getDefault(), Json.write(found.document()));
        List<String> lines = new ArrayList<>(found.text().lines().toList());
        return Answer.of(tree, lines);
    }
}
