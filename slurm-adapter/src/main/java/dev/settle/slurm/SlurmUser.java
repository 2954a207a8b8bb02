package dev.settle.slurm;

/**
 * Who asks.
 *
 * @param name as Slurm's tables have it
 * @param uid the same as a number, as accounting writes it
 */
public record SlurmUser(String name, String uid) {}
