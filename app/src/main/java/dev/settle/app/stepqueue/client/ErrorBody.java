package dev.settle.app.stepqueue.client;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

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
        JsonNode top;
        try {
            top = QueueJson.read(body, JsonNode.class);
        } catch (IOException e) {
            return plain(body);
        }
        if (!top.isObject()) {
            return plain(body);
        }
        Collector all = new Collector();
        all.codes(top);
        all.links(top);
        all.take(top.hasNonNull("detail") ? top.get("detail") : top);
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

    /** On one line, without control characters: the text of a service must not control a terminal. */
    public static String clean(String text, int lengthMax) {
        String flat = text.replaceAll("[\\p{Cntrl}\\s]+", " ").strip();
        return flat.length() <= lengthMax ? flat : flat.substring(0, lengthMax) + "...";
    }

    /** Gathers words, codes and links from the objects of a body. */
    private static final class Collector {
        final List<String> words = new ArrayList<>();
        boolean credits;
        Optional<String> link = Optional.empty();

        void take(JsonNode detail) {
            if (words.size() >= ENTRIES_MAX) {
                return;
            }
            if (detail.isTextual()) {
                words.add(detail.textValue());
            } else if (detail.isObject()) {
                codes(detail);
                links(detail);
                message(detail).ifPresent(words::add);
                text(detail, "suggestion").ifPresent(words::add);
            } else if (detail.isArray()) {
                detail.forEach(this::take);
            }
        }

        private static Optional<String> text(JsonNode object, String key) {
            return Optional.ofNullable(object.path(key).textValue());
        }

        private static Optional<String> message(JsonNode object) {
            for (String key : MESSAGE_KEYS) {
                Optional<String> text = text(object, key).filter(words -> !words.isBlank());
                if (text.isPresent()) {
                    return text;
                }
            }
            // An object that only has a code still says something.
            return text(object, "error_code");
        }

        void codes(JsonNode object) {
            for (String key : CODE_KEYS) {
                credits |= text(object, key).filter(ErrorBody::codeSaysCredits).isPresent();
            }
        }

        void links(JsonNode object) {
            object.fieldNames().forEachRemaining(key -> {
                Optional<String> url =
                        text(object, key).filter(text -> URL.matcher(text).matches());
                if (link.isEmpty()
                        && LINK_KEY.matcher(key.toLowerCase(Locale.ROOT)).matches()) {
                    link = url;
                }
            });
        }
    }
}
