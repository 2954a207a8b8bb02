package dev.settle.core.view.explain;

import dev.settle.core.run.Signals;
import dev.settle.core.scheduler.JobObservation;
import dev.settle.core.text.Times;
import dev.settle.core.view.Amounts;
import java.time.ZoneId;

/** What a source said, in its own words as far as they go. */
final class ObservationText {
    private ObservationText() {}

    /** {@code FAILED, exit code 3, on n1, ended 23:00:18}. */
    static String of(JobObservation said, ZoneId zone) {
        StringBuilder text = new StringBuilder(said.state().raw());
        if (said.waitReason().isPresent()) {
            text.append(" (").append(said.waitReason().get().raw()).append(')');
        }
        if (said.reason().isPresent()) {
            text.append(", reason ").append(said.reason().get());
        }
        if (said.exitCode().isPresent()) {
            text.append(", exit code ").append(said.exitCode().getAsInt());
        }
        if (said.signal().isPresent() && said.signal().getAsInt() != 0) {
            text.append(", ").append(Signals.told(said.signal().getAsInt()));
        }
        if (said.cancelledBy().isPresent()) {
            text.append(", cancelled by ").append(said.cancelledBy().get());
        }
        if (said.node().isPresent()) {
            text.append(", on ").append(said.node().get());
        }
        if (said.startedAt().isPresent()) {
            text.append(", started ").append(Times.clock(said.startedAt().get(), zone));
        }
        if (said.endedAt().isPresent()) {
            text.append(", ended ").append(Times.clock(said.endedAt().get(), zone));
        }
        if (said.timeLimit().isPresent()) {
            text.append(", time limit ")
                    .append(Amounts.duration(said.timeLimit().get()));
        }
        if (said.partial()) {
            text.append(", an incomplete row");
        }
        if (said.note().isPresent()) {
            text.append(": ").append(said.note().get());
        }
        return text.toString();
    }
}
