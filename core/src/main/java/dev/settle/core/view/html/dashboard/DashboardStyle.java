package dev.settle.core.view.html.dashboard;

/** The style sheet of the dashboard: readable in light and dark and on a narrow screen. */
final class DashboardStyle {
    static final String SHEET =
            """
            :root { color-scheme: light dark; --fg: #1b1f24; --bg: #fff; --dim: #57606a; --line: #d0d7de;
              --good: #116329; --bad: #a40e26; --warn: #7d4e00; --live: #0550ae; --hover: #f3f5f8; --card: #f6f8fa;
              --good-bg: #e9f7ec; --bad-bg: #ffefee; --warn-bg: #fff6dd; --live-bg: #eaf3ff; --on: #fff }
            @media (prefers-color-scheme: dark) {
              :root { --fg: #e6edf3; --bg: #0d1117; --dim: #9ea7b3; --line: #30363d; --good: #56d364; --bad: #ff7b72;
                --warn: #e3b341; --live: #79c0ff; --hover: #161b22; --card: #151b23;
                --good-bg: #12261a; --bad-bg: #2d1618; --warn-bg: #2b2111; --live-bg: #10233d; --on: #0d1117 } }
            * { box-sizing: border-box }
            [hidden] { display: none !important }
            body { font: 15px/1.5 system-ui, sans-serif; color: var(--fg); background: var(--bg);
              margin: 0 auto; padding: 1rem 1.25rem 3rem; max-width: 84rem }
            a { color: var(--live) }
            h1 { font-size: 1.5rem; line-height: 1.25; margin: .25rem 0; overflow-wrap: anywhere }
            h2 { font-size: 1.1rem; margin: 2rem 0 .5rem }
            code, .id { font-family: ui-monospace, monospace; font-size: .92em }
            .id { white-space: nowrap } code { overflow-wrap: anywhere }
            .top { display: flex; justify-content: space-between; gap: 1rem; flex-wrap: wrap; color: var(--dim) }
            .dim { color: var(--dim) }
            .banner { border-left: .35rem solid var(--live); background: var(--live-bg); border-radius: .3rem;
              padding: .75rem 1rem; margin: .75rem 0; overflow-wrap: anywhere }
            .banner p, .banner ul { margin: .25rem 0 }
            .banner.good { border-color: var(--good); background: var(--good-bg) }
            .banner.bad { border-color: var(--bad); background: var(--bad-bg) }
            .banner.warn { border-color: var(--warn); background: var(--warn-bg) }
            .banner .headline { font-size: 1.15rem; font-weight: 650 }
            .good .headline { color: var(--good) } .bad .headline { color: var(--bad) }
            .warn .headline { color: var(--warn) } .live .headline { color: var(--live) }
            .banner.credits { border: 2px solid var(--warn); border-left-width: .6rem }
            .button, button { font: inherit; border: 1px solid var(--line); background: var(--card); color: var(--fg);
              border-radius: .35rem; padding: .3rem .8rem; cursor: pointer; text-decoration: none; display: inline-block }
            button:hover, .button:hover { border-color: var(--dim) }
            .button.top-up { background: var(--warn); border-color: var(--warn); color: var(--on); font-weight: 650 }
            button.danger { color: var(--bad); border-color: var(--bad) }
            button:disabled { opacity: .6; cursor: default }
            :focus-visible { outline: 2px solid var(--live); outline-offset: 2px }
            .actions { display: flex; flex-wrap: wrap; gap: .5rem; margin: .75rem 0 }
            .about { display: flex; flex-wrap: wrap; gap: .5rem 2rem; margin: 1rem 0; padding: .75rem 0;
              border: solid var(--line); border-width: 1px 0 }
            .about div { min-width: 0 }
            .about dt { color: var(--dim); font-size: .85rem } .about dd { margin: 0; overflow-wrap: anywhere }
            .bar { display: block; width: 100%; height: .7rem; border-radius: .35rem; background: var(--line); margin: .5rem 0 }
            .bar .completed { fill: var(--good) } .bar .failed, .bar .cancelled { fill: var(--bad) }
            .bar .settling, .bar .dep_failed { fill: var(--warn) } .bar .running { fill: var(--live) }
            .bar .queued, .bar .submitted { fill: var(--dim) } .bar .pending, .bar .not_started { fill: none }
            td .bar { width: 7rem; height: .4rem; margin: .2rem 0 0 }
            .chips { display: flex; flex-wrap: wrap; gap: .4rem; margin: .5rem 0; padding: 0; list-style: none }
            .chip { border: 1px solid var(--line); border-radius: 1rem; padding: .1rem .7rem; color: var(--fg);
              text-decoration: none; white-space: nowrap; display: inline-block }
            .chip[aria-current] { border-color: var(--live); background: var(--live-bg); font-weight: 600 }
            .filter { display: flex; flex-wrap: wrap; gap: .5rem; align-items: center; margin: .5rem 0 }
            ::placeholder { color: var(--dim); opacity: 1 }
            .filter input { font: inherit; color: var(--fg); background: var(--bg); border: 1px solid var(--dim);
              border-radius: .35rem; padding: .3rem .6rem; min-width: 0; flex: 1 1 12rem; max-width: 24rem }
            table { border-collapse: collapse; width: 100%; margin: .5rem 0; font-variant-numeric: tabular-nums }
            th, td { text-align: left; vertical-align: top; padding: .4rem .6rem;
              border-bottom: 1px solid var(--line); font-weight: 400 }
            thead th { color: var(--dim); font-size: .85rem; position: sticky; top: 0; background: var(--bg); white-space: nowrap }
            th:first-child, td:first-child { padding-left: 0 }
            tbody tr:hover { background: var(--hover) }
            .n { text-align: right; white-space: nowrap }
            tbody th, td.what { overflow-wrap: anywhere; min-width: 9rem } time, .ticks { white-space: nowrap }
            .state { font-weight: 600; white-space: nowrap }
            .s-completed { color: var(--good) } .s-failed, .s-cancelled, .s-damaged, .s-unreadable { color: var(--bad) }
            .s-settling, .s-dep_failed, .s-stalled, .s-interrupted { color: var(--warn) } .s-running { color: var(--live) }
            .s-pending, .s-not_started, .s-queued, .s-submitted { color: var(--dim) }
            summary { cursor: pointer } details p { margin: .25rem 0 } details ul { margin: .25rem 0; padding-left: 1.2rem }
            pre { white-space: pre-wrap; overflow-wrap: anywhere; margin: .25rem 0; padding: .6rem .75rem; font-size: .85rem;
              border: 1px solid var(--line); border-radius: .3rem; background: var(--card); tab-size: 4 }
            pre.log { max-height: 60vh; overflow-y: auto }
            pre.log.empty::before { content: "Nothing was written yet."; color: var(--dim) }
            dialog { color: var(--fg); background: var(--bg); border: 1px solid var(--line); border-radius: .5rem;
              max-width: min(32rem, 92vw); padding: 1.25rem } dialog::backdrop { background: #0008 }
            dialog h2 { margin: 0 0 .5rem } dialog .actions { justify-content: flex-end; margin: 1rem 0 0 }
            footer { color: var(--dim); font-size: .85rem; margin-top: 2rem }
            .pages { display: flex; gap: .75rem; flex-wrap: wrap; margin: .5rem 0; color: var(--dim) }
            .door { max-width: 34rem; margin: 15vh auto }
            @media (max-width: 50rem) {
              body { padding: .75rem .75rem 2rem }
              thead { position: absolute; left: -99rem } table, tbody { display: block }
              tbody tr { display: flex; flex-wrap: wrap; gap: .1rem .9rem; align-items: baseline; padding: .5rem 0;
                border-bottom: 1px solid var(--line) }
              tbody th, td { display: block; border: 0; padding: 0; text-align: left; max-width: 100% }
              tbody th { flex-basis: 100%; font-weight: 600 } td:empty { display: none }
              td.what { flex-basis: 100% } td[data-label]::before { content: attr(data-label) " "; color: var(--dim);
                font-size: .85rem } td .bar { display: none } }
            @media print { .actions, .filter, dialog { display: none } }
            """;

    private DashboardStyle() {}
}
