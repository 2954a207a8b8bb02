package dev.settle.app.process;

import java.util.function.LongSupplier;

/**
 * The memory of a process that stays for days and shares a login node with others: what it needed for a moment, to open
 * a run or to read an answer, goes back to the system. The JVM does so only when its heap is full, which the heap of a
 * process that waits hardly ever is. To be looked at twice a second, by one thread.
 */
public final class Memory {
    /** Looks from a run that was taken to when what opening it needed goes back. */
    static final int LOOKS_UNTIL_OPENED = 40;

    /** Looks that the heap has to be larger than it need be: an answer that is being read needs the room. */
    static final int LOOKS_GROWN = 10;

    /** Looks between two collections at least: one costs 15 ms for 10,000 items, and answers come 30 s apart. */
    static final int LOOKS_BETWEEN = 20;

    private final LongSupplier heapBytes;
    private final Runnable collect;
    private int untilOpened;
    private int since;
    private int grown;
    private long neededBytes = Long.MAX_VALUE;

    /**
     * @param heapBytes the room that the heap has of the system now
     * @param collect collects garbage and gives room back
     */
    Memory(LongSupplier heapBytes, Runnable collect) {
        this.heapBytes = heapBytes;
        this.collect = collect;
    }

    /** That of this process. */
    public static Memory ofProcess() {
        return new Memory(Runtime.getRuntime()::totalMemory, System::gc);
    }

    /** A run is being opened, which needs more than driving it does. */
    public void opens() {
        untilOpened = LOOKS_UNTIL_OPENED;
    }

    /** Half a second has passed. */
    public void look() {
        since++;
        grown = heapBytes.getAsLong() > neededBytes ? grown + 1 : 0;
        boolean opened = untilOpened > 0 && --untilOpened == 0;
        if (opened || (grown >= LOOKS_GROWN && since >= LOOKS_BETWEEN)) {
            collect.run();
            neededBytes = heapBytes.getAsLong();
            since = 0;
            grown = 0;
        }
    }
}
