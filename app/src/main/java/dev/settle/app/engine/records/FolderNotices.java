package dev.settle.app.engine.records;

import dev.settle.app.process.Shortage;
import dev.settle.app.process.Threads;
import java.io.IOException;
import java.nio.file.ClosedWatchServiceException;
import java.nio.file.FileSystems;
import java.nio.file.Path;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchEvent;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The file system's own notices of new files, of all runs that this process drives: one thread, and one of the few watches
 * that a user may have. Only a help, since network file systems do not tell what other machines write.
 */
final class FolderNotices {
    private static @Nullable FolderNotices ofProcess;

    private final WatchService service;
    private final Map<WatchKey, List<Consumer<String>>> listeners = new HashMap<>();

    /** Somebody who is told of a folder until he has enough. */
    record Listening(FolderNotices notices, WatchKey key, Consumer<String> created) implements AutoCloseable {
        @Override
        public void close() {
            notices.remove(key, created);
        }
    }

    private FolderNotices(WatchService service) {
        this.service = service;
    }

    /**
     * Tells of each file that is made in a folder from now on, by its name.
     *
     * @param created short: the others wait for it; a defect in it is told and ends nothing
     * @throws IOException when the file system tells of nothing, or of nothing more
     */
    static Listening listen(Path folder, Consumer<String> created) throws IOException {
        return ofProcess().add(folder, created);
    }

    private static synchronized FolderNotices ofProcess() throws IOException {
        FolderNotices known = ofProcess;
        if (known == null) {
            known = new FolderNotices(FileSystems.getDefault().newWatchService());
            try {
                Threads.daemon("settle-notices", known::tell).start();
            } catch (OutOfMemoryError e) {
                known.service.close();
                throw new IOException(Shortage.words(e), e);
            }
            ofProcess = known;
        }
        return known;
    }

    /** A folder has one key, however many listen to it. */
    private synchronized Listening add(Path folder, Consumer<String> created) throws IOException {
        WatchKey key = folder.register(service, StandardWatchEventKinds.ENTRY_CREATE);
        listeners.computeIfAbsent(key, any -> new ArrayList<>()).add(created);
        return new Listening(this, key, created);
    }

    private synchronized void remove(WatchKey key, Consumer<String> created) {
        List<Consumer<String>> known = listeners.get(key);
        if (known != null && known.remove(created) && known.isEmpty()) {
            listeners.remove(key);
            key.cancel();
        }
    }

    private synchronized List<Consumer<String>> of(WatchKey key) {
        return List.copyOf(listeners.getOrDefault(key, List.of()));
    }

    private void tell() {
        try {
            while (true) {
                WatchKey key = service.take();
                for (WatchEvent<?> event : key.pollEvents()) {
                    if (event.context() instanceof Path name) {
                        of(key).forEach(created -> tell(created, name.toString()));
                    }
                }
                key.reset();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ClosedWatchServiceException e) {
            // The process ends; whoever listens looks for himself as well.
            return;
        }
    }

    private static void tell(Consumer<String> created, String name) {
        try {
            created.accept(name);
        } catch (RuntimeException | Error e) {
            Threads.tell(e);
        }
    }
}
