package dev.settle.core.kernel;

import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Everything that a folded run holds, as text: two runs are the same if their dumps are. */
public final class StateDump {
    /** The plan is the same, and what snapshots need is no part of the fold. */
    private static final Set<String> NOT_FOLDED = Set.of("plan", "makeItem", "unread");

    private StateDump() {}

    public static String of(Object state) {
        StringBuilder text = new StringBuilder();
        dump(state, text, "");
        return text.toString();
    }

    private static void dump(@Nullable Object value, StringBuilder text, String indent) {
        if (value == null) {
            text.append('-');
        } else if (value instanceof Optional<?> optional) {
            dump(optional.isPresent() ? optional.get() : "-", text, indent);
        } else if (value instanceof Map<?, ?> map) {
            Map<String, Object> sorted = new TreeMap<>();
            map.forEach((key, each) -> sorted.put(key.toString(), each));
            sorted.forEach((key, each) -> {
                text.append('\n').append(indent).append(key).append(": ");
                dump(each, text, indent + "  ");
            });
        } else if (value instanceof Collection<?> all) {
            for (Object each : all) {
                text.append('\n').append(indent).append("- ");
                dump(each, text, indent + "  ");
            }
        } else if (isFolded(value.getClass())) {
            fields(value, text, indent);
        } else {
            text.append(value);
        }
    }

    private static boolean isFolded(Class<?> type) {
        return !type.isRecord()
                && !type.isEnum()
                && (type.getName().startsWith("dev.settle.core.run.")
                        || type.getName().startsWith("dev.settle.core.item."));
    }

    private static void fields(Object value, StringBuilder text, String indent) {
        for (Field field : value.getClass().getDeclaredFields()) {
            boolean same = Modifier.isStatic(field.getModifiers()) || NOT_FOLDED.contains(field.getName());
            if (!same) {
                field.setAccessible(true);
                text.append('\n').append(indent).append(field.getName()).append(": ");
                try {
                    dump(field.get(value), text, indent + "  ");
                } catch (IllegalAccessException e) {
                    throw new AssertionError(e);
                }
            }
        }
    }
}
