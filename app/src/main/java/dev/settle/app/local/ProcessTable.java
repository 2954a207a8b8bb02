package dev.settle.app.local;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The processes of this machine, as Linux shows them in {@code /proc}. */
final class ProcessTable {
    /** proc(5): fields of stat after the command's name; the state is the first, the start time the twentieth. */
    private static final int START_TICKS = 19;

    private final Path proc;
    private final String host;
    private final String boot;

    private ProcessTable(Path proc, String host, String boot) {
        this.proc = proc;
        this.host = host;
        this.boot = boot;
    }

    static ProcessTable ofThisMachine() {
        Path proc = Path.of("/proc");
        return new ProcessTable(
                proc,
                content(proc.resolve("sys/kernel/hostname")).strip(),
                content(proc.resolve("sys/kernel/random/boot_id")).strip());
    }

    String host() {
        return host;
    }

    /** The id of this boot of the machine; empty where the kernel tells none. */
    String boot() {
        return boot;
    }

    /**
     * Whether the process that started then still runs; another one that got its number later does not count, nor
     * does one that ended and was not reaped.
     */
    boolean isAlive(long pid, long startTicks) {
        String stat = content(proc.resolve(Long.toString(pid)).resolve("stat"));
        // The command's name is in brackets and may hold anything, brackets included.
        int name = stat.lastIndexOf(')');
        if (name < 0 || name + 2 >= stat.length()) {
            return false;
        }
        String[] fields = stat.substring(name + 2).split(" ");
        boolean ended = fields[0].equals("Z") || fields[0].equals("X");
        return !ended && fields.length > START_TICKS && fields[START_TICKS].equals(Long.toString(startTicks));
    }

    /** Processes of this user that have a variable of this value in the environment they were started with. */
    List<Long> withVariable(String name, String value) {
        String wanted = "\0" + name + "=" + value + "\0";
        List<Long> found = new ArrayList<>();
        try (DirectoryStream<Path> all = Files.newDirectoryStream(proc, "[0-9]*")) {
            for (Path process : all) {
                if (("\0" + content(process.resolve("environ"))).contains(wanted)) {
                    found.add(Long.parseLong(process.getFileName().toString()));
                }
            }
        } catch (IOException e) {
            throw new IllegalStateException("cannot list " + proc, e);
        }
        return found;
    }

    /** The content of a file of {@code /proc}; empty when the process is gone or somebody else's. */
    private static String content(Path file) {
        try {
            return Files.readString(file, StandardCharsets.ISO_8859_1);
        } catch (IOException e) {
            return "";
        }
    }
}
