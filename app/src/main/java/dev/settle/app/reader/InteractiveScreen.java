package dev.settle.app.reader;

import dev.settle.app.process.Threads;
import dev.settle.app.runs.Requests;
import dev.settle.app.terminal.LiveTerminal;
import dev.settle.core.model.ItemId;
import dev.settle.core.run.Item;
import dev.settle.core.view.Line;
import dev.settle.core.view.RunView;
import dev.settle.core.view.screen.Key;
import dev.settle.core.view.screen.LiveScreen;
import dev.settle.core.view.screen.Page;
import dev.settle.core.view.screen.Pages;
import dev.settle.core.view.screen.ScreenAction;
import dev.settle.core.view.screen.ScreenKeys;
import dev.settle.core.view.screen.ScreenState;
import dev.settle.core.view.screen.Window;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.function.Supplier;

/**
 * The live screen of a run on its terminal: draws what the state says, and passes on what keys ask for. Called by the
 * thread that follows the run; keys come from another.
 */
final class InteractiveScreen {
    /** A screen that changes quicker cannot be read, and drawing costs the driver its time. */
    static final Duration DRAW_EVERY = Duration.ofMillis(250);

    /** Drawing takes at most one twentieth of the time between two frames, however large the run. */
    private static final int DRAW_SHARE = 20;

    private static final int KEYS_MAX = 256;

    /** How much of the end of an item's output can be scrolled through. */
    private static final int LOG_BYTES_MAX = 256 * 1024;

    /** What keys need beside the screen. */
    interface Keys {
        /** Wakes the thread that follows the run: there is something to draw. */
        void wake();

        /** Does what a key asks for; may take its time. */
        void act(ScreenAction action);

        /** The evidence about an item in lines; may take its time. */
        List<Line> explain(ItemId item);
    }

    /** An explanation that was asked for; without lines while it is being made. */
    private record Explaining(ItemId item, Optional<List<Line>> lines) {}

    private final LiveTerminal terminal;
    private final LiveScreen screen;
    private final Line.Ink ink;
    private final Clock clock;
    private final Requests requests;
    private final BlockingQueue<Key> pressed = new ArrayBlockingQueue<>(KEYS_MAX);
    private final LogTail stdout = new LogTail(LOG_BYTES_MAX);
    private final LogTail stderr = new LogTail(LOG_BYTES_MAX);
    private Optional<Keys> keys = Optional.empty();
    private volatile Optional<Explaining> explaining = Optional.empty();
    private ScreenState state = ScreenState.START;
    private Instant drawnAt = Instant.MIN;
    private Duration every = DRAW_EVERY;
    private volatile boolean changed;

    InteractiveScreen(LiveTerminal terminal, LiveScreen screen, Line.Ink ink, Clock clock, Requests requests) {
        this.terminal = terminal;
        this.screen = screen;
        this.ink = ink;
        this.clock = clock;
        this.requests = requests;
    }

    LiveTerminal terminal() {
        return terminal;
    }

    /** From now on keys are acted on. */
    void listen(Keys to) {
        keys = Optional.of(to);
        terminal.listen(key -> {
            // One that finds no room is lost: nobody has looked at the screen for hundreds of them.
            if (pressed.offer(key)) {
                to.wake();
            }
        });
    }

    /** Draws, if keys have changed the picture or the last one is old enough. */
    void draw(Supplier<RunView> look) {
        boolean due = Duration.between(drawnAt, clock.instant()).compareTo(every) >= 0;
        if (!due && pressed.isEmpty() && !changed) {
            return;
        }
        drawnAt = clock.instant();
        changed = false;
        RunView view = look.get();
        Window window = new Window(terminal.columns(), terminal.rows());
        for (Key key = pressed.poll(); key != null; key = pressed.poll()) {
            press(key, view, window);
        }
        terminal.draw(screen.draw(view, window, state, page(view, window)), ink);
        Duration least = Duration.between(drawnAt, clock.instant()).multipliedBy(DRAW_SHARE);
        every = least.compareTo(DRAW_EVERY) > 0 ? least : DRAW_EVERY;
    }

    private void press(Key key, RunView view, Window window) {
        ScreenState before = state;
        ScreenKeys.Step step = ScreenKeys.press(state, key, screen.scene(view, window, state, page(view, window)));
        state = step.state();
        if (before.mode() != ScreenState.Mode.EXPLAIN && state.mode() == ScreenState.Mode.EXPLAIN) {
            explaining = Optional.empty();
        }
        step.action().ifPresent(this::act);
    }

    private void act(ScreenAction action) {
        if (action instanceof ScreenAction.Redraw) {
            terminal.resized();
            return;
        }
        keys.ifPresent(to -> background("settle-key", () -> to.act(action)));
    }

    private static void background(String name, Runnable work) {
        Threads.daemon(name, work).start();
    }

    private Page page(RunView view, Window window) {
        Optional<Item> subject = state.selected().flatMap(view.run()::item);
        return switch (state.mode()) {
            case ITEMS, SEARCH, CANCEL -> Page.NONE;
            case HELP -> Pages.help(window.columns());
            case LOG -> subject.map(item -> log(view, item, window.columns())).orElse(Page.NONE);
            case EXPLAIN ->
                subject.map(item -> explanation(item, window.columns())).orElse(Page.NONE);
        };
    }

    private Page log(RunView view, Item item, int columns) {
        boolean begun = item.attempt().token().isPresent();
        List<String> out = begun ? stdout.of(requests.stdout(view.run(), item)) : List.of();
        List<String> err = begun ? stderr.of(requests.stderr(view.run(), item)) : List.of();
        return Pages.log(view, item, state.stream(), out, err, columns);
    }

    private Page explanation(Item item, int columns) {
        Optional<Explaining> present = explaining.filter(each -> each.item().equals(item.id()));
        if (present.isEmpty() && keys.isPresent()) {
            Keys with = keys.get();
            explaining = Optional.of(new Explaining(item.id(), Optional.empty()));
            background("settle-explain", () -> {
                explaining = Optional.of(new Explaining(item.id(), Optional.of(with.explain(item.id()))));
                changed = true;
                with.wake();
            });
        }
        List<Line> lines = present.flatMap(Explaining::lines).orElse(List.of(Line.of("Reading the journal...")));
        return Pages.explanation(item, lines, columns);
    }
}
