package dev.settle.app.dashboard;

import dev.settle.app.engine.Background;
import dev.settle.app.process.App;
import dev.settle.app.runs.Invocation;
import dev.settle.core.journal.RunFolder;
import dev.settle.core.view.RunView;
import dev.settle.core.view.html.dashboard.Handing;
import java.io.IOException;

/** Whether a run can be handed over to the background engine. */
final class Handings {
    private Handings() {}

    static Handing of(Invocation invocation, RunFolder folder, RunView view) {
        App app = invocation.app();
        if (view.isEnded()
                || view.run().plan().queue().isPresent()
                || view.run().opened().watched()) {
            return Handing.NONE;
        }
        if (view.isStalled()) {
            return Handing.CONTINUE;
        }
        try {
            boolean background =
                    view.driver().host().filter(app.wiring().host()::equals).isEmpty()
                            || Background.marked(invocation.runs(), app.wiring().host()).stream()
                                    .anyMatch(marked -> marked.id().equals(folder.id()));
            return background ? Handing.NONE : Handing.HAND_OVER;
        } catch (IOException e) {
            // What cannot be found out is not offered.
            return Handing.NONE;
        }
    }
}
