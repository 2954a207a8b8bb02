package dev.settle.core.view.html.page;

import dev.settle.core.model.ItemId;
import dev.settle.core.run.Item;
import dev.settle.core.view.RunView;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Which items wait for which: from left to right, every item to the right of all that it depends on. */
public record DependencyGraph(int width, int height, List<Node> nodes, List<Edge> edges) {
    static final int ITEMS_MAX = 200;

    private static final int NODE_WIDTH = 190;
    private static final int NODE_HEIGHT = 24;
    private static final int COLUMN = 260;
    private static final int ROW = 32;
    private static final int LABEL_MAX = 23;

    public DependencyGraph {
        nodes = List.copyOf(nodes);
        edges = List.copyOf(edges);
    }

    /** An item. */
    public record Node(int x, int y, String label, String title, String state) {}

    /** A dependency: a path from an item to one that waits for it. */
    public record Edge(String path) {}

    /** Empty where nothing depends on anything, or where there are too many items. */
    static Optional<DependencyGraph> of(RunView view) {
        List<Item> items = view.items();
        if (items.size() > ITEMS_MAX
                || items.stream().allMatch(item -> item.plan().deps().isEmpty())) {
            return Optional.empty();
        }
        Map<ItemId, Integer> columns = new HashMap<>();
        // A plan has no cycle, so as many rounds as there are items settle every column.
        boolean moved = true;
        for (int round = 0; moved && round <= items.size(); round++) {
            moved = false;
            for (Item item : items) {
                int column = 0;
                for (ItemId dep : item.plan().deps()) {
                    column = Math.max(column, columns.getOrDefault(dep, 0) + 1);
                }
                moved |= !Integer.valueOf(column).equals(columns.put(item.id(), column));
            }
        }
        Map<Integer, Integer> filled = new HashMap<>();
        Map<ItemId, Node> nodes = new HashMap<>();
        List<Node> ordered = new ArrayList<>();
        int width = 0;
        int height = 0;
        for (Item item : items) {
            int column = columns.getOrDefault(item.id(), 0);
            int row = filled.merge(column, 1, Integer::sum) - 1;
            String id = item.id().value();
            String label =
                    id.length() <= LABEL_MAX ? id : id.substring(0, 10) + "\u2026" + id.substring(id.length() - 12);
            Node node = new Node(
                    column * COLUMN + 1,
                    row * ROW + 4,
                    label,
                    id + ": " + item.state().word(),
                    item.state().word());
            nodes.put(item.id(), node);
            ordered.add(node);
            width = Math.max(width, node.x() + NODE_WIDTH + 2);
            height = Math.max(height, node.y() + NODE_HEIGHT + 4);
        }
        List<Edge> edges = new ArrayList<>();
        for (Item item : items) {
            Node to = nodes.get(item.id());
            for (ItemId dep : item.plan().deps()) {
                Node from = nodes.get(dep);
                if (from != null && to != null) {
                    int x = from.x() + NODE_WIDTH;
                    int y = from.y() + NODE_HEIGHT / 2;
                    int end = to.y() + NODE_HEIGHT / 2;
                    edges.add(new Edge("M" + x + " " + y + "C" + (x + 35) + " " + y + " " + (to.x() - 35) + " " + end
                            + " " + to.x() + " " + end));
                }
            }
        }
        return Optional.of(new DependencyGraph(width, height, ordered, edges));
    }
}
