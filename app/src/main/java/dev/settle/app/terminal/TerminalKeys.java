package dev.settle.app.terminal;

import dev.settle.core.view.screen.Key;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/**
 * The keys of a terminal, taken from it all the time while it is ours, so that none is left for the shell: they answer a
 * question while there is one, and go to a listener otherwise.
 */
final class TerminalKeys {
    /** Keys that nobody has taken yet; more are dropped, the oldest first. */
    private static final int KEYS_MAX = 64;

    /** Between two reads that found no key: input that has ended is not read in a tight loop. */
    private static final long NO_KEY_MILLIS = 20;

    /** How many bytes at most are taken from the terminal at the end, so that the shell does not get them. */
    private static final int DRAINED_MAX = 4_096;

    private final InputStream input;
    private final BooleanSupplier mayRead;
    private final KeyDecoder decoder = new KeyDecoder();
    /** Held while a key is read: a process that reads in the background is stopped for it. Fair, since that is nearly always. */
    private final ReentrantLock reading = new ReentrantLock(true);

    private final BlockingQueue<Key> answers = new LinkedBlockingQueue<>(KEYS_MAX);
    private volatile boolean asking;
    private volatile Optional<Consumer<Key>> listener = Optional.empty();

    /** @param mayRead whether the terminal is ours now */
    TerminalKeys(InputStream input, BooleanSupplier mayRead) {
        this.input = input;
        this.mayRead = mayRead;
    }

    /** Hands every key that answers no question to the listener, in the thread that reads. */
    void listen(Consumer<Key> to) {
        listener = Optional.of(to);
    }

    /** Reads until the terminal is closed. */
    void readWhile(BooleanSupplier open) throws IOException, InterruptedException {
        while (open.getAsBoolean()) {
            int value = readByte();
            List<Key> keys = value < 0 ? decoder.pause() : decoder.take(value);
            keys.forEach(this::pressed);
            if (value < 0) {
                TimeUnit.MILLISECONDS.sleep(NO_KEY_MILLIS);
            }
        }
    }

    /** One byte; -1 when none came within a tenth of a second, which is how the modes are set. */
    private int readByte() throws IOException {
        reading.lock();
        try {
            return mayRead.getAsBoolean() ? input.read() : -1;
        } finally {
            reading.unlock();
        }
    }

    private void pressed(Key key) {
        if (!asking) {
            listener.ifPresent(to -> to.accept(key));
        } else if (!answers.offer(key)) {
            answers.poll();
            answers.offer(key);
        }
    }

    /** From now on keys answer a question; what was pressed before does not. */
    void ask() {
        answers.clear();
        asking = true;
    }

    void asked() {
        asking = false;
    }

    Optional<Key> answer(long millis) throws InterruptedException {
        return Optional.ofNullable(answers.poll(millis, TimeUnit.MILLISECONDS));
    }

    /** Does something while no key is being read. */
    void whileNotReading(Runnable work) {
        reading.lock();
        try {
            work.run();
        } finally {
            reading.unlock();
        }
    }

    /** Takes what was typed and not read. */
    void drain() throws IOException {
        int drained = 0;
        while (drained < DRAINED_MAX && input.available() > 0 && input.read() >= 0) {
            drained++;
        }
    }
}
