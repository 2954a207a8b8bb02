package dev.settle.core.model;

import java.util.Collection;
import java.util.Optional;

/**
 * How much memory a run needs in the process that manages it, reckoned before it is accepted: a run that stops in its middle
 * for want of memory has cost more than one that was refused (decision 138).
 */
public final class MemoryNeed {
    /** Of an item that ended, with its attempt, its job and what was observed of it; 1.9 KB measured of local ones. */
    private static final long ITEM_BYTES = 2048;

    /** Short texts are within the bytes of an item. */
    private static final int TEXT_CHARS_FREE = 100;

    private static final long DEPENDENCY_BYTES = 16;

    /** The part of the heap that items may fill; the rest is for answers, journal lines and what is shown. */
    private static final double HEAP_PART = 0.8;

    private static final long MEGABYTE = 1 << 20;

    private MemoryNeed() {}

    /**
     * Whether there is too little memory for them.
     *
     * @param present how many items the run has already
     * @param heapBytes the most that the heap may have
     * @return what is wrong, where something is
     */
    public static Optional<Shortfall> of(Collection<PlanItem> items, int present, long heapBytes) {
        long bytes = present * ITEM_BYTES;
        String before = "";
        for (PlanItem item : items) {
            String script = item.script();
            // Items without a matrix of their own have one text for all.
            int chars = item.id().value().length() + (script.equals(before) ? 0 : script.length());
            bytes += ITEM_BYTES + Math.max(0, chars - TEXT_CHARS_FREE);
            bytes += DEPENDENCY_BYTES * item.deps().size();
            before = script;
        }
        long free = (long) (heapBytes * HEAP_PART);
        return bytes <= free ? Optional.empty() : Optional.of(new Shortfall(present + items.size(), bytes, free));
    }

    /**
     * Too little memory.
     *
     * @param items how many the run would have
     * @param neededBytes what they need
     * @param freeBytes what there is for them
     */
    public record Shortfall(int items, long neededBytes, long freeBytes) {
        /** What is wrong, in a sentence. */
        public String message() {
            return items + " items need " + (neededBytes + MEGABYTE - 1) / MEGABYTE
                    + " MB of memory while they run, and settle has " + freeBytes / MEGABYTE + " MB for them";
        }

        /** The setting that suffices. */
        public String hint() {
            long gigabytes = (long) Math.ceil(neededBytes / HEAP_PART / (1 << 30));
            return "make several runs of them, or give settle more: export SETTLE_JAVA_OPTS=-Xmx" + gigabytes + "g";
        }
    }
}
