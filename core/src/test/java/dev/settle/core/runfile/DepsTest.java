package dev.settle.core.runfile;

import static org.assertj.core.api.Assertions.assertThat;

import dev.settle.core.model.ItemId;
import dev.settle.core.model.Plan;
import dev.settle.core.model.PlanItem;
import dev.settle.core.runfile.tree.Problem;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The cases of conformance.md, D-01 to D-10, and what else dependencies can do. */
final class DepsTest {
    @Test
    void literalDependenciesStayAsTheyAre() {
        Plan plan = Reads.plan("items: [{id: a, command: x}, {id: b, command: x}, {id: c, command: x, deps: [b, a]}]");
        assertThat(Reads.deps(plan, "c")).containsExactly("b", "a");
    }

    @Test
    void wildcardMatchesInTheOrderOfTheDocument() {
        Plan plan = Reads.plan("""
                items:
                  - {id: merge, command: x, deps: ["build.*"]}
                  - {id: build.y, command: x}
                  - {id: build.x, command: x}
                """);
        assertThat(Reads.deps(plan, "merge")).containsExactly("build.y", "build.x");
    }

    @Test
    void wildcardThatMatchesTheItemItselfLeavesItOut() {
        Plan plan = Reads.plan("""
                items:
                  - {id: build.all, command: x, deps: ["build.*"]}
                  - {id: build.x, command: x}
                """);
        assertThat(Reads.deps(plan, "build.all")).containsExactly("build.x");
    }

    @Test
    void wildcardWithoutAMatchIsAProblem() {
        assertThat(Reads.problems(Reads.yaml("items: [{id: a, command: x, deps: [nope.*]}]")))
                .contains("\"nope.*\" matches no other item");
    }

    @Test
    void literalsKeepTheirPlaceBeforeMatchesAndNothingIsThereTwice() {
        Plan plan = Reads.plan("""
                items:
                  - {id: s.1, command: x}
                  - {id: s.2, command: x}
                  - {id: t, command: x}
                  - {id: end, command: x, deps: [t, "s.*", s.1, "s.?"]}
                """);
        assertThat(Reads.deps(plan, "end")).containsExactly("t", "s.1", "s.2");
    }

    @Test
    void questionMarkIsOneSign() {
        Plan plan = Reads.plan("""
                items:
                  - {id: step.1, command: x}
                  - {id: step.2, command: x}
                  - {id: step.10, command: x}
                  - {id: end, command: x, deps: ["step.?"]}
                """);
        assertThat(Reads.deps(plan, "end")).containsExactly("step.1", "step.2");
    }

    @Test
    void circleMadeByWildcardsIsShownWithItsPath() {
        assertThat(Reads.problems(Reads.yaml("""
                items:
                  - {id: b.1, command: x, deps: [a]}
                  - {id: a, command: x, deps: ["b.*"]}
                """))).contains("circular dependency: b.1 -> a -> b.1");
    }

    @Test
    void oneDependencyNeedsNoList() {
        Plan plan = Reads.plan("items: [{id: a, command: x}, {id: b, command: x, deps: a}]");
        assertThat(Reads.deps(plan, "b")).containsExactly("a");
    }

    @Test
    void idInBracketsIsAnIdBeforeItIsAPattern() {
        Plan plan = Reads.plan("""
                items:
                  - {id: "a[12]", command: x}
                  - {id: a1, command: x}
                  - {id: end, command: x, deps: ["a[12]"]}
                """);
        assertThat(Reads.deps(plan, "end")).containsExactly("a[12]");
    }

    @ParameterizedTest
    @ValueSource(ints = {1_500, 100_000})
    @Timeout(60)
    void longChainInReverseOrderIsNoCircleAndNoOverflow(int length) {
        StringBuilder text = new StringBuilder("items:\n");
        for (int i = length; i > 0; i--) {
            text.append("- {id: c").append(i).append(", command: x");
            text.append(i == 1 ? "}\n" : ", deps: [c" + (i - 1) + "]}\n");
        }
        Plan plan = Reads.plan(text.toString());
        assertThat(plan.items()).hasSize(length);
        assertThat(Reads.deps(plan, "c" + length)).containsExactly("c" + (length - 1));
    }

    @Test
    @Timeout(60)
    void longCircleIsShownByBothItsEnds() {
        int length = 100_000;
        StringBuilder text = new StringBuilder("items:\n");
        for (int i = 1; i <= length; i++) {
            text.append("- {id: c")
                    .append(i)
                    .append(", command: x, deps: [c")
                    .append(i % length + 1)
                    .append("]}\n");
        }
        List<Problem> problems = Reads.yaml(text.toString()).problems();
        assertThat(problems).hasSize(1);
        assertThat(problems.get(0).message())
                .isEqualTo("circular dependency: c1 -> c2 -> c3 -> c4 -> c5 -> c6 -> c7 -> c8 -> c9"
                        + " -> ... 99989 more ... -> c99999 -> c100000 -> c1");
    }

    @Test
    void everyCircleIsToldOnce() {
        String problems = Reads.problems(Reads.yaml("""
                items:
                  - {id: a, command: x, deps: [b, c]}
                  - {id: b, command: x, deps: [a]}
                  - {id: c, command: x, deps: [a]}
                  - {id: d, command: x, deps: [e]}
                  - {id: e, command: x, deps: [d]}
                """));
        assertThat(problems.lines().map(line -> line.replaceFirst(".*: ", "")))
                .containsExactly("a -> b -> a", "a -> c -> a", "d -> e -> d");
    }

    /** Every graph of four items: the search finds a circle exactly where the closure of the edges has one. */
    @Test
    void circlesAreFoundInEverySmallGraphThatHasOne() {
        int size = 4;
        for (int edges = 0; edges < 1 << (size * size); edges++) {
            boolean[][] reaches = new boolean[size][size];
            boolean hasSelf = false;
            List<PlanItem> items = new java.util.ArrayList<>();
            for (int i = 0; i < size; i++) {
                List<ItemId> deps = new java.util.ArrayList<>();
                for (int j = 0; j < size; j++) {
                    if ((edges >> (i * size + j) & 1) == 1) {
                        deps.add(new ItemId("i" + j));
                        reaches[i][j] = true;
                        hasSelf |= i == j;
                    }
                }
                items.add(PlanItem.command(new ItemId("i" + i), "x").withDeps(deps));
            }
            if (!hasSelf) {
                assertThat(Cycles.of(items).isEmpty()).isEqualTo(isAcyclic(reaches));
            }
        }
    }

    private static boolean isAcyclic(boolean[][] reaches) {
        int size = reaches.length;
        for (int via = 0; via < size; via++) {
            for (int from = 0; from < size; from++) {
                for (int to = 0; to < size; to++) {
                    reaches[from][to] |= reaches[from][via] && reaches[via][to];
                }
            }
        }
        for (int i = 0; i < size; i++) {
            if (reaches[i][i]) {
                return false;
            }
        }
        return true;
    }

    @Test
    void moreDependenciesThanTheBoundAreAProblem() {
        assertThat(Reads.problems(Reads.yaml("""
                items:
                  - {id: a, command: x, matrix: {i: [%s]}}
                  - {id: b, command: x, matrix: {i: [%s]}, deps: [a]}
                """.formatted(numbers(1_500), numbers(1_500)))))
                .isEqualTo("run.yaml:3:5: items[1]: more than 2000000 dependencies in all;"
                        + " let many items wait for one item in between");
    }

    private static String numbers(int count) {
        StringBuilder numbers = new StringBuilder("0");
        for (int i = 1; i < count; i++) {
            numbers.append(", ").append(i);
        }
        return numbers.toString();
    }

    @Test
    void dependenciesOfItemsWithOtherProblemsAreCheckedToo() {
        assertThat(Reads.problems(Reads.yaml("""
                items:
                  - {id: "not legal", command: x, deps: [gone1]}
                  - {id: b, deps: [gone2, c]}
                  - {id: c, command: x, deps: [b]}
                  - {command: x, deps: [gone3, c]}
                  - {id: c, command: x, deps: [gone4]}
                """)))
                .contains("\"gone1\"", "\"gone2\"", "\"gone3\"", "\"gone4\"")
                .contains("circular dependency: b -> c -> b")
                .doesNotContain("no item \"b\"", "no item \"c\"");
    }
}
