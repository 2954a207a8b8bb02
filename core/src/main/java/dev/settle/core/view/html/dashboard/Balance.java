package dev.settle.core.view.html.dashboard;

import java.util.Optional;
import java.util.OptionalDouble;

/**
 * What a step queue says of its credits.
 *
 * @param credits how many are left
 * @param link where to top up
 * @param trouble why it says nothing
 */
public record Balance(OptionalDouble credits, Optional<String> link, Optional<String> trouble) {}
