package dev.settle.app.stepqueue.client;

import dev.settle.core.json.Fields;
import dev.settle.core.json.Json;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The body of an error answer in any of its shapes: {@code {"detail": "text"}}, {@code {"detail": {"message": ...}}},
 * {@code {"detail": [...]}}, an object without {@code detail}, or no JSON at all.
 *
 * @param words what to show to people; empty when the body says nothing
 * @param saysCredits whether a structured error code says that the credits are out; free text never decides that
 */
public record ErrorBody(String words, boolean saysCredits, Optional<String> link) {
    static final int WORDS_MAX = 2_000;
    private static final int PLAIN_MAX = 300;
    private static final int ENTRIES_MAX = 20;
    private static final List<String> MESSAGE_KEYS = List.of("message", "error", "msg", "detail");
    private static final List<String> CODE_KEYS =
            List.of("error_code", "code", "type", "error", "reason", "termination_reason");
    /** A code is a word, not a sentence. */
    private static final Pattern CODE = Pattern.compile("[A-Za-z0-9_.:-]{2,80}");

    private static final Pattern CREDITS = Pattern.compile(
            "(credit(?!_?card))|payment_?required|insufficient_?(funds|balance)|(balance|funds)_?(exhausted|depleted)");
    private static final Pattern URL = Pattern.compile("https?://[^\\s\"'<>\\\\)\\]]+");
    private static final Pattern LINK_KEY = Pattern.compile(".*(url|link|href)$");

    static ErrorBody parse(String body) {
        Map<String, @Nullable Object> top;
        try {
            top = Json.parseObject(body).asMap();
        } catch (IOException e) {
            return plain(body);
        }
        Object detail = top.get("detail");
        Collector all = new Collector();
        all.codes(top);
        all.links(top);
        all.take(detail == null ? top : detail);
        String words = clean(String.join("; ", all.words), WORDS_MAX);
        return new ErrorBody(words, all.credits, all.link.or(() -> firstUrl(words)));
    }

    private static ErrorBody plain(String body) {
        String text = clean(body.replaceAll("<[^>]*>", " "), PLAIN_MAX);
        return new ErrorBody(text, false, Optional.empty());
    }

    private static Optional<String> firstUrl(String words) {
        Matcher matcher = URL.matcher(words);
        return matcher.find() ? Optional.of(matcher.group().replaceAll("[.,;:!?]+$", "")) : Optional.empty();
    }

    /** Whether a structured code says credits; {@code credit_card_declined} and its like do not. */
    static boolean codeSaysCredits(String code) {
        return CODE.matcher(code).matches()
                && CREDITS.matcher(code.toLowerCase(Locale.ROOT).replace('-', '_'))
                        .find();
    }

    /** On one line, without control characters: the words of a service must not steer a terminal. */
    public static String clean(String text, int lengthMax) {
        String flat = text.replaceAll("[\\p{Cntrl}\\s]+", " ").strip();
        return flat.length() <= lengthMax ? flat : flat.substring(0, lengthMax) + "...";
    }

    /** Gathers words, codes and links from the objects of a body. */
    private static final class Collector {
        final List<String> words = new ArrayList<>();
        boolean credits;
        Optional<String> link = Optional.empty();

        void take(@Nullable Object detail) {
            if (words.size() >= ENTRIES_MAX) {
                return;
            }
            if (detail instanceof String text) {
                words.add(text);
            } else if (detail instanceof Map<?, ?> map) {
                Fields fields = Fields.of(strings(map));
                codes(fields.asMap());
                links(fields.asMap());
                message(fields.asMap()).ifPresent(words::add);
                if (fields.asMap().get("suggestion") instanceof String suggestion) {
                    words.add(suggestion);
                }
            } else if (detail instanceof Iterable<?> list) {
                list.forEach(this::take);
            }
        }

        private static Optional<String> message(Map<String, @Nullable Object> map) {
            for (String key : MESSAGE_KEYS) {
                if (map.get(key) instanceof String text && !text.isBlank()) {
                    return Optional.of(text);
                }
            }
            // An object that only has a code still says something.
            return map.get("error_code") instanceof String code ? Optional.of(code) : Optional.empty();
        }

        void codes(Map<String, @Nullable Object> map) {
            for (String key : CODE_KEYS) {
                credits |= map.get(key) instanceof String code && codeSaysCredits(code);
            }
        }

        void links(Map<String, @Nullable Object> map) {
            for (Map.Entry<String, @Nullable Object> entry : map.entrySet()) {
                if (link.isEmpty()
                        && LINK_KEY.matcher(entry.getKey().toLowerCase(Locale.ROOT))
                                .matches()
                        && entry.getValue() instanceof String text
                        && URL.matcher(text).matches()) {
                    link = Optional.of(text);
                }
            }
        }

        private static Map<String, @Nullable Object> strings(Map<?, ?> map) {
            Map<String, @Nullable Object> typed = new java.util.LinkedHashMap<>();
            map.forEach((key, value) -> typed.put(String.valueOf(key), value));
            return typed;
        }
    }
}
