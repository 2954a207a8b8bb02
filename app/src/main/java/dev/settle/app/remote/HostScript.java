package dev.settle.app.remote;

import dev.settle.app.config.HostSetting;
import dev.settle.core.environment.RawText;
import dev.settle.core.text.ShellText;
import java.util.Base64;
import java.util.List;
import java.util.Map;

/**
 * What the host's shell is given. All words are quoted here, for a POSIX shell; the whole then goes over as base64, so that
 * no login shell of another kind (csh, fish) finds anything to expand in it.
 */
final class HostScript {
    /** Ends what login scripts write, and begins what settle writes. */
    static final String HELLO = "\u0001settle-remote 1\n";

    /** Where {@code settle --on HOST install} puts its link. */
    static final String INSTALLED = ".local/share/settle/current";

    /** The folder of one command on the host, in the words of its shell. */
    static final String SESSION = "\"$settle_session\"";

    private static final int UNAVAILABLE = 69;
    private static final int USAGE = 2;

    private final HostSetting host;
    private final String version;

    HostScript(HostSetting host, String version) {
        this.host = host;
        this.version = version;
    }

    /** The command for ssh that runs a script, whatever the user's login shell is. */
    static String command(String script) {
        return "exec sh -c 'eval \"$(echo "
                + Base64.getEncoder().encodeToString(RawText.encode(script))
                + " | base64 -d)\"'";
    }

    /** Words that a shell reads as they are. */
    static String quoted(List<String> words) {
        StringBuilder line = new StringBuilder();
        words.forEach(word -> line.append(' ').append(ShellText.inQuotes(word)));
        return line.toString().strip();
    }

    /** A path on the host as a word: what is not absolute is below the home. */
    static String path(String path) {
        return path.startsWith("/")
                ? ShellText.inQuotes(path)
                : path.isEmpty() ? "\"$HOME\"" : "\"$HOME\"/" + ShellText.inQuotes(path);
    }

    /** Begins each script: functions, and the folder of the command. */
    String begin(String session) {
        return "settle_end() { printf 'settle: %s\\n' \"$2\" >&2; exit \"$1\"; }\n"
                + "cd\n"
                + "unset OLDPWD\n"
                + "settle_session=${SETTLE_HOME:-${XDG_STATE_HOME:-$HOME/.local/state}/settle}/remote/"
                + session + "\n";
    }

    /** Goes to the host's directory. */
    String enter() {
        if (host.directory().isEmpty()) {
            return "";
        }
        return enter(
                path(host.directory()),
                "there is no folder " + host.directory() + " on " + host.name() + "; make it there, or change hosts."
                        + host.name() + ".directory in the configuration");
    }

    /** Goes to a folder, or ends with a sentence. */
    static String enter(String path, String sentence) {
        return "cd -- " + path + " 2>/dev/null || settle_end " + USAGE + " " + ShellText.inQuotes(sentence) + "\n";
    }

    /** Finds the installation, and refuses one of another version. */
    String find() {
        String search = host.path().isPresent()
                ? "settle_path=" + path(host.path().get()) + "\n"
                : "settle_path=$HOME/" + INSTALLED + "/bin/settle\n"
                        + "[ -x \"$settle_path\" ] || settle_path=$(command -v settle)\n";
        String install = "settle --on " + ShellText.quote(host.name()) + " install";
        String missing = host.path().isPresent()
                ? "there is no settle at " + host.path().get() + " on " + host.name() + "; change hosts." + host.name()
                        + ".path in the configuration"
                : "settle is not installed on " + host.name() + "; to put it there: " + install;
        return search
                + "[ -x \"$settle_path\" ] && [ ! -d \"$settle_path\" ] || settle_end " + UNAVAILABLE + " "
                + ShellText.inQuotes(missing) + "\n"
                + "settle_root=$(readlink -f -- \"$settle_path\")\n"
                + "settle_root=${settle_root%/*/*}\n"
                + "settle_version=''\n"
                + "[ ! -r \"$settle_root/lib/version\" ] || IFS= read -r settle_version <\"$settle_root/lib/version\"\n"
                + "[ -n \"$settle_version\" ] || settle_version=$(\"$settle_path\" --version 2>/dev/null)\n"
                + "settle_version=${settle_version#settle }\n"
                + "[ \"$settle_version\" = " + ShellText.inQuotes(version) + " ] || settle_end " + UNAVAILABLE + " "
                + ShellText.inQuotes(host.name() + " has settle ") + "\"${settle_version:-of an unknown version}\""
                + ShellText.inQuotes(" and this is " + version + "; to bring it to this version: " + install) + "\n";
    }

    /** Sets variables for what is started. */
    static String export(Map<String, String> variables) {
        StringBuilder lines = new StringBuilder();
        variables.forEach((name, value) -> lines.append(name)
                .append('=')
                .append(ShellText.inQuotes(value))
                .append("\nexport ")
                .append(name)
                .append('\n'));
        return lines.toString();
    }

    /** Says that what follows on stdout is settle's. */
    static String hello() {
        return "printf '\\001settle-remote 1\\n'\n";
    }
}
