package dev.settle.slurm;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;

/** Damages the tables of tools at random: characters, columns and lines, and what is printed around them. */
final class Mutations {
    private static final String NOISE = "Maintenance | tonight | at 8";

    private final Random random;

    Mutations(long seed) {
        this.random = new Random(seed);
    }

    /**
     * A damaged table.
     *
     * @param touched the numbers of the lines of the original that are not in it as they were
     */
    record Damaged(String text, Set<Integer> touched) {}

    /** The table, often as it is. */
    String of(String table, String mark) {
        return random.nextInt(3) == 0 ? table : damaged(table, mark).text();
    }

    Damaged damaged(String table, String mark) {
        List<String> lines = new ArrayList<>(Arrays.asList(table.split("(?<=\n)")));
        Set<Integer> touched = new HashSet<>();
        for (int changes = 1 + random.nextInt(3); changes > 0; changes--) {
            int at = random.nextInt(lines.size());
            touched.add(at);
            lines.set(at, line(lines.get(at), mark));
        }
        StringBuilder text = new StringBuilder(random.nextInt(4) == 0 ? NOISE + "\n" : "");
        int cut = random.nextInt(6) == 0 ? random.nextInt(lines.size()) : lines.size();
        for (int i = 0; i < lines.size(); i++) {
            if (i < cut) {
                text.append(lines.get(i));
            } else {
                touched.add(i);
            }
        }
        if (cut < lines.size()) {
            String last = lines.get(cut);
            text.append(last, 0, random.nextInt(last.length() + 1));
        } else if (random.nextInt(4) == 0) {
            text.append(NOISE);
        }
        return new Damaged(text.toString(), touched);
    }

    private String line(String line, String mark) {
        if (line.length() < 2) {
            return line;
        }
        String row = line.substring(0, line.length() - 1);
        int at = random.nextInt(row.length());
        return switch (random.nextInt(9)) {
            case 0 ->
                row.substring(0, at) + (char) (row.charAt(at) ^ (1 << random.nextInt(7))) + row.substring(at + 1)
                        + "\n";
            case 1 -> row.substring(0, at) + "\n";
            case 2 -> row.substring(0, at) + row.substring(at + 1) + "\n";
            case 3 -> "";
            case 4 -> line + line;
            case 5 -> NOISE + "\n" + line;
            case 6 -> row.substring(0, at) + mark + row.substring(at) + "\n";
            case 7 -> without(row, mark) + "\n";
            default -> row.substring(0, at) + "\n" + row.substring(at) + "\n";
        };
    }

    /** The row without one of its columns. */
    private String without(String row, String mark) {
        List<String> cells = new ArrayList<>(Arrays.asList(row.split(java.util.regex.Pattern.quote(mark), -1)));
        cells.remove(random.nextInt(cells.size()));
        return String.join(mark, cells);
    }
}
