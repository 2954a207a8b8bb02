package dev.settle.app.mcp;

import dev.settle.app.engine.InboxWatch;
import dev.settle.app.engine.backend.EngineOptions;
import dev.settle.app.foreign.ForeignJobs;
import dev.settle.app.process.Failure;
import dev.settle.app.reader.ItemFilter;
import dev.settle.app.runs.Invocation;
import dev.settle.core.journal.RunFolder;
import dev.settle.core.model.ItemId;
import dev.settle.core.model.RunId;
import dev.settle.core.run.ItemState;
import dev.settle.core.run.RunState;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/** The tools that wait: for runs, for jobs of others, for a cancellation. */
final class WaitTools {
    private WaitTools() {}

    static Answer wait(Call call) throws InterruptedException {
        Invocation invocation = call.invocation();
        List<String> words = call.arguments().texts("runs");
        List<RunFolder> folders = words.isEmpty()
                ? List.of(invocation.runs().find(Optional.empty()))
                : words.stream()
                        .map(word -> invocation.runs().find(Optional.of(word)))
                        .distinct()
                        .toList();
        Predicate<FollowedRun> enough = call.arguments().flag("until_first_failure")
                ? run -> run.state().counts().of(ItemState.FAILED)
                                + run.state().counts().of(ItemState.CANCELLED)
                        > 0
                : run -> false;
        return new Waiting(call, invocation, folders).until(Waiting.limit(call), enough);
    }

    static Answer watchJob(Call call) throws InterruptedException {
        Invocation invocation = call.invocation();
        Duration limit = Waiting.limit(call);
        Instant until = invocation.app().wiring().clock().instant().plus(limit);
        Duration begun = invocation.app().wiring().moment().monotonic();
        ForeignJobs foreign = new ForeignJobs(invocation, EngineOptions.DEFAULT, Optional.of(until));
        RunFolder folder = foreign.run(foreign.plan(ForeignJobs.parse(
                call.arguments().texts("jobs"), call.arguments().text("cluster"))));
        Duration left =
                limit.minus(invocation.app().wiring().moment().monotonic().minus(begun));
        return new Waiting(call, invocation, List.of(folder)).until(left, run -> false);
    }

    static Answer cancel(Call call) throws InterruptedException {
        Invocation invocation = call.invocation();
        RunFolder folder = invocation.runs().find(call.arguments().text("run"));
        RunState state = invocation.runs().open(folder).state();
        List<String> words = call.arguments().texts("items");
        Set<ItemId> items = new LinkedHashSet<>();
        ItemFilter.of(state, words).forEach(item -> items.add(item.id()));
        if (state.ended().isPresent()) {
            invocation.app().console().notice("run " + folder.id() + " has ended already; nothing to cancel");
        } else {
            try {
                InboxWatch.leave(
                        folder,
                        words.isEmpty() ? Set.of() : items,
                        invocation.app().environment().user(),
                        RunId.random(invocation.app().wiring().random()).value());
            } catch (IOException e) {
                throw Failure.storage("the request to cancel could not be written: " + e.getMessage());
            }
        }
        return new Waiting(call, invocation, List.of(folder))
                .until(Waiting.limit(call), run -> !words.isEmpty() && haveEnded(run, items));
    }

    private static boolean haveEnded(FollowedRun run, Set<ItemId> items) {
        return items.stream()
                .allMatch(id -> run.state().item(id).orElseThrow().state().isEnd());
    }
}
