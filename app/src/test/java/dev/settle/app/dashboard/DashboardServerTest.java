package dev.settle.app.dashboard;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class DashboardServerTest {
    private static final String TOKEN = "0123456789abcdef";

    private DashboardServer server;

    @BeforeEach
    void start() throws IOException {
        server = DashboardServer.start(
                0, TOKEN, path -> Page.html("<p>secret " + path + "</p>", Optional.of(Duration.ofSeconds(3))));
    }

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void listensOnLoopbackOnly() {
        assertThat(server.address()).isEqualTo("http://127.0.0.1:" + server.port() + "/?token=" + TOKEN);
    }

    @Test
    void withoutTheTokenNothingIsShown() throws IOException {
        assertThat(ask("GET /runs/a", "")).startsWith("HTTP/1.1 401").doesNotContain("secret");
        assertThat(ask("GET /?token=wrong", "")).startsWith("HTTP/1.1 401").doesNotContain("secret");
        assertThat(ask("GET /", "Cookie: settle_dashboard_" + server.port() + "=wrong"))
                .startsWith("HTTP/1.1 401")
                .doesNotContain("secret");
    }

    @Test
    void theTokenBecomesACookieAndLeavesTheAddress() throws IOException {
        assertThat(ask("GET /runs/a?token=" + TOKEN, ""))
                .startsWith("HTTP/1.1 303")
                .containsIgnoringCase("Location: /runs/a\n")
                .contains("settle_dashboard_" + server.port() + "=" + TOKEN + "; Path=/; HttpOnly; SameSite=Strict")
                .doesNotContain("secret");
        assertThat(ask("GET /runs/a", cookie()))
                .startsWith("HTTP/1.1 200")
                .containsIgnoringCase("Refresh: 3\n")
                .contains("default-src 'none'")
                .contains("secret /runs/a");
    }

    @Test
    void namesThatAreNotOfLoopbackAreNotAnswered() throws IOException {
        String answer = askAs("evil.example:" + server.port(), "GET /", cookie());
        assertThat(answer).startsWith("HTTP/1.1 421").doesNotContain("secret");
        assertThat(askAs("localhost:9", "GET /", cookie())).startsWith("HTTP/1.1 200");
    }

    @Test
    void nothingCanBeChangedThroughIt() throws IOException {
        assertThat(ask("POST /runs/a", cookie())).startsWith("HTTP/1.1 405").doesNotContain("secret");
    }

    private String cookie() {
        return "Cookie: other=1; settle_dashboard_" + server.port() + "=" + TOKEN;
    }

    private String ask(String request, String header) throws IOException {
        return askAs("127.0.0.1:" + server.port(), request, header);
    }

    /** By hand: the JDK's client lets nobody set Host. */
    private String askAs(String host, String request, String header) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
            String head = request + " HTTP/1.1\r\nHost: " + host + "\r\nConnection: close\r\n"
                    + (header.isEmpty() ? "" : header + "\r\n") + "\r\n";
            socket.getOutputStream().write(head.getBytes(StandardCharsets.US_ASCII));
            socket.getOutputStream().flush();
            return new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8))
                    .lines()
                    .collect(Collectors.joining("\n"));
        }
    }
}
