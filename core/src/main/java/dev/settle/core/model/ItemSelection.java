package dev.settle.core.model;

import dev.settle.core.text.Suggest;
import dev.settle.core.text.Wildcard;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * The items of a run that a user names: by id, by the id of a matrix (all its items), or by a pattern as in
 * {@link Wildcard}.
 *
 * @param ids in the order of the run, each once
 * @param unknown the words that name no item
 */
public record ItemSelection(List<ItemId> ids, List<String> unknown) {
    public ItemSelection {
        ids = List.copyOf(ids);
        unknown = List.copyOf(unknown);
    }

    /**
     * Looks words up.
     *
     * @param existing the items of the run, in their order
     */
    public static ItemSelection of(Collection<ItemId> existing, Collection<String> words) {
        IdIndex index = new IdIndex();
        existing.forEach(index::addExisting);
        Set<ItemId> chosen = new LinkedHashSet<>();
        List<String> unknown = new ArrayList<>();
        for (String word : words) {
            List<ItemId> exact = index.exactly(word);
            List<ItemId> found = exact.isEmpty() && Wildcard.isOne(word) ? index.matching(word) : exact;
            if (found.isEmpty()) {
                unknown.add(word);
            }
            chosen.addAll(found);
        }
        return new ItemSelection(
                existing.stream().filter(chosen::contains).distinct().toList(), unknown);
    }

    /** What a word was probably meant to be: {@code did you mean "train"?}; empty when nothing is near. */
    public static String hint(Collection<ItemId> existing, String word) {
        IdIndex index = new IdIndex();
        existing.forEach(index::addExisting);
        return Suggest.didYouMean(word, index.sample());
    }
}
