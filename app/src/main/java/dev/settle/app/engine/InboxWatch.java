package dev.settle.app.engine;

import dev.settle.app.process.Ticker;
import dev.settle.core.file.AtomicFile;
import dev.settle.core.file.OwnFiles;
import dev.settle.core.journal.RunFolder;
import dev.settle.core.json.Fields;
import dev.settle.core.json.Json;
import dev.settle.core.kernel.Input;
import dev.settle.core.model.ItemId;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ScheduledFuture;
import java.util.function.Consumer;

/**
 * What other commands ask of the driver, left in a folder of the run: any driver on any host finds it, now or later.
 * A request is deleted when what came of it is on disk.
 */
public final class InboxWatch implements AutoCloseable {
    private static final Duration LOOK_EVERY = Duration.ofMillis(500);
    private static final String FOLDER = "inbox";
    private static final String SUFFIX = ".json";
    private static final String HAND_OVER = "hand_over";

    private final Path folder;
    private final Consumer<String> notices;
    private String told = "";
    private final Set<Path> posted = new HashSet<>();
    private Optional<ScheduledFuture<?>> looks = Optional.empty();

    public InboxWatch(RunFolder run, Consumer<String> notices) {
        this.folder = folder(run);
        this.notices = notices;
    }

    private static Path folder(RunFolder run) {
        return run.path().resolve(FOLDER);
    }

    /**
     * Leaves a request to cancel.
     *
     * @param items empty for the whole run
     * @param name unique among the requests of this run
     */
    public static void leave(RunFolder run, Set<ItemId> items, String by, String name) throws IOException {
        Map<String, Object> request = new LinkedHashMap<>();
        List<String> ids = new ArrayList<>();
        items.forEach(item -> ids.add(item.value()));
        request.put("ask", "cancel");
        request.put("items", ids);
        request.put("by", by);
        write(run, request, name);
    }

    /**
     * Leaves a request to hand the run over to the background engine, for a command that manages it.
     *
     * @param name unique among the requests of this run
     */
    public static void askToHandOver(RunFolder run, String by, String name) throws IOException {
        Map<String, Object> request = new LinkedHashMap<>();
        request.put("ask", HAND_OVER);
        request.put("by", by);
        write(run, request, name);
    }

    private static void write(RunFolder run, Map<String, Object> request, String name) throws IOException {
        Path folder = folder(run);
        OwnFiles.makeFolder(folder);
        AtomicFile.write(folder.resolve(name + SUFFIX), Json.write(request) + "\n", AtomicFile.Durability.MAY_BE_LOST);
    }

    /** Starts handing requests to the session. */
    void start(Session session) {
        looks = Optional.of(Ticker.LOOKS.nowAndEvery(LOOK_EVERY, () -> watch(session)));
    }

    private void watch(Session session) {
        try {
            look(session);
        } catch (IOException | DirectoryIteratorException e) {
            String why = String.valueOf(e.getMessage());
            if (!why.equals(told)) {
                told = why;
                notices.accept("requests to this run cannot be read: " + why + "; trying again");
            }
        }
    }

    private void look(Session session) throws IOException {
        if (!Files.isDirectory(folder)) {
            return;
        }
        try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, "*" + SUFFIX)) {
            for (Path file : files) {
                if (posted.add(file)) {
                    post(file, session);
                }
            }
        }
    }

    private void post(Path file, Session session) {
        try {
            Fields fields = Json.parseObject(Files.readString(file).strip());
            if (fields.text("ask").equals(HAND_OVER)) {
                // It was for this process alone: the next one must not hand the run on.
                delete(file);
                session.handOver();
            } else {
                session.post(cancellation(fields), () -> delete(file));
            }
        } catch (IOException | IllegalArgumentException e) {
            notices.accept("request " + file + " cannot be read and is ignored: " + e.getMessage());
        }
    }

    private static Input cancellation(Fields fields) throws IOException {
        Set<ItemId> items = new HashSet<>();
        for (String id : fields.texts("items")) {
            items.add(new ItemId(id));
        }
        return new Input.CancelAsked(items, fields.text("by"));
    }

    private void delete(Path file) {
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            notices.accept("a request that is done cannot be deleted: " + e.getMessage());
        }
    }

    @Override
    public void close() {
        looks.ifPresent(each -> each.cancel(false));
    }
}
