package dev.settle.app.stepqueue.files;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The files that are sent to the service as the source code. */
public final class SourceFiles {
    static final int FILES_MAX = 500;
    static final long BYTES_MAX = 8 << 20;

    private SourceFiles() {}

    /** Why these files cannot be sent; empty when they can. */
    public static List<String> problems(Path workingDir, List<String> files, ScratchCopy directory) {
        List<String> problems = new ArrayList<>();
        if (files.size() > FILES_MAX) {
            problems.add("more than " + FILES_MAX + " files are not sent");
            return problems;
        }
        long bytes = 0;
        for (String file : files) {
            try {
                Path at = workingDir.resolve(directory.relative(file));
                if (!Files.isRegularFile(at)) {
                    problems.add("there is no file " + file + " in " + workingDir);
                    continue;
                }
                bytes += Files.size(at);
                if (bytes > BYTES_MAX) {
                    problems.add("the files are larger than " + (BYTES_MAX >> 20) + " MiB together");
                    return problems;
                }
                decode(Files.readAllBytes(at));
            } catch (ScratchCopy.OutsideException e) {
                problems.add(file + " lies outside " + workingDir);
            } catch (CharacterCodingException e) {
                problems.add(file + " is not UTF-8 text");
            } catch (IOException e) {
                problems.add(file + " cannot be read: " + e.getMessage());
            }
        }
        return problems;
    }

    /** The texts by the paths of the run file. */
    public static Map<String, String> read(Path workingDir, List<String> files, ScratchCopy directory)
            throws IOException {
        Map<String, String> texts = new LinkedHashMap<>();
        for (String file : files) {
            try {
                texts.put(file, decode(Files.readAllBytes(workingDir.resolve(directory.relative(file)))));
            } catch (ScratchCopy.OutsideException e) {
                throw new IOException(String.valueOf(e.getMessage()), e);
            }
        }
        return texts;
    }

    private static String decode(byte[] bytes) throws CharacterCodingException {
        return StandardCharsets.UTF_8
                .newDecoder()
                .decode(ByteBuffer.wrap(bytes))
                .toString();
    }
}
