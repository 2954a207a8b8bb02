package dev.settle.core.journal.lease;

import dev.settle.core.json.Fields;
import dev.settle.core.json.Json;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.zip.CRC32C;

/**
 * The text of a lease: who drives, with which fencing number.
 *
 * <p>Whether it is still held is one byte at a fixed place: to give it up takes no space, so a full disk cannot prevent
 * it, and no reader ever sees a part.
 */
record LeaseText(DriverId driver, long fence, Instant since, boolean held) {
    /** A field that versions before did not write. */
    private static final String SUM = "sum";

    private static final byte HELD = 'y';

    private static final byte[] HEAD = "{\"held\":\"".getBytes(StandardCharsets.US_ASCII);

    /** Where the byte is that says whether the lease is held. */
    static final int HELD_AT = HEAD.length;

    static final byte NOT_HELD = 'n';

    byte[] bytes() {
        Map<String, Object> tree = tree();
        CRC32C crc = new CRC32C();
        crc.update(Json.write(tree).getBytes(StandardCharsets.UTF_8));
        tree.put(SUM, crc.getValue());
        return bytes(tree);
    }

    private byte[] bytes(Map<String, Object> tree) {
        byte[] bytes = (Json.write(tree) + "\n").getBytes(StandardCharsets.UTF_8);
        bytes[HELD_AT] = held ? HELD : NOT_HELD;
        return bytes;
    }

    /** All but the checksum, which does not cover the byte that may change. */
    private Map<String, Object> tree() {
        Map<String, Object> tree = new LinkedHashMap<>();
        tree.put("held", "-");
        tree.put("fence", fence);
        tree.put("host", driver.host());
        tree.put("pid", driver.pid());
        tree.put("since", since);
        tree.put("boot_id", driver.bootId());
        tree.put("pid_space", driver.pidSpace());
        tree.put("started_at", driver.startedAt());
        return tree;
    }

    /** Reads what {@link #bytes} wrote; empty when it is something else, such as a file that a crash left empty. */
    static Optional<LeaseText> read(byte[] bytes) {
        try {
            Fields f = Json.parseObject(new String(bytes, StandardCharsets.UTF_8));
            DriverId driver = new DriverId(
                    f.text("host"), f.text("boot_id"), f.text("pid_space"), f.longer("pid"), f.longer("started_at"));
            String held = f.text("held");
            if (held.length() != 1 || (held.charAt(0) != HELD && held.charAt(0) != NOT_HELD)) {
                return Optional.empty();
            }
            LeaseText text = new LeaseText(driver, f.longer("fence"), f.instant("since"), held.charAt(0) == HELD);
            byte[] written = f.has(SUM) ? text.bytes() : text.bytes(text.tree());
            return Arrays.equals(written, bytes) ? Optional.of(text) : Optional.empty();
        } catch (IOException e) {
            return Optional.empty();
        }
    }
}
