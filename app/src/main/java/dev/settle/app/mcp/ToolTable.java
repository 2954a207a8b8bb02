package dev.settle.app.mcp;

import java.util.List;

/** All tools, in the order in which an agent meets them. */
final class ToolTable {
    private static final List<Tool> ALL = List.of(
            new Tool("validate", Tool.Effect.READS, PlanTools::validate),
            new Tool("submit", Tool.Effect.CHANGES, PlanTools::submit),
            new Tool("wait", Tool.Effect.CONTINUES, WaitTools::wait),
            new Tool("watch_job", Tool.Effect.CHANGES, WaitTools::watchJob),
            new Tool("status", Tool.Effect.READS, LookTools::status),
            new Tool("list", Tool.Effect.READS, LookTools::list),
            new Tool("logs", Tool.Effect.READS, LogsTool::logs),
            new Tool("explain", Tool.Effect.READS, LookTools::explain),
            new Tool("resume", Tool.Effect.CHANGES, ResumeTool::resume),
            new Tool("cancel", Tool.Effect.ENDS, WaitTools::cancel),
            new Tool("doctor", Tool.Effect.READS, LookTools::doctor));

    private ToolTable() {}

    static List<Tool> of(Access access) {
        return ALL.stream().filter(tool -> tool.isIn(access)).toList();
    }
}
