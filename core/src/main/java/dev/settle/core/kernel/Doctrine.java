package dev.settle.core.kernel;

import java.util.EnumSet;
import java.util.Set;

/** What is believed: all rules and checks, but in tests that show what each of them is there for. */
final class Doctrine {
    static final Doctrine WHOLE = new Doctrine(EnumSet.noneOf(Rule.class), EnumSet.noneOf(Check.class));

    private final Set<Rule> rulesOff;
    private final Set<Check> checksOff;

    private Doctrine(Set<Rule> rulesOff, Set<Check> checksOff) {
        this.rulesOff = rulesOff;
        this.checksOff = checksOff;
    }

    static Doctrine without(Rule rule) {
        return new Doctrine(EnumSet.of(rule), EnumSet.noneOf(Check.class));
    }

    static Doctrine without(Check check) {
        return new Doctrine(EnumSet.noneOf(Rule.class), EnumSet.of(check));
    }

    boolean holds(Rule rule) {
        return !rulesOff.contains(rule);
    }

    boolean holds(Check check) {
        return !checksOff.contains(check);
    }
}
