package dev.settle.core.journal;

import dev.settle.core.run.Attempt;
import dev.settle.core.run.Item;
import dev.settle.core.run.ItemState;
import dev.settle.core.run.RunState;
import dev.settle.core.run.Stop;

/**
 * A folded run as text, for goldens that have to hold for ever: it names what old journals say, and so does not grow when
 * later versions remember more.
 */
final class StateText {
    private StateText() {}

    static String of(RunState run) {
        StringBuilder text = new StringBuilder();
        text.append("run ")
                .append(run.id())
                .append(" name=")
                .append(run.opened().name());
        text.append(" created=")
                .append(run.createdAt())
                .append(" backend=")
                .append(run.opened().backend());
        text.append("\nphase ").append(run.phase().word()).append(" lines=").append(run.lastNumber());
        text.append(" last=").append(run.lastAt().orElseThrow());
        text.append("\ndriver ")
                .append(run.driver()
                        .map(d -> d.host() + " pid=" + d.pid() + " fence=" + d.fence())
                        .orElse("none"));
        text.append("\nstopping ").append(run.stopping().map(StateText::stop).orElse("no"));
        text.append("\nended ").append(run.ended().map(StateText::stop).orElse("no"));
        text.append("\ncancel asked by ").append(run.cancelAskedBy().orElse("nobody"));
        text.append("\nsilent ").append(run.silent().keySet());
        text.append(" accounting off=").append(run.isAccountingOff());
        text.append("\ncounts");
        for (ItemState state : ItemState.values()) {
            text.append(' ')
                    .append(state.word())
                    .append('=')
                    .append(run.counts().of(state));
        }
        text.append(" unconfirmed=").append(run.unconfirmed()).append('\n');
        run.items().forEach(item -> item(text, item));
        return text.toString();
    }

    private static String stop(Stop stop) {
        return stop.reason().word() + " at=" + stop.at() + " detail="
                + stop.detail().orElse("-") + " link=" + stop.link().orElse("-") + " evidence="
                + stop.evidence().size();
    }

    private static void item(StringBuilder text, Item item) {
        text.append("item ").append(item.id()).append(' ').append(item.state().word());
        text.append(" reason=")
                .append(item.reason().map(reason -> reason.word()).orElse("-"));
        text.append(" message=").append(item.message().orElse("-"));
        text.append(" settled=").append(item.settledAt().map(String::valueOf).orElse("-"));
        text.append(" retries=").append(item.retriesUsed());
        text.append(" metrics=").append(item.metrics()).append('\n');
        item.earlier().forEach(attempt -> attempt(text, attempt));
        attempt(text, item.attempt());
    }

    private static void attempt(StringBuilder text, Attempt attempt) {
        text.append("  attempt ").append(attempt.number());
        text.append(" token=").append(attempt.token().map(String::valueOf).orElse("-"));
        text.append(" job=").append(attempt.jobId().map(String::valueOf).orElse("-"));
        text.append(" submitted=")
                .append(attempt.submittedAt().map(String::valueOf).orElse("-"));
        text.append(" started=").append(attempt.startedAt().map(String::valueOf).orElse("-"));
        text.append(" left=").append(attempt.leftAt().map(String::valueOf).orElse("-"));
        text.append(" node=").append(attempt.node().orElse("-"));
        attempt.outcome().ifPresent(o -> text.append("\n    outcome ")
                .append(o.state().word())
                .append(' ')
                .append(o.reason().word())
                .append(" code=")
                .append(o.exitCode())
                .append(" signal=")
                .append(o.signal())
                .append(" by=")
                .append(o.confirmedBy().word())
                .append(" usage=")
                .append(o.usage().elapsedSeconds())
                .append(" rule=")
                .append(o.rule()));
        attempt.observations().forEach(s -> text.append("\n    sighting ")
                .append(s.source().word())
                .append(' ')
                .append(s.state().raw())
                .append(" code=")
                .append(s.exitCode())
                .append(" at=")
                .append(s.at()));
        text.append('\n');
    }
}
