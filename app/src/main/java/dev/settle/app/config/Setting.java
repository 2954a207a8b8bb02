package dev.settle.app.config;

import dev.settle.core.model.Plan.BackendName;
import dev.settle.core.text.Durations;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** The one table of settings: key, what its value must be, and what it means. */
public enum Setting {
    BACKEND("backend", Form.BACKEND, "Where items run, if neither the run file nor an option says so."),
    INTERVAL("interval", Form.DURATION, "How often to check the queue; 30s."),
    SETTLE_TIMEOUT("settle_timeout", Form.DURATION, "How long a verdict may wait for accounting; 10m."),
    LOST_AFTER(
            "lost_after",
            Form.DURATION,
            "How long to look for a job that no source knows before it counts as lost; 5m."),
    GIVE_UP_AFTER("give_up_after", Form.DURATION, "Give up when the scheduler has not answered for this long; never."),
    MAX_CONCURRENT("max_concurrent", Form.COUNT, "How many items of a run may run at once."),
    MAX_COMMANDS_PER_MINUTE(
            "scheduler.max_commands_per_minute",
            Form.COUNT,
            "Slurm commands per user and host, averaged over five minutes; 10. No user can raise the site's number."),
    TOPUP_URL("credits.topup_url", Form.ADDRESS, "Where to buy more credits, for run files that do not say."),
    SECRETS("secrets", Form.NAMES, "Variables that hold secrets, for every run; run files add theirs."),
    INTERVAL_FLOOR("floors.interval", Form.DURATION, "The shortest interval that anyone may ask for on Slurm.");

    /** What a value must be. */
    enum Form {
        BACKEND("write local or slurm"),
        DURATION("write a duration longer than nothing, such as 30s or 10m"),
        COUNT("write a whole number from 1"),
        NAMES("write names of variables, such as API_KEY"),
        ADDRESS("write an address that begins with https:// or http://");

        private final String hint;

        Form(String hint) {
            this.hint = hint;
        }
    }

    private final String key;
    private final Form form;
    private final String meaning;

    Setting(String key, Form form, String meaning) {
        this.key = key;
        this.form = form;
        this.meaning = meaning;
    }

    /** The key in a file, with dots between the levels. */
    public String key() {
        return key;
    }

    /** The environment variable that says the same. */
    public String variable() {
        return "SETTLE_" + key.toUpperCase(Locale.ROOT).replace('.', '_');
    }

    public String meaning() {
        return meaning;
    }

    static Optional<Setting> ofKey(String key) {
        return Arrays.stream(values())
                .filter(setting -> setting.key.equals(key))
                .findFirst();
    }

    static List<String> keys() {
        return Arrays.stream(values()).map(Setting::key).toList();
    }

    /** What to write instead of a value that is refused; empty for one that is accepted. */
    Optional<String> refuses(String text) {
        boolean accepted =
                switch (form) {
                    case BACKEND -> BackendName.ofWord(text).isPresent();
                    case DURATION ->
                        Durations.parse(text).filter(each -> !each.isZero()).isPresent();
                    case COUNT -> text.matches("[1-9][0-9]{0,8}");
                    case NAMES -> text.matches("[A-Za-z_][A-Za-z0-9_]*([ ,]+[A-Za-z_][A-Za-z0-9_]*)*");
                    case ADDRESS -> text.matches("https?://\\S+");
                };
        return accepted ? Optional.empty() : Optional.of(form.hint);
    }
}
