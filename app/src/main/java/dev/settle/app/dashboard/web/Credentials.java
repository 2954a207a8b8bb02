package dev.settle.app.dashboard.web;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.random.RandomGenerator;

/**
 * The secrets of one dashboard: the token of the address, which the page exchanges for a cookie, and the word that each
 * form carries. The token stands in a fragment, which no browser sends and nobody logs; the cookie is read by no script.
 *
 * @param token what the printed address ends with
 * @param session the value of the cookie
 * @param form what forms carry
 */
public record Credentials(String token, String session, String form) {
    /** 128 bits: nobody on the login node guesses that. */
    private static final int BYTES = 16;

    public static Credentials random(RandomGenerator random) {
        return new Credentials(word(random), word(random), word(random));
    }

    private static String word(RandomGenerator random) {
        byte[] bytes = new byte[BYTES];
        random.nextBytes(bytes);
        return HexFormat.of().formatHex(bytes);
    }

    boolean isToken(String text) {
        return isSame(token, text);
    }

    boolean isSession(String text) {
        return isSame(session, text);
    }

    boolean isForm(String text) {
        return isSame(form, text);
    }

    /** Takes as long for a near miss as for a wild guess. */
    private static boolean isSame(String secret, String text) {
        return MessageDigest.isEqual(secret.getBytes(StandardCharsets.UTF_8), text.getBytes(StandardCharsets.UTF_8));
    }
}
