package dev.settle.core.wrapper;

import dev.settle.core.file.AtomicFile;
import dev.settle.core.file.OwnFiles;
import dev.settle.core.file.Ownership;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.CRC32C;

/** The wrapper's files of this build, and their place in the state folder. */
final class WrapperFiles {
    static final String SHELL = "wrapper.sh";

    /** One file, because each node opens it for each job; its parts are read by people. */
    static final String PERL = "wrapper.pl";

    /** In this order: what a part declares at its top is known to those after it. */
    private static final List<String> PERL_PARTS =
            List.of("machine.pl", "records.pl", "watch.pl", "job.pl", "worker.pl", "server.pl", "main.pl");

    private WrapperFiles() {}

    /**
     * Puts them into {@code STATE/wrapper/HASH}, unless they are there: ours alone, and byte for byte those of this build.
     *
     * @return the folder
     * @throws dev.settle.core.file.NotOursException when other users could have put there what lies in their place
     * @throws IOException when the files can be neither found nor written
     */
    static Path install(Path stateDir) throws IOException {
        Map<String, byte[]> contents = new LinkedHashMap<>();
        contents.put(SHELL, resource(SHELL));
        contents.put(PERL, perl());
        CRC32C hash = new CRC32C();
        contents.values().forEach(hash::update);
        Path parent = stateDir.toAbsolutePath().resolve("wrapper");
        OwnFiles.makeFolder(parent);
        Path folder = parent.resolve(Long.toHexString(hash.getValue()));
        if (!Files.exists(folder, LinkOption.NOFOLLOW_LINKS)) {
            putInPlace(folder, contents);
        }
        Ownership.check(folder);
        for (Map.Entry<String, byte[]> each : contents.entrySet()) {
            restore(folder.resolve(each.getKey()), each.getValue());
        }
        return folder;
    }

    /** Jobs run these files as their user: one that is not what this build has is replaced. */
    private static void restore(Path file, byte[] content) throws IOException {
        Ownership.check(file);
        if (isAs(file, content)) {
            return;
        }
        AtomicFile.write(file, content, AtomicFile.Durability.CONTENT);
    }

    private static boolean isAs(Path file, byte[] content) throws IOException {
        try {
            return Files.size(file) == content.length && Arrays.equals(Files.readAllBytes(file), content);
        } catch (NoSuchFileException e) {
            return false;
        }
    }

    /** What perl has to say of a line names the part and the line in it. */
    private static byte[] perl() {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        all.writeBytes("#!/usr/bin/perl\n".getBytes(StandardCharsets.US_ASCII));
        for (String part : PERL_PARTS) {
            all.writeBytes(("# line 1 \"" + part + "\"\n").getBytes(StandardCharsets.US_ASCII));
            all.writeBytes(resource(part));
        }
        return all.toByteArray();
    }

    private static byte[] resource(String name) {
        try (InputStream in = WrapperFiles.class.getResourceAsStream("wrapper/" + name)) {
            if (in == null) {
                throw new IllegalStateException("the build left out wrapper/" + name);
            }
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read wrapper/" + name + " of this build", e);
        }
    }

    /** Another process may do the same at the same time: whoever renames first wins, the contents are the same. */
    private static void putInPlace(Path folder, Map<String, byte[]> contents) throws IOException {
        Path temp = Files.createTempDirectory(folder.resolveSibling(""), "new", OwnFiles.FOLDER);
        for (Map.Entry<String, byte[]> each : contents.entrySet()) {
            OwnFiles.writeForced(temp.resolve(each.getKey()), each.getValue());
        }
        try {
            Files.move(temp, folder);
        } catch (FileSystemException e) {
            for (String name : contents.keySet()) {
                Files.deleteIfExists(temp.resolve(name));
            }
            Files.deleteIfExists(temp);
            if (!Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)) {
                throw e;
            }
        }
    }
}
