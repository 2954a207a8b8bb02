package dev.settle.app.mcp;

import dev.settle.app.creation.BackgroundResume;
import dev.settle.app.creation.Reopening;
import dev.settle.app.creation.Replanning;
import dev.settle.app.creation.ResumeSelection;
import dev.settle.app.runs.Invocation;
import dev.settle.core.journal.RunFolder;
import dev.settle.core.view.RunView;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Resumes a run in the background. */
final class ResumeTool {
    private ResumeTool() {}

    static Answer resume(Call call) throws InterruptedException {
        Invocation invocation = call.invocation();
        RunFolder folder = invocation.runs().find(call.arguments().text("run"));
        new FollowedRun(invocation, folder, Access.READ_ONLY).refuseFed("resume");
        boolean resumed = BackgroundResume.resume(folder, request(call.arguments()), invocation);
        return answer(invocation, folder, resumed);
    }

    private static Reopening.Request request(Arguments given) {
        Map<String, String> resources = new LinkedHashMap<>();
        for (String name : Replanning.RESOURCE_OPTIONS) {
            given.text(name).ifPresent(value -> resources.put(name, value));
        }
        return new Reopening.Request(
                new Replanning.Changes(
                        resources, given.flag("refresh") ? Replanning.Text.AS_IT_IS_NOW : Replanning.Text.AS_ACCEPTED),
                given.flag("failed_only") ? ResumeSelection.What.FAILED : ResumeSelection.What.ALL,
                given.text("from"),
                given.text("cpu_hours"));
    }

    private static Answer answer(Invocation invocation, RunFolder folder, boolean goesOn) {
        RunView view = RunDocuments.view(
                invocation, folder, invocation.runs().open(folder).state());
        Map<String, @Nullable Object> followUp = goesOn
                ? RunDocuments.followUp("call wait for run " + view.id(), "wait", Map.of("runs", List.of(view.id())))
                : RunDocuments.followUp(
                        "nothing is left to run: the verdict stands", "status", Map.of("run", view.id()));
        Map<String, @Nullable Object> tree = new LinkedHashMap<>();
        tree.put("resumed", goesOn);
        tree.put("run", RunDocuments.of(view));
        tree.put("follow_up", followUp);
        return Answer.of(
                tree,
                List.of(
                        goesOn
                                ? "Run " + view.id() + " was resumed; completed items are kept."
                                : "Run " + view.id() + ": " + view.headline(),
                        "Next: " + followUp.get("text")));
    }
}
