package dev.settle.core.file;

import dev.settle.core.text.ShellText;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;

/**
 * Whose a file is, and who may write to it. On a shared machine settle uses only what belongs to its user, what nobody
 * else may write to, and what lies where its path says: a script that another user planted would run as ours.
 *
 * <p>Links above a path are followed, since homes are often behind one; the path itself must not be one.
 */
public final class Ownership {
    private static final Path SELF = Path.of("/proc/self");

    /** Write permission of the group and of all others (stat(2)). */
    private static final int OTHERS_WRITE = 0022;

    /** In a folder with this bit only owners remove files; such a folder is meant to be shared (stat(2)). */
    private static final int STICKY = 01000;

    private Ownership() {}

    /** The number of this process's user; empty text where the system does not tell. */
    public static String uid() {
        try {
            return Files.getAttribute(SELF, "unix:uid").toString();
        } catch (IOException | UnsupportedOperationException e) {
            return "";
        }
    }

    /**
     * Returns where the file or folder is ours alone, or where there is none.
     *
     * @throws NotOursException when it is not
     * @throws IOException when it cannot be looked at
     */
    public static void check(Path path) throws IOException {
        check(path, uid());
    }

    static void check(Path path, String uid) throws IOException {
        Map<String, Object> found;
        try {
            found = Files.readAttributes(path, "unix:uid,mode,isSymbolicLink", LinkOption.NOFOLLOW_LINKS);
        } catch (NoSuchFileException e) {
            return;
        }
        if (Boolean.TRUE.equals(found.get("isSymbolicLink"))) {
            throw new NotOursException(
                    path,
                    NotOursException.Kind.LINK,
                    "is a link to " + Files.readSymbolicLink(path) + "; settle's own files must not lie behind one",
                    "remove the link, or name the place itself in SETTLE_HOME");
        }
        if (!uid.isEmpty() && !uid.equals(String.valueOf(found.get("uid")))) {
            throw new NotOursException(
                    path,
                    NotOursException.Kind.OWNER,
                    "belongs to "
                            + Files.getOwner(path, LinkOption.NOFOLLOW_LINKS).getName(),
                    "set SETTLE_HOME to a directory of yours, or remove it if it was put there by somebody else");
        }
        int mode = found.get("mode") instanceof Integer number ? number : 0;
        if ((mode & OTHERS_WRITE) != 0) {
            throw new NotOursException(
                    path,
                    NotOursException.Kind.MODE,
                    "can be changed by other users ("
                            + PosixFilePermissions.toString(
                                    Files.getPosixFilePermissions(path, LinkOption.NOFOLLOW_LINKS))
                            + ")",
                    (mode & STICKY) == 0
                            ? "chmod 700 " + ShellText.quote(path.toString())
                            : "it is meant to be shared: set SETTLE_HOME to a directory of yours");
        }
    }
}
