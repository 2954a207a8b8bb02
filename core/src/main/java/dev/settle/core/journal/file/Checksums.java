package dev.settle.core.journal.file;

import dev.settle.core.file.AtomicFile;
import dev.settle.core.file.Disk;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * What the files of a run came to that are written as a whole: one line {@code CRC32C BYTES NAME} for each, and one for
 * the lines before it. The journal, the snapshot and the lease carry checksums of their own.
 *
 * <p>A file that is about to be replaced has two lines, the old one's and the new one's, so that a kill in between
 * leaves no run that reads as damaged. Runs of earlier versions have no such file and are not checked.
 */
public final class Checksums {
    private static final String FILE = "checksums";

    /** What is checked; everything else in the folder changes while the run goes on. */
    private static final List<String> CHECKED = List.of("run.json", "name", "options.json", "environment");

    private static final int READ_BYTES = 64 << 10;

    /** Four files, two lines each. */
    private static final int BYTES_MAX = 4096;

    private record Sum(String crc, long bytes) {
        /** By hand: what Java makes for a record takes 60 ms at its first use, in every command that opens a run. */
        @Override
        public boolean equals(@Nullable Object other) {
            return other instanceof Sum sum && crc.equals(sum.crc) && bytes == sum.bytes;
        }

        @Override
        public int hashCode() {
            return crc.hashCode();
        }
    }

    private Checksums() {}

    private static Path file(Path folder) {
        return folder.resolve(FILE);
    }

    /** Notes what the files of a draft come to; forced. */
    static void write(Disk disk, Path folder) throws IOException {
        Map<String, List<Sum>> sums = new LinkedHashMap<>();
        for (String name : CHECKED) {
            if (disk.exists(folder.resolve(name))) {
                sums.put(name, List.of(sum(disk, folder.resolve(name))));
            }
        }
        write(disk, folder, sums);
    }

    /** Notes what a file is about to become, if it is one that is checked, in a run that has checksums. */
    public static void expect(Disk disk, Path path, byte[] bytes) throws IOException {
        String name = String.valueOf(path.getFileName());
        Path folder = path.resolveSibling("");
        if (!CHECKED.contains(name) || !disk.exists(file(folder))) {
            return;
        }
        Map<String, List<Sum>> sums = read(disk, folder);
        List<Sum> either = new ArrayList<>();
        if (disk.exists(path)) {
            Sum now = sum(disk, path);
            if (!sums.getOrDefault(name, List.of(now)).contains(now)) {
                throw changed(path);
            }
            either.add(now);
        }
        either.add(new Sum(crc(bytes, bytes.length, new CRC32C()), bytes.length));
        sums.put(name, either);
        write(disk, folder, sums);
        disk.forceFolder(folder);
    }

    /** A file is about to be deleted for good: from now on it may be missing. */
    public static void forget(Disk disk, Path path) throws IOException {
        Path folder = path.resolveSibling("");
        if (!disk.exists(file(folder))) {
            return;
        }
        Map<String, List<Sum>> sums = read(disk, folder);
        if (sums.remove(String.valueOf(path.getFileName())) != null) {
            write(disk, folder, sums);
            disk.forceFolder(folder);
        }
    }

    /**
     * Compares the files with what was written. The process that drives the run may replace or delete one meanwhile, and
     * says so in the checksums first: they are read again, and only what differs from the same ones is damaged.
     *
     * @throws DamagedFileException when one is something else, or cannot be read
     */
    static void check(Disk disk, Path folder) throws IOException {
        if (!disk.exists(file(folder))) {
            return;
        }
        Map<String, List<Sum>> sums = read(disk, folder);
        while (true) {
            try {
                compare(disk, folder, sums);
                return;
            } catch (DamagedFileException e) {
                Map<String, List<Sum>> now = read(disk, folder);
                if (now.equals(sums)) {
                    throw e;
                }
                sums = now;
            }
        }
    }

    private static void compare(Disk disk, Path folder, Map<String, List<Sum>> sums) throws IOException {
        for (Map.Entry<String, List<Sum>> each : sums.entrySet()) {
            Path path = folder.resolve(each.getKey());
            try {
                if (!each.getValue().contains(sum(disk, path))) {
                    throw changed(path);
                }
            } catch (DamagedFileException e) {
                throw e;
            } catch (NoSuchFileException e) {
                throw new DamagedFileException(path, "it is missing");
            } catch (IOException e) {
                throw new DamagedFileException(path, e);
            }
        }
    }

    private static DamagedFileException changed(Path path) {
        return new DamagedFileException(path, "it is not what settle wrote (its checksum differs)");
    }

    private static void write(Disk disk, Path folder, Map<String, List<Sum>> sums) throws IOException {
        StringBuilder text = new StringBuilder();
        sums.forEach((name, each) -> each.forEach(sum -> line(sum, name, text)));
        byte[] bytes = text.toString().getBytes(StandardCharsets.UTF_8);
        line(new Sum(crc(bytes, bytes.length, new CRC32C()), bytes.length), FILE, text);
        AtomicFile.write(
                disk, file(folder), text.toString().getBytes(StandardCharsets.UTF_8), AtomicFile.Durability.CONTENT);
    }

    private static void line(Sum sum, String name, StringBuilder text) {
        text.append(sum.crc())
                .append(' ')
                .append(sum.bytes())
                .append(' ')
                .append(name)
                .append('\n');
    }

    private static Map<String, List<Sum>> read(Disk disk, Path folder) throws IOException {
        Path path = file(folder);
        byte[] bytes = new byte[BYTES_MAX];
        int length;
        try (Disk.OpenFile file = disk.read(path)) {
            length = file.read(bytes, 0);
        } catch (IOException e) {
            throw new DamagedFileException(path, e);
        }
        String text = new String(bytes, 0, length, StandardCharsets.UTF_8);
        int last = text.lastIndexOf('\n', Math.max(0, text.length() - 2)) + 1;
        StringBuilder expected = new StringBuilder();
        byte[] before = text.substring(0, last).getBytes(StandardCharsets.UTF_8);
        line(new Sum(crc(before, before.length, new CRC32C()), before.length), FILE, expected);
        if (!text.substring(last).contentEquals(expected)) {
            throw changed(path);
        }
        Map<String, List<Sum>> sums = new LinkedHashMap<>();
        for (String line : text.substring(0, last).lines().toList()) {
            String[] words = line.split(" ", 3);
            sums.computeIfAbsent(words[2], name -> new ArrayList<>(2)).add(new Sum(words[0], Long.parseLong(words[1])));
        }
        return sums;
    }

    private static Sum sum(Disk disk, Path path) throws IOException {
        try (Disk.OpenFile file = disk.read(path)) {
            CRC32C crc = new CRC32C();
            byte[] bytes = new byte[(int) Math.max(1, Math.min(READ_BYTES, file.size()))];
            long at = 0;
            String hex = crc(bytes, 0, crc);
            for (int count = file.read(bytes, at); count > 0; count = file.read(bytes, at)) {
                hex = crc(bytes, count, crc);
                at += count;
            }
            return new Sum(hex, at);
        }
    }

    private static String crc(byte[] bytes, int length, CRC32C crc) {
        crc.update(bytes, 0, length);
        String hex = Long.toHexString(crc.getValue());
        return "0".repeat(8 - hex.length()) + hex;
    }
}
