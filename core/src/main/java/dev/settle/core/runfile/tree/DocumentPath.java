package dev.settle.core.runfile.tree;

import org.jspecify.annotations.Nullable;

/** A way into a document, rendered only when there is something to say about its end: {@code items[3].memory}. */
public final class DocumentPath {
    public static final DocumentPath ROOT = new DocumentPath(null, "", -1);

    private final @Nullable DocumentPath parent;
    private final String key;
    private final int index;

    private DocumentPath(@Nullable DocumentPath parent, String key, int index) {
        this.parent = parent;
        this.key = key;
        this.index = index;
    }

    public DocumentPath key(String name) {
        return new DocumentPath(this, name, -1);
    }

    public DocumentPath index(int number) {
        return new DocumentPath(this, "", number);
    }

    @Override
    public String toString() {
        if (parent == null) {
            return "";
        }
        String before = parent.toString();
        if (index >= 0) {
            return before + "[" + index + "]";
        }
        return before.isEmpty() ? key : before + "." + key;
    }
}
