package dev.settle.app.stepqueue.client;

import java.net.ConnectException;
import java.net.http.HttpConnectTimeoutException;
import java.nio.channels.UnresolvedAddressException;
import java.util.Optional;
import javax.net.ssl.SSLException;

/** What kept a call from being answered, in words. */
final class ConnectionFailures {
    private ConnectionFailures() {}

    static String words(Throwable failure) {
        for (Throwable at = failure; at != null; at = at.getCause()) {
            if (at instanceof UnresolvedAddressException) {
                return "the host's name cannot be resolved";
            }
            if (at instanceof SSLException) {
                return "TLS: " + text(at);
            }
        }
        if (failure instanceof HttpConnectTimeoutException) {
            return "no connection within its limit";
        }
        if (failure instanceof ConnectException) {
            return "connection refused";
        }
        return "the connection broke: " + text(failure);
    }

    private static String text(Throwable failure) {
        return ErrorBody.clean(
                Optional.ofNullable(failure.getMessage())
                        .orElse(failure.getClass().getSimpleName()),
                300);
    }
}
