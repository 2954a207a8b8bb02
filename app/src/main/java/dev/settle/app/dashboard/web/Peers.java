package dev.settle.app.dashboard.web;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetSocketAddress;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Who is at the other end of a connection over loopback: the kernel lists each socket with the user who opened it
 * (proc_net_tcp.txt of the kernel's documentation).
 */
public interface Peers {
    /** The number of the user; empty where the kernel does not tell. */
    Optional<String> user(InetSocketAddress peer, InetSocketAddress own);

    /** What the tables of this machine say. */
    static Peers ofMachine() {
        return new Tables(List.of(Path.of("/proc/net/tcp"), Path.of("/proc/net/tcp6")));
    }

    /** Tables as the kernel writes them. */
    final class Tables implements Peers {
        /** A node with more sockets than this has other worries; a look takes 20 ms there. */
        private static final int LINES_MAX = 50_000;

        private static final int LOCAL = 1;
        private static final int REMOTE = 2;
        private static final int USER = 7;
        /** How an IPv4 address is written in the table of IPv6. */
        private static final String MAPPED = "0000000000000000FFFF0000";

        private final List<Path> tables;

        Tables(List<Path> tables) {
            this.tables = tables;
        }

        @Override
        public Optional<String> user(InetSocketAddress peer, InetSocketAddress own) {
            for (Path table : tables) {
                Optional<String> user = user(table, hex(peer), hex(own));
                if (user.isPresent()) {
                    return user;
                }
            }
            return Optional.empty();
        }

        private static Optional<String> user(Path table, String peer, String own) {
            try (BufferedReader lines =
                    new BufferedReader(new InputStreamReader(Files.newInputStream(table), StandardCharsets.US_ASCII))) {
                for (int n = 0; n < LINES_MAX; n++) {
                    String line = lines.readLine();
                    if (line == null) {
                        return Optional.empty();
                    }
                    if (line.contains(peer)) {
                        String[] fields = line.strip().split("\\s+", -1);
                        if (fields.length > USER && is(fields[LOCAL], peer) && is(fields[REMOTE], own)) {
                            return Optional.of(fields[USER]);
                        }
                    }
                }
            } catch (IOException e) {
                // A machine without this table: the connection is one of an unknown user.
                return Optional.empty();
            }
            return Optional.empty();
        }

        private static boolean is(String field, String address) {
            return field.equals(address) || field.equals(MAPPED + address);
        }

        /** {@code 0100007F:1F90} for 127.0.0.1:8080: the bytes of the address in the order of this machine. */
        private static String hex(InetSocketAddress address) {
            byte[] bytes = address.getAddress().getAddress();
            StringBuilder text = new StringBuilder();
            boolean little = ByteOrder.nativeOrder() == ByteOrder.LITTLE_ENDIAN;
            for (int i = 0; i < bytes.length; i++) {
                text.append(String.format(Locale.ROOT, "%02X", bytes[little ? bytes.length - 1 - i : i]));
            }
            return text + String.format(Locale.ROOT, ":%04X", address.getPort());
        }
    }
}
