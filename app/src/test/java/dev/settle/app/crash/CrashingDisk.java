package dev.settle.app.crash;

import dev.settle.core.file.LocalDisk;
import java.io.IOException;

/** The disk of this machine for a driver that may die before, amid and after each change of a file. */
final class CrashingDisk extends ChangingDisk {
    private final CrashPoint crashPoint;

    CrashingDisk(CrashPoint crashPoint) {
        super(new LocalDisk());
        this.crashPoint = crashPoint;
    }

    @Override
    void change(Change change, Change half) throws IOException {
        crashPoint.<String, IOException>act(() -> done(change), () -> done(half));
    }

    private static String done(Change change) throws IOException {
        change.make();
        return "";
    }
}
