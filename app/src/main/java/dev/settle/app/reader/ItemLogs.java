package dev.settle.app.reader;

import dev.settle.app.process.ByteSink;
import dev.settle.core.model.ItemId;
import dev.settle.core.run.RunState;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * The output of items in one stream: of one item as its bytes are, of several with the item's id before each line. What
 * comes of different items, or of an item's two streams, is never mixed within a line.
 */
public final class ItemLogs {
    /** A longer line is passed on in pieces, each with the item's id. */
    private static final int LINE_BYTES_MAX = 64 * 1024;

    /** Whether the item's id stands before each line. */
    public enum Prefix {
        NONE,
        ITEM
    }

    /** One stream of one item. */
    private record Source(OutputCopy copy, ByteSink sink) {}

    private final Joint out;
    private final UnaryOperator<ByteSink> cleaning;
    private final List<Source> sources = new ArrayList<>();
    private boolean any;

    /** @param cleaning what is done to each stream before it is shown */
    public ItemLogs(ByteSink out, UnaryOperator<ByteSink> cleaning) {
        this.out = new Joint(out);
        this.cleaning = cleaning;
    }

    /** Adds a stream; streams are shown in the order in which they were added. */
    public void add(OutputCopy copy, Prefix prefix) {
        ByteSink sink = prefix == Prefix.ITEM ? new Prefixed(copy.item(), out) : new Whole(out);
        sources.add(new Source(copy, cleaning.apply(sink)));
    }

    /** Shows what there is. */
    public void begin(RunState now, OptionalInt lastLines, boolean more) throws IOException {
        for (Source source : sources) {
            source.copy().skipTo(lastLines);
            any |= source.copy().goOn(source.sink());
            if (!more || source.copy().hasEnded(now)) {
                source.sink().end();
            }
        }
    }

    /** Shows what has come since; says whether all items have ended, and so all of it was shown. */
    public boolean goOn(RunState now, boolean throughAttempts) throws IOException {
        boolean ended = true;
        for (Source source : sources) {
            boolean over = source.copy().hasEnded(now);
            if (throughAttempts) {
                any |= source.copy().moveOn(now, source.sink());
            }
            any |= source.copy().goOn(source.sink());
            if (over) {
                source.sink().end();
            }
            ended &= over;
        }
        return ended;
    }

    /** The items that were never started, and so have no output. */
    public List<ItemId> unbegun() {
        return sources.stream()
                .map(Source::copy)
                .filter(copy -> copy.file().isEmpty())
                .map(OutputCopy::item)
                .distinct()
                .toList();
    }

    /** Whether anything was shown. */
    public boolean hasShown() {
        return any;
    }

    /** What all streams are shown on: a stream that was left within a line ends it where another one follows. */
    private static final class Joint {
        private final ByteSink out;
        private @Nullable Object last;
        private boolean amidLine;

        Joint(ByteSink out) {
            this.out = out;
        }

        void bytes(Object from, byte[] bytes, int length) {
            if (amidLine && last != from) {
                out.bytes(new byte[] {'\n'}, 1);
            }
            out.bytes(bytes, length);
            amidLine = bytes[length - 1] != '\n';
            last = from;
        }
    }

    /** Keeps an unfinished line until it is finished or too long. */
    private static final class Prefixed implements ByteSink {
        private final byte[] prefix;
        private final Joint out;
        private final ByteArrayOutputStream line = new ByteArrayOutputStream();

        Prefixed(ItemId item, Joint out) {
            this.prefix = (item + " | ").getBytes(StandardCharsets.UTF_8);
            this.out = out;
        }

        @Override
        public void bytes(byte[] bytes, int length) {
            ByteArrayOutputStream lines = new ByteArrayOutputStream(length + 1024);
            for (int i = 0; i < length; i++) {
                line.write(bytes[i]);
                if (bytes[i] == '\n' || line.size() >= LINE_BYTES_MAX) {
                    finish(lines);
                }
            }
            pass(lines);
        }

        private void finish(ByteArrayOutputStream lines) {
            byte[] text = line.toByteArray();
            line.reset();
            lines.writeBytes(prefix);
            lines.writeBytes(text);
            if (text[text.length - 1] != '\n') {
                lines.write('\n');
            }
        }

        private void pass(ByteArrayOutputStream lines) {
            if (lines.size() > 0) {
                out.bytes(this, lines.toByteArray(), lines.size());
            }
        }

        @Override
        public void end() {
            if (line.size() > 0) {
                ByteArrayOutputStream lines = new ByteArrayOutputStream();
                finish(lines);
                pass(lines);
            }
        }
    }

    /** Passes bytes on as they are. */
    private static final class Whole implements ByteSink {
        private final Joint out;

        Whole(Joint out) {
            this.out = out;
        }

        @Override
        public void bytes(byte[] bytes, int length) {
            out.bytes(this, bytes, length);
        }
    }
}
