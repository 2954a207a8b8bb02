package dev.settle.app.process;

/** The memory of this process, which shares a login node with others. */
public final class Memory {
    private Memory() {}

    /**
     * Collects garbage and gives the room to the system; some 50 ms. The JVM does so only when its heap is full, which
     * the heap of a process that waits for hours hardly ever is.
     */
    public static void giveBack() {
        System.gc();
    }
}
