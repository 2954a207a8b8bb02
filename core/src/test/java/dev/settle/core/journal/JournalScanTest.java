package dev.settle.core.journal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.settle.core.run.Entry;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class JournalScanTest {
    private static final byte[] FIRST = JournalLine.encode(Lines.entries(1, 1));
    private static final byte[] SECOND = JournalLine.encode(Lines.entries(2, 5));
    private static final byte[] THIRD = JournalLine.encode(Lines.entries(6, 8));

    private final List<Entry> found = new ArrayList<>();

    private JournalScan.Result scan(byte[]... parts) throws IOException {
        found.clear();
        JournalScan scan = new JournalScan(0, 0, (json, offset, end) -> found.add(EventCodec.decode(json)));
        for (byte[] part : parts) {
            scan.feed(part, part.length);
        }
        return scan.finish();
    }

    private static byte[] join(byte[]... parts) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            all.writeBytes(part);
        }
        return all.toByteArray();
    }

    @Test
    void lineIsChecksumBlankJson() {
        assertThat(new String(FIRST, StandardCharsets.UTF_8)).matches("[0-9a-f]{8} \\{\"n\":1,.*\\}\n");
    }

    @Test
    void emptyJournalIsClean() throws IOException {
        assertThat(scan()).isEqualTo(new JournalScan.Result(JournalScan.Kind.CLEAN, 0, ""));
    }

    @Test
    void soundLinesAreHandedOutWhateverThePieces() throws IOException {
        byte[] all = join(FIRST, SECOND, THIRD);
        for (int size : new int[] {1, 2, 3, 7, 64, 1000, all.length}) {
            List<byte[]> pieces = new ArrayList<>();
            for (int at = 0; at < all.length; at += size) {
                pieces.add(Arrays.copyOfRange(all, at, Math.min(all.length, at + size)));
            }
            assertThat(scan(pieces.toArray(byte[][]::new)))
                    .isEqualTo(new JournalScan.Result(JournalScan.Kind.CLEAN, all.length, ""));
            assertThat(found).isEqualTo(Lines.entries(1, 8));
        }
    }

    @Test
    void everyCutOfTheLastBatchIsATornTail() throws IOException {
        byte[] before = join(FIRST, SECOND);
        for (int cut = 1; cut < THIRD.length; cut++) {
            JournalScan.Result result = scan(before, Arrays.copyOf(THIRD, cut));
            assertThat(result.end()).isBetween((long) before.length, (long) before.length + cut);
            boolean atLineEnd = THIRD[cut - 1] == '\n';
            assertThat(result.kind()).isEqualTo(atLineEnd ? JournalScan.Kind.CLEAN : JournalScan.Kind.TORN);
            assertThat(found).isEqualTo(Lines.entries(1, found.size())).hasSizeGreaterThanOrEqualTo(5);
        }
    }

    @Test
    void zeroBlocksAtTheEndAreATornTail() throws IOException {
        byte[] before = join(FIRST, SECOND);
        assertThat(scan(before, new byte[8192]))
                .isEqualTo(new JournalScan.Result(JournalScan.Kind.TORN, before.length, ""));
        assertThat(found).hasSize(5);
    }

    @Test
    void everyFlippedByteBeforeTheLastBatchIsDamageAtItsLine() throws IOException {
        byte[] all = join(FIRST, SECOND, THIRD);
        long lineStart = 0;
        for (int at = 0; at < FIRST.length + SECOND.length; at++) {
            byte[] bad = all.clone();
            bad[at] ^= 0x20;
            JournalScan.Result result = scan(bad);
            assertThat(result)
                    .as("byte %d", at)
                    .isEqualTo(new JournalScan.Result(JournalScan.Kind.DAMAGED, lineStart, "later lines are whole"));
            if (all[at] == '\n') {
                lineStart = at + 1;
            }
        }
    }

    @Test
    void zerosBeforeALaterBatchAreDamageEvenWithoutALineEndBetween() throws IOException {
        byte[] zeros = new byte[SECOND.length];
        byte[] lastLine = JournalLine.encode(Lines.entries(6, 6));
        assertThat(scan(FIRST, zeros, lastLine))
                .isEqualTo(new JournalScan.Result(JournalScan.Kind.DAMAGED, FIRST.length, "later lines are whole"));
    }

    /** A file system may write a later page of an unforced batch and lose an earlier one. */
    @Test
    void holeInsideTheLastBatchIsATornTail() throws IOException {
        byte[] all = join(FIRST, SECOND, THIRD);
        int line = FIRST.length + SECOND.length;
        for (int at = line; at < all.length - 1; at++) {
            byte[] bad = all.clone();
            Arrays.fill(bad, at, Math.min(at + 40, all.length), (byte) 0);
            JournalScan.Result result = scan(bad);
            assertThat(result.kind()).as("hole at %d", at).isEqualTo(JournalScan.Kind.TORN);
            assertThat(result.end()).isGreaterThanOrEqualTo(line);
        }
    }

    @Test
    void wholeLinesThatAreDoubledSwappedOrTakenOutAreDamageAndNamed() throws IOException {
        assertThat(scan(FIRST, SECOND, SECOND))
                .isEqualTo(new JournalScan.Result(
                        JournalScan.Kind.DAMAGED, FIRST.length + SECOND.length, "line 2 is where line 6 belongs"));
        assertThat(scan(FIRST, THIRD, SECOND))
                .isEqualTo(new JournalScan.Result(
                        JournalScan.Kind.DAMAGED, FIRST.length, "line 6 is where line 2 belongs"));
        assertThat(scan(FIRST, THIRD))
                .isEqualTo(new JournalScan.Result(
                        JournalScan.Kind.DAMAGED, FIRST.length, "line 6 is where line 2 belongs"));
        assertThat(found).isEqualTo(Lines.entries(1, 1));
    }

    @Test
    void randomBytesNeverReadAsLines() throws IOException {
        for (int seed = 0; seed < 2000; seed++) {
            byte[] noise = new byte[new Random(seed).nextInt(400)];
            new Random(seed).nextBytes(noise);
            scan(noise);
            assertThat(found).as("seed %d", seed).isEmpty();
        }
    }
}
