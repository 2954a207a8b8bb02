package dev.settle.core.view.html;

/** The style sheet of the pages that settle writes: readable in light and dark, on paper and on a narrow screen. */
final class HtmlStyle {
    static final String SHEET = """
            :root { color-scheme: light dark; --fg: #1b1f24; --bg: #fff; --dim: #57606a; --line: #d0d7de;
              --good: #116329; --bad: #a40e26; --warn: #7d4e00; --live: #0550ae; --hover: #f0f3f6 }
            @media (prefers-color-scheme: dark) {
              :root { --fg: #e6edf3; --bg: #0d1117; --dim: #9ea7b3; --line: #30363d;
                --good: #56d364; --bad: #ff7b72; --warn: #e3b341; --live: #79c0ff; --hover: #161b22 } }
            body { font: 15px/1.5 system-ui, sans-serif; color: var(--fg); background: var(--bg);
              margin: 0 auto; padding: 1rem; max-width: 80rem }
            h1 { font-size: 1.5rem; margin: 0 0 .5rem; overflow-wrap: anywhere }
            h2 { font-size: 1.15rem }
            header p, header ul { margin: .25rem 0; overflow-wrap: anywhere }
            .good { color: var(--good) } .bad { color: var(--bad) }
            .warn { color: var(--warn) } .live { color: var(--live) }
            .next { font-weight: 600 }
            .about { display: flex; flex-wrap: wrap; gap: .5rem 2rem; margin: 1rem 0; padding: 1rem 0;
              border: solid var(--line); border-width: 1px 0 }
            .about dt { color: var(--dim); font-size: .85rem } .about dd { margin: 0; overflow-wrap: anywhere }
            table { border-collapse: collapse; width: 100%; margin: 1rem 0; font-variant-numeric: tabular-nums }
            .metrics { width: auto }
            caption { text-align: left; color: var(--dim) }
            th, td { text-align: left; vertical-align: top; padding: .25rem .75rem .25rem 0;
              border-bottom: 1px solid var(--line); font-weight: 400 }
            thead th { color: var(--dim); font-size: .85rem; position: sticky; top: 0; background: var(--bg) }
            tbody tr:hover { background: var(--hover) }
            tbody .n, thead .n { text-align: right; white-space: nowrap }
            tbody th, td:last-child { overflow-wrap: anywhere }
            .state { font-weight: 600 }
            .completed .state { color: var(--good) }
            .failed .state, .cancelled .state { color: var(--bad) }
            .settling .state, .dep_failed .state { color: var(--warn) }
            .running .state { color: var(--live) }
            .pending .state, .not_started .state { color: var(--dim) }
            details p { margin: .25rem 0 } summary { cursor: pointer }
            pre { white-space: pre-wrap; overflow-wrap: anywhere; margin: .25rem 0; padding: .5rem;
              border: 1px solid var(--line) }
            input[type=radio] { margin: 0 .25rem 0 0 } label { margin-right: 1rem; cursor: pointer }
            footer { color: var(--dim); font-size: .85rem }
            @media print { input[type=radio], label { display: none } thead th { position: static } }
            @media (max-width: 50rem) { .items { overflow-x: auto } }
            """;

    private HtmlStyle() {}
}
