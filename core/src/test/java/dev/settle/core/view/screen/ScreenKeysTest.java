package dev.settle.core.view.screen;

import static org.assertj.core.api.Assertions.assertThat;

import dev.settle.core.model.ItemId;
import dev.settle.core.view.Line;
import dev.settle.core.view.screen.Key.Kind;
import dev.settle.core.view.screen.ScreenState.Mode;
import dev.settle.core.view.screen.ScreenState.Stream;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class ScreenKeysTest {
    private static final List<ItemId> LISTED =
            IntStream.range(0, 50).mapToObj(i -> new ItemId("case-" + i)).toList();

    private static final ScreenKeys.Scene SCENE =
            new ScreenKeys.Scene(LISTED, Set.of(Section.RUNNING, Section.FAILED), 11, Page.NONE);

    private ScreenKeys.Scene scene = SCENE;
    private ScreenState state = ScreenState.START;
    private Optional<ScreenAction> action = Optional.empty();

    private ScreenKeysTest press(Key key) {
        ScreenKeys.Step step = ScreenKeys.press(state, key, scene);
        state = step.state();
        action = step.action();
        return this;
    }

    private ScreenKeysTest press(Kind kind) {
        return press(Key.of(kind));
    }

    private ScreenKeysTest type(String text) {
        text.codePoints().forEach(character -> press(Key.of(character)));
        return this;
    }

    private Optional<String> selected() {
        return state.selected().map(ItemId::value);
    }

    /** A page of so many lines. */
    private void pageOf(int lines) {
        scene = new ScreenKeys.Scene(
                List.of(),
                Set.of(),
                11,
                new Page(Line.EMPTY, Collections.nCopies(lines, Line.EMPTY), Optional.of(Stream.STDOUT)));
    }

    @Test
    void arrowsAndPageKeysMoveTheSelectionWithinTheList() {
        assertThat(press(Kind.DOWN).selected()).contains("case-0");
        assertThat(press(Kind.DOWN).type("j").selected()).contains("case-2");
        assertThat(press(Kind.UP).type("kkkk").selected()).contains("case-0");
        assertThat(press(Kind.PAGE_DOWN).selected()).contains("case-10");
        assertThat(type(" ").selected()).contains("case-20");
        assertThat(press(Kind.PAGE_UP).selected()).contains("case-10");
        assertThat(press(Kind.END).press(Kind.DOWN).selected()).contains("case-49");
        assertThat(press(Kind.HOME).selected()).contains("case-0");
        assertThat(press(Kind.ESCAPE).state).isEqualTo(ScreenState.START);
    }

    @Test
    void endGoesToTheLastItemAlsoWhenNoneIsSelected() {
        assertThat(press(Kind.END).selected()).contains("case-49");
    }

    @Test
    void selectionThatIsGoneFromTheListBeginsAnew() {
        state = state.withSelected(Optional.of(new ItemId("elsewhere")));
        assertThat(press(Kind.DOWN).selected()).contains("case-0");
    }

    @Test
    void keysDoNothingWhereNoItemIsListed() {
        scene = new ScreenKeys.Scene(List.of(), Set.of(), 11, Page.NONE);
        assertThat(press(Kind.DOWN).press(Kind.PAGE_UP).press(Kind.ENTER).type("lef").state)
                .isEqualTo(ScreenState.START);
    }

    @Test
    void filterGoesThroughTheStatesThatThereAreAndBackToAll() {
        assertThat(type("f").state.filter()).contains(Section.RUNNING);
        assertThat(type("f").state.filter()).contains(Section.FAILED);
        assertThat(type("f").state.filter()).isEmpty();
    }

    @Test
    void searchTakesEveryCharacterUntilEnter() {
        type("/cq").press(Key.of(0x6F22));
        assertThat(state.mode()).isEqualTo(Mode.SEARCH);
        assertThat(state.search()).isEqualTo("cq\u6F22");
        assertThat(action).isEmpty();
        assertThat(press(Kind.BACKSPACE).press(Kind.BACKSPACE).state.search()).isEqualTo("c");
        assertThat(press(Kind.ENTER).state.mode()).isEqualTo(Mode.ITEMS);
        assertThat(state.search()).isEqualTo("c");
        assertThat(type("/").press(Kind.ESCAPE).state).isEqualTo(ScreenState.START);
    }

    @Test
    void arrowEndsTheSearchAndSelectsWhatWasFound() {
        assertThat(type("/case").press(Kind.DOWN).selected()).contains("case-0");
        assertThat(state.mode()).isEqualTo(Mode.ITEMS);
        assertThat(state.search()).isEqualTo("case");
    }

    @Test
    void longSearchIsBounded() {
        assertThat(type("/" + "x".repeat(500)).state.search()).hasSize(ScreenState.SEARCH_MAX);
    }

    @Test
    void logAndExplanationAreOfTheSelectedItemOrTheFirst() {
        assertThat(press(Kind.ENTER).state.mode()).isEqualTo(Mode.LOG);
        assertThat(selected()).contains("case-0");
        press(Kind.ESCAPE).press(Kind.DOWN).type("e");
        assertThat(state.mode()).isEqualTo(Mode.EXPLAIN);
        assertThat(selected()).contains("case-1");
        assertThat(type("q").state.mode()).isEqualTo(Mode.ITEMS);
        assertThat(type("l").state.mode()).isEqualTo(Mode.LOG);
        assertThat(selected()).contains("case-1");
    }

    @Test
    void logIsFollowedUntilItIsScrolledBack() {
        press(Kind.ENTER);
        pageOf(100);
        assertThat(state.scroll()).isZero();
        assertThat(press(Kind.UP).type("k").state.scroll()).isEqualTo(2);
        assertThat(press(Kind.PAGE_UP).state.scroll()).isEqualTo(12);
        assertThat(press(Kind.HOME).press(Kind.UP).state.scroll()).isEqualTo(89);
        assertThat(type("G").state.scroll()).isZero();
        assertThat(press(Kind.DOWN).state.scroll()).isZero();
    }

    @Test
    void otherPagesAreScrolledFromTheirTop() {
        type("?");
        pageOf(20);
        assertThat(press(Kind.UP).state.scroll()).isZero();
        assertThat(press(Kind.DOWN).state.scroll()).isEqualTo(1);
        assertThat(press(Kind.END).press(Kind.PAGE_DOWN).state.scroll()).isEqualTo(9);
        assertThat(type("?").state).isEqualTo(ScreenState.START);
    }

    @Test
    void logChangesItsStream() {
        press(Kind.ENTER);
        pageOf(3);
        assertThat(type("s").state.stream()).contains(Stream.STDERR);
        assertThat(type("e").press(Kind.TAB).state.stream()).isEmpty();
    }

    @Test
    void cancelIsAskedOnceMore() {
        assertThat(type("c").action).isEmpty();
        assertThat(state.mode()).isEqualTo(Mode.CANCEL);
        assertThat(type("n").action).isEmpty();
        assertThat(state.mode()).isEqualTo(Mode.ITEMS);
        assertThat(type("c").press(Kind.ENTER).action).isEmpty();
        assertThat(state.mode()).isEqualTo(Mode.ITEMS);
        assertThat(type("cr").action).isEmpty();
        assertThat(type("cy").action).contains(new ScreenAction.Cancel(Optional.empty()));
        assertThat(state.mode()).isEqualTo(Mode.ITEMS);
    }

    @Test
    void cancelIsOfTheSelectedItemUnlessTheRunIsMeant() {
        press(Kind.DOWN);
        assertThat(type("cy").action).contains(new ScreenAction.Cancel(Optional.of(new ItemId("case-0"))));
        assertThat(type("cr").action).contains(new ScreenAction.Cancel(Optional.empty()));
    }

    @Test
    void leavingIsAskedOfTheProgram() {
        assertThat(type("q").action).contains(new ScreenAction.Quit());
        assertThat(type("d").action).contains(new ScreenAction.Detach());
        assertThat(press(Kind.ENTER).type("d").action).contains(new ScreenAction.Detach());
        assertThat(press(Kind.REDRAW).action).contains(new ScreenAction.Redraw());
    }

    @Test
    void unknownKeysDoNothing() {
        assertThat(type("xyzZ!1").press(Kind.TAB).state).isEqualTo(ScreenState.START);
        assertThat(action).isEmpty();
    }
}
