package dev.settle.app.stepqueue.client;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.ProxySelector;
import java.net.SocketAddress;
import java.net.URI;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * Proxies as {@code http_proxy}, {@code https_proxy}, {@code all_proxy} and {@code no_proxy} name them, in either case.
 *
 * <p>Loopback is never asked through a proxy. {@code HTTP_PROXY} in capitals is not read where {@code REQUEST_METHOD} is
 * set: a CGI client could have sent it as a header (httpoxy).
 */
final class EnvironmentProxies extends ProxySelector {
    private final Map<String, String> env;

    EnvironmentProxies(Map<String, String> env) {
        this.env = Map.copyOf(env);
    }

    @Override
    public List<Proxy> select(URI uri) {
        String host = Optional.ofNullable(uri.getHost()).orElse("").toLowerCase(Locale.ROOT);
        if (isLoopback(host) || isExempt(host, uri.getPort())) {
            return List.of(Proxy.NO_PROXY);
        }
        return named(uri.getScheme()).map(List::of).orElse(List.of(Proxy.NO_PROXY));
    }

    private Optional<Proxy> named(String scheme) {
        return variable(scheme + "_proxy").or(() -> variable("all_proxy")).flatMap(EnvironmentProxies::proxy);
    }

    private static Optional<Proxy> proxy(String text) {
        URI uri;
        try {
            uri = URI.create(text.contains("://") ? text : "http://" + text);
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
        if (uri.getHost() == null || uri.getScheme().startsWith("socks")) {
            return Optional.empty();
        }
        int port = uri.getPort() > 0 ? uri.getPort() : uri.getScheme().equals("https") ? 443 : 80;
        return Optional.of(new Proxy(Proxy.Type.HTTP, InetSocketAddress.createUnresolved(uri.getHost(), port)));
    }

    private Optional<String> variable(String lower) {
        String value = env.get(lower);
        String upper = lower.toUpperCase(Locale.ROOT);
        if (value == null && !(upper.equals("HTTP_PROXY") && env.containsKey("REQUEST_METHOD"))) {
            value = env.get(upper);
        }
        return Optional.ofNullable(value).map(String::strip).filter(text -> !text.isEmpty());
    }

    private static boolean isLoopback(String host) {
        return host.equals("localhost")
                || host.endsWith(".localhost")
                || host.startsWith("127.")
                || host.equals("[::1]");
    }

    private boolean isExempt(String host, int port) {
        for (String each : variable("no_proxy").orElse("").split(",", -1)) {
            String entry = each.strip().toLowerCase(Locale.ROOT);
            if (entry.equals("*") || entry.equals(host + ":" + port)) {
                return true;
            }
            String suffix = entry.startsWith("*.") ? entry.substring(1) : entry;
            String domain = suffix.startsWith(".") ? suffix : "." + suffix;
            if (!suffix.isEmpty() && (host.equals(domain.substring(1)) || host.endsWith(domain))) {
                return true;
            }
        }
        return false;
    }

    @Override
    public void connectFailed(URI uri, SocketAddress address, IOException failure) {
        // The failed call itself reports it.
    }
}
