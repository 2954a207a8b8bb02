package dev.settle.app.crash;

import dev.settle.core.file.Disk;
import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;

/** A disk that refuses every change for as long as somebody says why. */
class RefusingDisk extends ChangingDisk {
    private final AtomicReference<Optional<String>> why;

    RefusingDisk(Disk disk, AtomicReference<Optional<String>> why) {
        super(disk);
        this.why = why;
    }

    @Override
    void change(Change change, Change half) throws IOException {
        Optional<String> words = why.get();
        if (words.isPresent()) {
            throw new IOException(words.get());
        }
        change.make();
    }
}
