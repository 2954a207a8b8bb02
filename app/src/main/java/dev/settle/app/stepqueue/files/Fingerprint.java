package dev.settle.app.stepqueue.files;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;
import java.util.TreeMap;

/** A short name of a candidate's files: the same paths and texts give the same one. */
public final class Fingerprint {
    private static final int HEX_CHARS = 32;

    private Fingerprint() {}

    public static String of(Map<String, String> code) {
        MessageDigest digest = sha256();
        new TreeMap<>(code).forEach((path, text) -> {
            add(digest, path.getBytes(StandardCharsets.UTF_8));
            add(digest, text.getBytes(StandardCharsets.UTF_8));
        });
        return HexFormat.of().formatHex(digest.digest()).substring(0, HEX_CHARS);
    }

    static String of(byte[] bytes) {
        return HexFormat.of().formatHex(sha256().digest(bytes));
    }

    private static void add(MessageDigest digest, byte[] bytes) {
        // The length first: else "ab" and "c" were "a" and "bc".
        digest.update((bytes.length + ":").getBytes(StandardCharsets.US_ASCII));
        digest.update(bytes);
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
