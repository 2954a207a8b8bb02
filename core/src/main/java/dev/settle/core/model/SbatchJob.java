package dev.settle.core.model;

import java.util.Optional;
import java.util.OptionalInt;

/**
 * What the sbatch script that an item comes from says of its job.
 *
 * @param name the job's; {@code %x} in a file name
 * @param fileName of the script, without its folder; absent when it came from no file
 * @param index in the script's array
 */
public record SbatchJob(String name, Optional<String> fileName, OptionalInt index) {}
