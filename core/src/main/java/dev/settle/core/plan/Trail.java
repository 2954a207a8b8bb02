package dev.settle.core.plan;

import org.jspecify.annotations.Nullable;

/** A way into a document, rendered only when there is something to say about its end: {@code items[3].memory}. */
final class Trail {
    static final Trail ROOT = new Trail(null, "", -1);

    private final @Nullable Trail parent;
    private final String key;
    private final int index;

    private Trail(@Nullable Trail parent, String key, int index) {
        this.parent = parent;
        this.key = key;
        this.index = index;
    }

    Trail key(String name) {
        return new Trail(this, name, -1);
    }

    Trail index(int number) {
        return new Trail(this, "", number);
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
