package dev.settle.core.journal.lease;

import java.time.Instant;

/** The content of lease files, for tests of other packages. */
public final class LeaseBytes {
    private LeaseBytes() {}

    public static byte[] sample() {
        DriverId driver = new DriverId("login1", "b7e3", "4026531836", 4711, 12_345);
        return new LeaseText(driver, 3, Instant.parse("2026-08-01T10:00:00Z"), true).bytes();
    }

    /** Whether they are a lease's. */
    public static boolean isLease(byte[] bytes) {
        return LeaseText.read(bytes).isPresent();
    }
}
