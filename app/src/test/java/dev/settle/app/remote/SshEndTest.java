package dev.settle.app.remote;

import static org.assertj.core.api.Assertions.assertThat;

import dev.settle.app.remote.SshEnd.Kind;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What OpenSSH 9.2 writes with {@code -E}. */
final class SshEndTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "UNREACHABLE | ssh: connect to host 10.0.0.1 port 22: Connection refused",
                "UNREACHABLE | ssh: connect to host 10.0.0.1 port 22: No route to host",
                "UNREACHABLE | ssh: connect to host 10.0.0.1 port 22: Connection timed out",
                "UNREACHABLE | ssh: Could not resolve hostname nowhere.invalid: Name or service not known",
                "KEY_UNKNOWN | Host key verification failed.",
                "DENIED | ada@login: Permission denied (publickey,password).",
                "MISCONFIGURED | command-line: line 0: Bad configuration option: nosuchoption",
                "MISCONFIGURED | Unable to negotiate with 10.0.0.1 port 22: no matching host key type found.",
                "BROKEN | Connection to login closed by remote host.",
                "BROKEN | client_loop: send disconnect: Broken pipe",
                "BROKEN | Timeout, server login not responding.",
                "BROKEN | kex_exchange_identification: read: Connection reset by peer",
                "BROKEN | Connection closed by 10.0.0.1 port 22",
                "BROKEN | Control master terminated unexpectedly"
            })
    void wordsOfSshSayWhatHappened(Kind kind, String words) {
        SshEnd end = SshEnd.of(255, words + "\r\n");
        assertThat(end.kind()).isEqualTo(kind);
        assertThat(end.words()).containsExactly(words.replaceFirst("^ssh: ", ""));
    }

    @Test
    void hostKeyThatHasChangedComesWithADozenLines() {
        SshEnd end = SshEnd.of(255, """
                @@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@
                @    WARNING: REMOTE HOST IDENTIFICATION HAS CHANGED!     @
                @@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@
                IT IS POSSIBLE THAT SOMEONE IS DOING SOMETHING NASTY!
                Host key verification failed.
                """);
        assertThat(end.kind()).isEqualTo(Kind.KEY_CHANGED);
        assertThat(end.words()).noneMatch(line -> line.startsWith("@@@"));
    }

    @Test
    void statusOfTheCommandIsNoWordOfSshs() {
        assertThat(SshEnd.of(0, "").kind()).isEqualTo(Kind.COMMAND_ENDED);
        assertThat(SshEnd.of(1, "Connection to login closed.\r\n").kind()).isEqualTo(Kind.COMMAND_ENDED);
        assertThat(SshEnd.of(69, "").kind()).isEqualTo(Kind.COMMAND_ENDED);
    }

    @Test
    void sshThatWasKilledOrSaidNothingHasBroken() {
        assertThat(SshEnd.of(137, "").kind()).isEqualTo(Kind.BROKEN);
        assertThat(SshEnd.of(255, "").kind()).isEqualTo(Kind.BROKEN);
        assertThat(SshEnd.of(255, "").mayBeOfJob()).isTrue();
    }
}
