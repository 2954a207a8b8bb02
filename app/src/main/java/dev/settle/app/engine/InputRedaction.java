package dev.settle.app.engine;

import dev.settle.core.kernel.Input;
import dev.settle.core.kernel.state.ItemFiles;
import java.util.function.UnaryOperator;

/** Takes the values of secrets out of what items wrote for settle, before it becomes a part of the journal. */
final class InputRedaction {
    private final UnaryOperator<String> redacted;

    InputRedaction(UnaryOperator<String> redacted) {
        this.redacted = redacted;
    }

    Input of(Input input) {
        if (input instanceof Input.FilesRead read) {
            return new Input.FilesRead(read.item(), of(read.files()));
        }
        if (input instanceof Input.RecordSeen seen) {
            return of(seen);
        }
        if (input instanceof Input.RecordsRead read) {
            return new Input.RecordsRead(read.item(), read.start(), read.end().map(this::of));
        }
        return input;
    }

    private Input.RecordSeen of(Input.RecordSeen seen) {
        return new Input.RecordSeen(seen.item(), seen.token(), seen.restarts(), seen.observation(), of(seen.files()));
    }

    private ItemFiles of(ItemFiles files) {
        return new ItemFiles(
                files.metrics(),
                files.stop()
                        .map(stop -> new ItemFiles.StopRequest(
                                stop.reason(),
                                stop.message().map(redacted),
                                stop.link().map(redacted))),
                files.spentReason().map(redacted),
                files.outOfMemory().map(redacted),
                files.warning().map(redacted));
    }
}
