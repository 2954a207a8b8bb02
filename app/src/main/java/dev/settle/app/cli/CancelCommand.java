package dev.settle.app.cli;

import dev.settle.app.engine.Adoption;
import dev.settle.app.engine.InboxWatch;
import dev.settle.app.process.App;
import dev.settle.app.process.ExitStatus;
import dev.settle.app.process.Failure;
import dev.settle.app.reader.FollowUp;
import dev.settle.app.reader.ItemFilter;
import dev.settle.app.reader.ReadingStatus;
import dev.settle.app.reader.RunReader;
import dev.settle.app.reader.StopConditions;
import dev.settle.app.runs.Invocation;
import dev.settle.app.runs.Runs;
import dev.settle.core.journal.RunFolder;
import dev.settle.core.model.ItemId;
import dev.settle.core.model.RunId;
import dev.settle.core.run.Item;
import dev.settle.core.run.RunState;
import java.io.IOException;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/** {@code settle cancel}: cancels a run or items of it, and waits until that is settled. */
final class CancelCommand implements Command {
    @Override
    public CommandSpec spec() {
        Options options = Options.of(
                "cancel", "RUN [ITEM...] [OPTIONS]", "Cancels a run, or items of it, and waits until that is settled.");
        return SharedOptions.declareOutput(SharedOptions.declarePatience(options))
                .words("RUN [ITEM...]", "The run, and items by id or wildcard. Default: all items.")
                .examples("settle cancel nightly", "settle cancel nightly 'train[lr=0.1,seed=*]'")
                .exit(ExitStatus.COMPLETED, "cancelled, or ended before it could be")
                .exits(ExitStatus.USAGE, ExitStatus.NOT_FOUND, ExitStatus.STORAGE_FAILED)
                .spec();
    }

    @Override
    public ExitStatus run(ParseResult args, App app) throws InterruptedException {
        SharedOptions options = SharedOptions.of(args, app);
        List<String> words = Options.words(args);
        if (words.isEmpty()) {
            throw Failure.usage(
                    "which run is to be cancelled?", "Write: settle cancel RUN. To see the runs: settle list");
        }
        Invocation invocation = new Invocation(app);
        Runs runs = invocation.runs();
        RunFolder folder = runs.find(words.stream().findFirst());
        Runs.OpenRun run = runs.open(folder);
        if (run.state().ended().isPresent()) {
            app.console().notice("settle: run " + folder.id() + " has ended already; nothing to cancel");
            return ended(folder, invocation, options);
        }
        Set<ItemId> items = new LinkedHashSet<>();
        for (Item item : ItemFilter.of(run.state(), words.subList(Math.min(1, words.size()), words.size()))) {
            items.add(item.id());
            if (item.state().isEnd()) {
                app.console()
                        .notice("settle: " + item.id() + " has ended already: "
                                + item.state().word());
            }
        }
        try {
            InboxWatch.leave(
                    folder,
                    items,
                    app.environment().user(),
                    RunId.random(app.wiring().random()).value());
        } catch (IOException e) {
            throw Failure.storage("the request to cancel could not be written: " + e.getMessage());
        }
        Set<ItemId> awaited = items;
        Predicate<RunState> settled = state -> !awaited.isEmpty()
                && awaited.stream()
                        .allMatch(id -> state.item(id).orElseThrow().state().isEnd());
        return new RunReader(
                        invocation,
                        new Adoption(invocation, options.engine()),
                        options.style(),
                        new StopConditions(
                                new ItemFilter(List.of()),
                                settled,
                                StopConditions.OnFailure.GO_ON,
                                Optional.empty(),
                                options.engine().giveUpAfter()),
                        RunReader.Unmanaged.TAKE_OVER,
                        ReadingStatus.Of.WATCHING,
                        FollowUp.WATCH)
                .watch(folder);
    }

    /** Who reads a document gets it, whatever there was to cancel; a person has read the notice. */
    private static ExitStatus ended(RunFolder folder, Invocation invocation, SharedOptions options)
            throws InterruptedException {
        return switch (options.style().form()) {
            case JSON, EVENTS ->
                new RunReader(
                                invocation,
                                new Adoption(invocation, options.engine()),
                                options.style(),
                                StopConditions.none(),
                                RunReader.Unmanaged.LEAVE,
                                ReadingStatus.Of.WATCHING,
                                FollowUp.WATCH)
                        .watch(folder);
            case LIVE, PLAIN, OUTPUT, QUIET -> ExitStatus.COMPLETED;
        };
    }
}
