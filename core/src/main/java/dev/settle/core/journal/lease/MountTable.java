package dev.settle.core.journal.lease;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * What is mounted where, from the text of {@code /proc/self/mountinfo}, and what its locks are worth.
 *
 * @see <a href="https://man7.org/linux/man-pages/man5/proc_pid_mountinfo.5.html">proc_pid_mountinfo(5)</a>
 */
public final class MountTable {
    private static final Set<String> LOCAL = Set.of(
            "ext2",
            "ext3",
            "ext4",
            "xfs",
            "btrfs",
            "zfs",
            "f2fs",
            "jfs",
            "reiserfs",
            "bcachefs",
            "tmpfs",
            "ramfs",
            "overlay");

    /**
     * A mounted file system.
     *
     * @param type such as {@code nfs4}
     * @param options those of the mount and of the file system
     */
    public record Mount(Path point, String type, Set<String> options) {
        public Mount {
            options = Set.copyOf(options);
        }

        /** Whom its locks keep out; what is not known for sure counts as the least. */
        public LockReach lockReach() {
            if (LOCAL.contains(type)) {
                return LockReach.LOCAL;
            }
            return switch (type) {
                // nfs(5): local_lock=posix and nolock keep our kind of lock (fcntl) on this client.
                case "nfs", "nfs4" ->
                    options.contains("nolock")
                                    || options.contains("local_lock=all")
                                    || options.contains("local_lock=posix")
                            ? LockReach.HOST
                            : LockReach.CLUSTER;
                // mount.lustre(8): without flock there are no locks, with localflock they end at the client.
                case "lustre" -> options.contains("flock") ? LockReach.CLUSTER : LockReach.HOST;
                case "gpfs", "ceph", "gfs2", "ocfs2" -> LockReach.CLUSTER;
                default -> LockReach.HOST;
            };
        }
    }

    private final List<Mount> mounts = new ArrayList<>();

    /** @param mountinfo the file's text; lines that cannot be read are passed over */
    public MountTable(String mountinfo) {
        for (String line : mountinfo.split("\n", -1)) {
            parse(line).ifPresent(mounts::add);
        }
    }

    /** The file system that a path lies on. */
    public Optional<Mount> of(Path path) {
        Optional<Mount> found = Optional.empty();
        for (Mount mount : mounts) {
            // Of mounts at the same point the later one covers the earlier one.
            if (path.startsWith(mount.point())
                    && (found.isEmpty()
                            || mount.point().getNameCount()
                                    >= found.get().point().getNameCount())) {
                found = Optional.of(mount);
            }
        }
        return found;
    }

    private static Optional<Mount> parse(String line) {
        String[] sides = line.split(" - ", 2);
        if (sides.length < 2) {
            return Optional.empty();
        }
        String[] left = sides[0].split(" ", -1);
        String[] right = sides[1].split(" ", -1);
        if (left.length < 6 || right.length < 3) {
            return Optional.empty();
        }
        List<String> options = new ArrayList<>(Arrays.asList(left[5].split(",", -1)));
        options.addAll(Arrays.asList(right[2].split(",", -1)));
        return Optional.of(
                new Mount(Path.of(unescape(left[4])), right[0].toLowerCase(Locale.ROOT), Set.copyOf(options)));
    }

    /** Blanks, tabs, line ends and backslashes stand there as three octal digits. */
    private static String unescape(String text) {
        StringBuilder plain = new StringBuilder();
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) == '\\' && i + 3 < text.length()) {
                plain.append((char) Integer.parseInt(text.substring(i + 1, i + 4), 8));
                i += 3;
            } else {
                plain.append(text.charAt(i));
            }
        }
        return plain.toString();
    }
}
