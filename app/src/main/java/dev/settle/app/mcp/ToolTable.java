package dev.settle.app.mcp;

import java.util.List;

/** All tools, in the order in which an agent meets them. */
final class ToolTable {
    private static final List<Tool> ALL = List.of(
            new Tool("validate", Tool.Effect.READS, Tool.Length.SHORT, PlanTools::validate),
            new Tool("submit", Tool.Effect.CHANGES, Tool.Length.SHORT, PlanTools::submit),
            new Tool("wait", Tool.Effect.CONTINUES, Tool.Length.WAITS, WaitTools::wait),
            new Tool("watch_job", Tool.Effect.CHANGES, Tool.Length.WAITS, WaitTools::watchJob),
            new Tool("status", Tool.Effect.READS, Tool.Length.SHORT, LookTools::status),
            new Tool("list", Tool.Effect.READS, Tool.Length.SHORT, LookTools::list),
            new Tool("logs", Tool.Effect.READS, Tool.Length.SHORT, LogsTool::logs),
            new Tool("explain", Tool.Effect.READS, Tool.Length.SHORT, LookTools::explain),
            new Tool("resume", Tool.Effect.CHANGES, Tool.Length.SHORT, ResumeTool::resume),
            // A cancellation ends soon, and has to find room however many wait.
            new Tool("cancel", Tool.Effect.ENDS, Tool.Length.SHORT, WaitTools::cancel),
            new Tool("doctor", Tool.Effect.READS, Tool.Length.SHORT, LookTools::doctor));

    private ToolTable() {}

    static List<Tool> of(Access access) {
        return ALL.stream().filter(tool -> tool.isIn(access)).toList();
    }
}
