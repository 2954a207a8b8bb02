package dev.settle.core.kernel;

import dev.settle.core.kernel.state.KernelCommand;
import dev.settle.core.run.Entry;
import java.time.Instant;
import java.util.List;

/**
 * The kernel's answer to one input. The events must be on disk before any command is performed or anything is shown.
 *
 * @param events already folded into the kernel's state
 * @param wakeAt when the kernel wants a tick if nothing else reaches it before
 */
public record Decision(List<Entry> events, List<KernelCommand> commands, Instant wakeAt) {
    public Decision {
        events = List.copyOf(events);
        commands = List.copyOf(commands);
    }
}
