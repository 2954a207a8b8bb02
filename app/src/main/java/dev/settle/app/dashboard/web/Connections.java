package dev.settle.app.dashboard.web;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import org.eclipse.jetty.io.EndPoint;

/**
 * The open connections: how many there may be, and how long each may take. A connection carries one request. Where all
 * places are taken, the one that has been sending its request for longest gives way, so that half a request, or
 * none, keeps nobody out.
 */
final class Connections {
    /**
     * What holds for everybody.
     *
     * @param ownMax connections of the user, and of root: a tunnel may be root's
     * @param unknownMax connections of which the kernel does not tell the user
     * @param streamsMax of all of them, pages that are open
     * @param requestMax how long a request may take to arrive
     * @param answerMax how long an answer may take to be read
     */
    record Limits(int ownMax, int unknownMax, int streamsMax, Duration requestMax, Duration answerMax) {
        static final Limits USUAL = new Limits(192, 32, 128, Duration.ofSeconds(10), Duration.ofSeconds(120));
    }

    private enum Phase {
        ARRIVING,
        ANSWERED,
        STREAMING
    }

    private static final class Connection {
        final boolean known;
        final Duration since;
        Phase phase = Phase.ARRIVING;
        Duration phaseSince;
        Optional<EndPoint> end = Optional.empty();

        Connection(boolean known, Duration now) {
            this.known = known;
            this.since = now;
            this.phaseSince = now;
        }
    }

    private final Limits limits;
    private final Peers peers;
    private final Set<String> users;
    private final Supplier<Duration> time;
    private final Map<SocketChannel, Connection> open = new HashMap<>();

    /** @param users whose connections are accepted; those of other users are closed at once */
    Connections(Limits limits, Peers peers, Set<String> users, Supplier<Duration> time) {
        this.limits = limits;
        this.peers = peers;
        this.users = Set.copyOf(users);
        this.time = time;
    }

    /** Whether the connection has a place; one that has none is to be closed. */
    boolean admit(SocketChannel channel) throws IOException {
        Optional<String> user = peers.user(
                (InetSocketAddress) channel.getRemoteAddress(), (InetSocketAddress) channel.getLocalAddress());
        if (user.isPresent() && !users.contains(user.get()) && !isUnmapped(user.get())) {
            return false;
        }
        boolean known = user.filter(users::contains).isPresent();
        synchronized (this) {
            forgetClosed();
            long taken =
                    open.values().stream().filter(each -> each.known == known).count();
            if (taken >= (known ? limits.ownMax() : limits.unknownMax()) && !madeRoom(known)) {
                return false;
            }
            open.put(channel, new Connection(known, time.get()));
            return true;
        }
    }

    /** How the kernel writes a user whom this namespace does not have. */
    private static boolean isUnmapped(String user) {
        return user.equals("65534");
    }

    private boolean madeRoom(boolean known) {
        Optional<SocketChannel> oldest = open.entrySet().stream()
                .filter(each -> each.getValue().known == known && each.getValue().phase == Phase.ARRIVING)
                .min(Comparator.comparing(each -> each.getValue().since))
                .map(Map.Entry::getKey);
        oldest.ifPresent(channel -> {
            Connection gone = open.remove(channel);
            if (gone != null) {
                close(channel, gone);
            }
        });
        return oldest.isPresent();
    }

    synchronized void opened(SocketChannel channel, EndPoint end) {
        Connection connection = open.get(channel);
        if (connection != null) {
            connection.end = Optional.of(end);
        }
    }

    /** The whole request is here. */
    synchronized void arrived(Object channel) {
        enter(channel, Phase.ANSWERED);
    }

    /** Whether one more page may stay open. */
    synchronized boolean stream(Object channel) {
        long streams = open.values().stream()
                .filter(each -> each.phase == Phase.STREAMING)
                .count();
        if (streams >= limits.streamsMax()) {
            return false;
        }
        enter(channel, Phase.STREAMING);
        return true;
    }

    private void enter(Object channel, Phase phase) {
        if (channel instanceof SocketChannel key && open.get(key) != null) {
            Connection connection = open.get(key);
            connection.phase = phase;
            connection.phaseSince = time.get();
        }
    }

    /** Closes what takes too long. */
    synchronized void sweep() {
        forgetClosed();
        Duration now = time.get();
        Iterator<Map.Entry<SocketChannel, Connection>> each = open.entrySet().iterator();
        while (each.hasNext()) {
            Map.Entry<SocketChannel, Connection> entry = each.next();
            Connection connection = entry.getValue();
            Duration passed = now.minus(connection.phaseSince);
            boolean late =
                    switch (connection.phase) {
                        case ARRIVING -> passed.compareTo(limits.requestMax()) > 0;
                        case ANSWERED -> passed.compareTo(limits.answerMax()) > 0;
                        case STREAMING -> false;
                    };
            if (late) {
                each.remove();
                close(entry.getKey(), connection);
            }
        }
    }

    synchronized int count() {
        forgetClosed();
        return open.size();
    }

    private void forgetClosed() {
        open.keySet().removeIf(channel -> !channel.isOpen());
    }

    private static void close(SocketChannel channel, Connection connection) {
        if (connection.end.isPresent()) {
            connection.end.get().close(new IOException("the connection took too long"));
            return;
        }
        try {
            channel.close();
        } catch (IOException e) {
            // It is closed as far as anybody can see.
            return;
        }
    }
}
