package dev.settle.core.view.html.page;

import dev.settle.core.model.ItemId;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The evidence behind the verdicts, as {@code settle explain} prints it.
 *
 * @param lines of each item that it was collected for
 */
public record Evidence(Map<ItemId, List<String>> lines) {
    public static final Evidence NONE = new Evidence(Map.of());

    /** An item's evidence on the page. */
    public record Entry(String id, String anchor, List<String> lines) {
        public Entry {
            lines = List.copyOf(lines);
        }
    }

    public Evidence {
        lines = java.util.Collections.unmodifiableMap(new LinkedHashMap<>(lines));
    }

    /** All of it, in the order in which it was collected. */
    public List<Entry> entries() {
        List<Entry> entries = new ArrayList<>();
        lines.forEach((id, text) -> entries.add(new Entry(id.value(), anchor(id), text)));
        return entries;
    }

    /** Where it is on the page; empty when it is not there. */
    String anchor(ItemId id) {
        int at = 0;
        for (ItemId each : lines.keySet()) {
            if (each.equals(id)) {
                return "e" + at;
            }
            at++;
        }
        return "";
    }
}
