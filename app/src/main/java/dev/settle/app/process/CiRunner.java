package dev.settle.app.process;

/** The CI system in whose job this process runs, as its own variables say. */
public enum CiRunner {
    NONE,
    GITHUB,
    GITLAB;

    /** Of an environment: GitHub and GitLab set theirs to {@code true}. */
    public static CiRunner of(Environment environment) {
        if (environment.variable("GITHUB_ACTIONS").filter("true"::equals).isPresent()) {
            return GITHUB;
        }
        return environment.variable("GITLAB_CI").filter("true"::equals).isPresent() ? GITLAB : NONE;
    }
}
