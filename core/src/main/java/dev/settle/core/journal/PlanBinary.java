package dev.settle.core.journal;

import dev.settle.core.json.Json;
import dev.settle.core.model.ItemId;
import dev.settle.core.model.PlanItem;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The items of a plan in a snapshot. What alike items share (resources, environment, retries and so on) stands once, as
 * {@link PlanCodec} writes it; so nothing here has to follow when an item gets another field.
 */
final class PlanBinary {
    private static final ItemId ANY = new ItemId("any");

    private PlanBinary() {}

    /** Writes items one by one, remembering what they share. */
    static final class Writer {
        private final Map<PlanItem, String> shared = new HashMap<>();

        void write(BinaryOut out, PlanItem item) throws IOException {
            out.text(item.id().value());
            out.flag(item.name().equals(item.id().value()));
            if (!item.name().equals(item.id().value())) {
                out.word(item.name());
            }
            out.text(item.script());
            out.number(item.deps().size());
            item.deps().forEach(dep -> out.word(dep.value()));
            out.maybeWord(item.workingDir());
            out.maybeText(item.output());
            out.maybeText(item.error());
            out.maybeText(item.jobId());
            PlanItem rest = with(item, ANY, "", "", List.of(), none(), none(), none(), none());
            String json = shared.get(rest);
            if (json == null) {
                json = Json.write(PlanCodec.tree(rest));
                if (!PlanCodec.item(Json.parseObject(json)).equals(rest)) {
                    throw new IOException("item " + item.id() + " does not read back as it is written");
                }
                shared.put(rest, json);
            }
            out.word(json);
        }
    }

    /** Reads items one by one, parsing what they share once. */
    static final class Reader {
        private final Map<String, PlanItem> shared = new HashMap<>();

        PlanItem read(BinaryIn in) throws IOException {
            String id = in.text();
            String name = in.flag() ? id : in.word();
            String script = in.text();
            int count = in.integer();
            List<ItemId> deps = count == 0 ? List.of() : new ArrayList<>(count);
            for (int i = 0; i < count; i++) {
                deps.add(new ItemId(in.word()));
            }
            Optional<String> workingDir = in.maybeWord();
            Optional<String> output = in.maybeText();
            Optional<String> error = in.maybeText();
            Optional<String> jobId = in.maybeText();
            return with(rest(in.word()), new ItemId(id), name, script, deps, workingDir, output, error, jobId);
        }

        private PlanItem rest(String json) throws IOException {
            PlanItem rest = shared.get(json);
            if (rest == null) {
                rest = PlanCodec.item(Json.parseObject(json));
                shared.put(json, rest);
            }
            return rest;
        }
    }

    private static Optional<String> none() {
        return Optional.empty();
    }

    private static PlanItem with(
            PlanItem rest,
            ItemId id,
            String name,
            String script,
            List<ItemId> deps,
            Optional<String> workingDir,
            Optional<String> output,
            Optional<String> error,
            Optional<String> jobId) {
        return new PlanItem(
                id,
                name,
                script,
                deps,
                workingDir,
                rest.env(),
                rest.setup(),
                rest.resources(),
                rest.timeout(),
                rest.retries(),
                rest.generatesSource(),
                output,
                error,
                rest.expect(),
                jobId,
                rest.arguments(),
                rest.sbatch());
    }
}
