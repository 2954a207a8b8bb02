package dev.settle.core.view.explain;

/** The rules of evidence in words; handed in, since the view does not know those who decide. */
@FunctionalInterface
public interface RuleText {
    RuleText NONE = word -> "";

    /** What the rule of this name says; empty for a name that no rule has (any more). */
    String sentence(String word);
}
