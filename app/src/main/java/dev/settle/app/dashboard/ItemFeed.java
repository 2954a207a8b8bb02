package dev.settle.app.dashboard;

import dev.settle.app.dashboard.web.LiveSource;
import dev.settle.core.json.Json;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** One page that shows an item: the item's parts, which all its pages share, and the outputs as far as this page has them. */
final class ItemFeed implements LiveSource {
    /** Where an item writes now. */
    record Files(Optional<Path> stdout, Optional<Path> stderr) {}

    /** Where the item writes; asked at each look, because each attempt has files of its own. */
    interface Where {
        Files files();
    }

    private final LiveSource parts;
    private final Where where;
    private final OutputCursor stdout = new OutputCursor("stdout");
    private final OutputCursor stderr = new OutputCursor("stderr");
    private String id = "0";

    ItemFeed(LiveSource parts, Where where) {
        this.parts = parts;
        this.where = where;
    }

    @Override
    public void begin(Runnable wake) {
        parts.begin(wake);
    }

    @Override
    public Optional<Message> next() {
        Optional<Message> changed = parts.next();
        if (changed.isPresent()) {
            id = changed.get().id();
            return changed;
        }
        Files files = where.files();
        List<Object> texts = new ArrayList<>();
        stdout.next(files.stdout()).ifPresent(texts::add);
        stderr.next(files.stderr()).ifPresent(texts::add);
        if (texts.isEmpty()) {
            return Optional.empty();
        }
        Map<String, Object> tree = new LinkedHashMap<>();
        tree.put("texts", texts);
        return Optional.of(new Message(id, Json.write(tree)));
    }

    @Override
    public void end() {
        parts.end();
    }
}
