package dev.settle.app.crash;

import dev.settle.core.journal.file.LocalDisk;
import java.io.IOException;

/** The disk of this machine for a driver that may die before, amid and after each change of a file. */
final class DoomedDisk extends ChangingDisk {
    private final Doom doom;

    DoomedDisk(Doom doom) {
        super(new LocalDisk());
        this.doom = doom;
    }

    @Override
    void change(Change change, Change half) throws IOException {
        doom.<String, IOException>act(() -> done(change), () -> done(half));
    }

    private static String done(Change change) throws IOException {
        change.make();
        return "";
    }
}
