package dev.settle.app.dashboard.web;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class WebServerTest {
    private static final String ME = "1000";
    private static final Credentials CREDENTIALS = new Credentials("the-token", "the-session", "the-form");

    /** Small enough to be reached. */
    private static final Connections.Limits LIMITS =
            new Connections.Limits(8, 2, 3, Duration.ofSeconds(2), Duration.ofSeconds(4));

    /** What the pages were asked, and an event stream that never has news. */
    private static final class Pages implements Site {
        final List<WebRequest> asked = new ArrayList<>();
        final CountDownLatch closed = new CountDownLatch(1);
        String big = "";

        @Override
        public synchronized WebAnswer answer(WebRequest request) {
            asked.add(request);
            if (request.path().equals(List.of("live"))) {
                return new WebAnswer.Events(new LiveSource() {
                    private boolean told;

                    @Override
                    public void begin(Runnable wake) {}

                    @Override
                    public Optional<Message> next() {
                        boolean first = !told;
                        told = true;
                        return first ? Optional.of(new Message("7", "{\"secret\":1}")) : Optional.empty();
                    }

                    @Override
                    public void end() {
                        closed.countDown();
                    }
                });
            }
            return WebAnswer.Document.html(200, "<p>secret " + request.path() + "</p>" + big);
        }

        @Override
        public String door() {
            return "<p>door</p>";
        }

        @Override
        public String policy() {
            return "default-src 'none'";
        }
    }

    private final Pages pages = new Pages();
    private volatile String user = ME;
    private final List<Socket> sockets = new ArrayList<>();
    private WebServer server;

    @BeforeEach
    void start() throws IOException {
        server = start((peer, own) -> user.isEmpty() ? Optional.empty() : Optional.of(user));
    }

    private WebServer start(Peers peers) throws IOException {
        return WebServer.start(
                new WebServer.Setup(0, CREDENTIALS, peers, Set.of(ME, "0"), () -> Duration.ofNanos(System.nanoTime())),
                LIMITS,
                pages);
    }

    @AfterEach
    void stop() throws IOException {
        for (Socket socket : sockets) {
            socket.close();
        }
        server.close();
    }

    @Test
    void listensOnLoopbackOfIpv4AloneAndKeepsTheTokenInTheFragment() {
        assertThat(server.address()).isEqualTo("http://127.0.0.1:" + server.port() + "/#token=the-token");
        assertThatThrownBy(() -> new Socket(InetAddress.getByName("127.0.0.2"), server.port()).close())
                .isInstanceOf(ConnectException.class);
        assertThatThrownBy(() -> new Socket(InetAddress.getByName("::1"), server.port()).close())
                .isInstanceOf(SocketException.class);
    }

    @Test
    void withoutTheCookieNothingIsShown() throws IOException {
        assertThat(get("/runs/a", "")).startsWith("HTTP/1.1 401").doesNotContain("secret");
        assertThat(get("/?token=the-token", "")).startsWith("HTTP/1.1 401").doesNotContain("secret");
        assertThat(get("/", cookie("wrong"))).startsWith("HTTP/1.1 401").doesNotContain("secret");
        assertThat(get("/", cookie("the-token"))).startsWith("HTTP/1.1 401").doesNotContain("secret");
        assertThat(get("/live", "")).startsWith("HTTP/1.1 401").doesNotContain("secret");
        assertThat(get("/", "Cookie: settle_dashboard_1=the-session")).startsWith("HTTP/1.1 401");
        assertThat(get("/runs/a", "Accept: text/html")).contains("<p>door</p>").doesNotContain("secret");
        assertThat(pages.asked).isEmpty();
    }

    @Test
    void theTokenIsExchangedForAStrictCookie() throws IOException {
        assertThat(post("/session", "token=the-token", origin()))
                .startsWith("HTTP/1.1 200")
                .contains("Set-Cookie: settle_dashboard_" + server.port()
                        + "=the-session; Path=/; HttpOnly; SameSite=Strict");
        assertThat(post("/session", "token=the-session", origin()))
                .startsWith("HTTP/1.1 401")
                .doesNotContain("Set-Cookie");
        assertThat(get("/runs/a%5Bb%5D?state=failed", cookie()))
                .startsWith("HTTP/1.1 200")
                .contains("Content-Security-Policy: default-src 'none'")
                .contains("X-Content-Type-Options: nosniff")
                .contains("Referrer-Policy: no-referrer")
                .contains("secret [runs, a[b]]");
        assertThat(pages.asked.get(0).query()).isEqualTo(Map.of("state", "failed"));
    }

    @Test
    void namesThatAreNotOfLoopbackAreNotAnswered() throws IOException {
        for (String host : List.of("evil.example:" + server.port(), "127.0.0.1.evil.example", "", "127.0.0.1:1:2")) {
            assertThat(ask(host, "GET / HTTP/1.1", cookie(), ""))
                    .as(host)
                    .matches("(?s)HTTP/1.1 4(21|00).*")
                    .doesNotContain("secret");
        }
        assertThat(ask("localhost:9", "GET / HTTP/1.1", cookie(), "")).startsWith("HTTP/1.1 200");
        assertThat(pages.asked).hasSize(1);
    }

    @Test
    void otherSitesMayAskNothing() throws IOException {
        String form = "form=the-form";
        assertThat(post("/runs/a/cancel", form, cookie())).startsWith("HTTP/1.1 403");
        assertThat(post("/runs/a/cancel", form, cookie() + "\r\nOrigin: http://evil.example"))
                .startsWith("HTTP/1.1 403");
        assertThat(post("/runs/a/cancel", form, cookie() + "\r\nOrigin: http://127.0.0.1:1"))
                .startsWith("HTTP/1.1 403");
        assertThat(post("/runs/a/cancel", form, cookie() + "\r\nOrigin: null")).startsWith("HTTP/1.1 403");
        assertThat(post("/runs/a/cancel", form, cookie() + "\r\n" + origin() + "\r\nSec-Fetch-Site: same-site"))
                .startsWith("HTTP/1.1 403");
        assertThat(get("/live", cookie() + "\r\nSec-Fetch-Site: same-site\r\nSec-Fetch-Mode: cors"))
                .startsWith("HTTP/1.1 403");
        assertThat(get("/api/runs", cookie() + "\r\nOrigin: http://127.0.0.1:1"))
                .startsWith("HTTP/1.1 403");
        assertThat(pages.asked).isEmpty();
    }

    @Test
    void aFormNeedsTheWordOfThisDashboardsPages() throws IOException {
        String ours = cookie() + "\r\n" + origin();
        assertThat(post("/runs/a/cancel", "form=wrong", ours)).startsWith("HTTP/1.1 403");
        assertThat(post("/runs/a/cancel", "", ours)).startsWith("HTTP/1.1 403");
        assertThat(post("/runs/a/cancel", "form=the-form", origin())).startsWith("HTTP/1.1 401");
        assertThat(pages.asked).isEmpty();
        assertThat(post("/runs/a/cancel", "form=the-form&confirmed=a", ours)).startsWith("HTTP/1.1 200");
        assertThat(pages.asked.get(0).method()).isEqualTo(WebRequest.Method.POST);
        assertThat(get("/runs/a/cancel?form=the-form&confirmed=a", cookie())).startsWith("HTTP/1.1 200");
        assertThat(pages.asked.get(1).method()).isEqualTo(WebRequest.Method.GET);
        assertThat(ask(host(), "PUT /runs/a HTTP/1.1", cookie(), "")).startsWith("HTTP/1.1 405");
    }

    @Test
    void halfSentRequestsKeepNobodyOut() throws Exception {
        List<Socket> half = new ArrayList<>();
        for (int i = 0; i < 3 * LIMITS.ownMax(); i++) {
            half.add(open());
            half.get(i).getOutputStream().write("GET / HTTP/1.1\r\nHost: ".getBytes(StandardCharsets.US_ASCII));
        }
        for (int i = 0; i < 5; i++) {
            assertThat(get("/", cookie())).startsWith("HTTP/1.1 200");
        }
        // The rest is closed when its time is over.
        for (Socket socket : half) {
            socket.setSoTimeout(20_000);
            assertThat(isClosed(socket)).isTrue();
        }
    }

    @Test
    void aRequestThatTricklesInIsClosedWhenItsTimeIsOver() throws Exception {
        Socket slow = open();
        boolean closed = false;
        for (int i = 0; i < 200 && !closed; i++) {
            try {
                slow.getOutputStream()
                        .write(i == 0 ? "GET / HTTP/1.1\r\nX: ".getBytes(StandardCharsets.US_ASCII) : new byte[] {'a'});
                TimeUnit.MILLISECONDS.sleep(100);
            } catch (SocketException e) {
                closed = true;
            }
        }
        assertThat(closed).isTrue();
    }

    @Test
    void anAnswerThatNobodyReadsIsGivenUp() throws Exception {
        pages.big = "x".repeat(20_000_000);
        Socket slow = open();
        write(slow, host(), "GET / HTTP/1.1", cookie(), "");
        InputStream in = slow.getInputStream();
        long read = 0;
        try {
            TimeUnit.SECONDS.sleep(2 * LIMITS.answerMax().toSeconds());
            byte[] bytes = new byte[100_000];
            for (int n = 0; n >= 0; n = in.read(bytes)) {
                read += n;
            }
        } catch (SocketException e) {
            // Reset, as it should be.
            assertThat(e).isNotNull();
        }
        assertThat(read).isLessThan(20_000_000);
    }

    @Test
    void hugeHeadersAndBodiesAreRefused() throws IOException {
        assertThat(get("/" + "a".repeat(20_000), cookie())).matches("(?s)(HTTP/1.1 4(14|31).*)?");
        assertThat(get("/", cookie() + "\r\nX: " + "a".repeat(50_000))).matches("(?s)(HTTP/1.1 431.*)?");
        assertThat(post("/runs/a/cancel", "form=the-form&x=" + "a".repeat(100_000), cookie() + "\r\n" + origin()))
                .matches("(?s)(HTTP/1.1 413.*)?");
        assertThat(ask(
                        host(),
                        "POST /session HTTP/1.1",
                        origin() + "\r\nTransfer-Encoding: chunked",
                        "5000\r\n" + "a".repeat(0x5000) + "\r\n0\r\n\r\n"))
                .matches("(?s)(HTTP/1.1 413.*)?");
        assertThat(get("/", cookie() + "\r\nContent-Length: 5\r\nTransfer-Encoding: chunked"))
                .matches("(?s)(HTTP/1.1 400.*)?");
        assertThat(pages.asked).isEmpty();
        assertThat(get("/", cookie())).startsWith("HTTP/1.1 200");
    }

    @Test
    void openPagesAreBoundedAndLeaveRoomForOthers() throws IOException {
        List<Socket> open = new ArrayList<>();
        for (int i = 0; i < LIMITS.streamsMax(); i++) {
            open.add(open());
            write(open.get(i), host(), "GET /live HTTP/1.1", cookie(), "");
            assertThat(firstLine(open.get(i))).startsWith("HTTP/1.1 200");
        }
        assertThat(get("/live", cookie())).startsWith("HTTP/1.1 503");
        assertThat(get("/", cookie())).startsWith("HTTP/1.1 200");
    }

    @Test
    void eventsAreSentAndAPageThatIsClosedIsNoticed() throws Exception {
        Socket page = open();
        write(page, host(), "GET /live HTTP/1.1", cookie(), "");
        BufferedReader lines = reader(page);
        List<String> seen = new ArrayList<>();
        while (!seen.contains("data: {\"secret\":1}")) {
            seen.add(lines.readLine());
        }
        assertThat(seen).contains("Content-Type: text/event-stream; charset=utf-8", "id: 7");
        page.close();
        server.close();
        assertThat(pages.closed.await(10, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void connectionsOfOtherUsersAreClosedUnread() throws IOException {
        user = "1001";
        assertThat(get("/", cookie())).isEmpty();
        user = "0";
        assertThat(get("/", cookie())).startsWith("HTTP/1.1 200");
    }

    @Test
    void usersWhomTheKernelDoesNotTellTakeNoPlaceOfOurs() throws IOException {
        user = "";
        for (int i = 0; i < 20; i++) {
            open().getOutputStream().write('G');
        }
        assertThat(get("/", cookie())).startsWith("HTTP/1.1 200");
        user = ME;
        assertThat(get("/", cookie())).startsWith("HTTP/1.1 200");
    }

    @Test
    void theKernelTellsWhoIsAtTheOtherEnd() throws Exception {
        String[] found = {""};
        Peers machine = Peers.ofMachine();
        try (WebServer other = start((peer, own) -> {
            found[0] = machine.user(peer, own).orElse("nobody");
            return Optional.of(ME);
        })) {
            assertThat(ask(other.port(), "127.0.0.1", "GET / HTTP/1.1", "", "")).startsWith("HTTP/1.1 401");
        }
        String uid = String.valueOf(Files.getAttribute(Path.of("/proc/self"), "unix:uid"));
        assertThat(found[0]).isEqualTo(uid);
        assertThat(machine.user(new InetSocketAddress("127.0.0.1", 1), new InetSocketAddress("127.0.0.1", 2)))
                .isEmpty();
    }

    private static boolean isClosed(Socket socket) throws IOException {
        try {
            return socket.getInputStream().read(new byte[10_000]) < 0
                    || socket.getInputStream().read() < 0;
        } catch (SocketException e) {
            return true;
        }
    }

    private String host() {
        return "127.0.0.1:" + server.port();
    }

    private String origin() {
        return "Origin: http://" + host();
    }

    private String cookie() {
        return cookie("the-session");
    }

    private String cookie(String value) {
        return "Cookie: other=1; settle_dashboard_" + server.port() + "=" + value;
    }

    private String get(String path, String header) throws IOException {
        return ask(host(), "GET " + path + " HTTP/1.1", header, "");
    }

    private String post(String path, String body, String header) throws IOException {
        return ask(
                host(),
                "POST " + path + " HTTP/1.1",
                header + "\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: " + body.length(),
                body);
    }

    private String ask(String host, String request, String header, String body) throws IOException {
        return ask(server.port(), host, request, header, body);
    }

    /** By hand: the JDK's client lets nobody set Host. A connection that is reset has answered what came before. */
    private String ask(int port, String host, String request, String header, String body) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.setSoTimeout(20_000);
            StringBuilder text = new StringBuilder();
            try {
                write(socket, host, request, header, body);
                BufferedReader in = reader(socket);
                for (int c = in.read(); c >= 0; c = in.read()) {
                    text.append((char) c);
                }
            } catch (SocketException e) {
                text.append("");
            }
            return text.toString().replace("\r\n", "\n");
        }
    }

    private static void write(Socket socket, String host, String request, String header, String body)
            throws IOException {
        String head = request + "\r\nHost: " + host + "\r\n" + (header.isEmpty() ? "" : header + "\r\n") + "\r\n";
        socket.getOutputStream().write((head + body).getBytes(StandardCharsets.US_ASCII));
        socket.getOutputStream().flush();
    }

    private Socket open() throws IOException {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port());
        sockets.add(socket);
        return socket;
    }

    private static String firstLine(Socket socket) throws IOException {
        socket.setSoTimeout(20_000);
        return reader(socket).readLine();
    }

    private static BufferedReader reader(Socket socket) throws IOException {
        return new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
    }
}
