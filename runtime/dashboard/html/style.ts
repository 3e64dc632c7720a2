/** The report page's style sheet. Line colours keep 3:1 against their background in both schemes. */
import {MOST_COLOURS} from './svg.js';

export const pageStyle = `
:root {
  color-scheme: light dark;
  --ground: #fcfcfb; --card: #ffffff; --ink: #1c1c1a; --soft: #63625d; --rule: #e4e3de;
  --colour-1: #2a6fc4; --colour-2: #c9562b; --colour-3: #2f7d4f; --colour-4: #8a4fb0; --colour-5: #8a6a12; --colour-6: #b23a6b; --mark: #8a8780;
}
@media (prefers-color-scheme: dark) {
  :root {
    --ground: #161615; --card: #1f1f1d; --ink: #f1f0ec; --soft: #a9a8a1; --rule: #363632;
    --colour-1: #5a9bea; --colour-2: #e8825a; --colour-3: #62b985; --colour-4: #bb8ae0; --colour-5: #cba544; --colour-6: #e37ba5; --mark: #8f8d86;
  }
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--ground); color: var(--ink); font: 15px/1.5 system-ui, sans-serif; }
main { max-width: 1180px; margin: 0 auto; padding: 32px 24px 48px; }
.kind { margin: 0; color: var(--soft); font-size: 13px; }
h1 { margin: 0; font-size: 28px; line-height: 1.25; overflow-wrap: anywhere; }
h2 { margin: 0; font-size: 15px; font-weight: 600; }
.note { font-size: 14px; font-weight: 400; color: var(--colour-2); }
.lead { margin: 6px 0 24px; font-size: 17px; }
.charts { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(340px, 100%), 1fr)); gap: 16px; }
figure, .card, .tables > div { margin: 0; padding: 16px; background: var(--card); border: 1px solid var(--rule); border-radius: 8px; }
figcaption { display: flex; flex-wrap: wrap; align-items: baseline; gap: 2px 14px; margin-bottom: 6px; }
figcaption h2 { flex: 1 0 100%; }
.key { display: inline-flex; align-items: center; gap: 6px; color: var(--soft); font-size: 13px; }
.swatch { width: 14px; height: 3px; border-radius: 2px; background: currentColor; }
svg { display: block; width: 100%; height: auto; }
${Array.from({length: MOST_COLOURS}, (_, index) => `.colour-${index + 1} { color: var(--colour-${index + 1}); }`).join(' ')}
.line { fill: none; stroke: currentColor; stroke-width: 2; stroke-linejoin: round; stroke-linecap: round; }
.faint { stroke-width: 1; opacity: .35; }
.dot { fill: currentColor; stroke: var(--card); stroke-width: 2; }
.grid { stroke: var(--rule); stroke-width: 1; }
.mark { stroke: var(--mark); stroke-width: 1; stroke-dasharray: 3 3; }
.tick, .label, .mark-label, .empty { fill: var(--soft); font: 11px system-ui, sans-serif; font-variant-numeric: tabular-nums; }
.card { margin-top: 16px; }
.faults { border-color: var(--colour-2); }
.faults p { margin: 6px 0 0; }
.card > p { margin: 10px 0 4px; color: var(--soft); font-size: 13px; }
.card.faults > p { color: var(--ink); }
pre { margin: 0; padding: 8px 10px; overflow-x: auto; background: var(--ground); border-radius: 4px; font: 13px/1.5 ui-monospace, monospace; }
article { padding: 12px 0; border-bottom: 1px solid var(--rule); }
article:last-child { padding-bottom: 0; border-bottom: 0; }
.sides { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(320px, 100%), 1fr)); gap: 10px 24px; margin-top: 8px; }
.label { margin: 0; color: var(--soft); font-size: 13px; }
.text { margin: 0; max-height: 20em; overflow: auto; white-space: pre-wrap; overflow-wrap: anywhere; unicode-bidi: plaintext; }
summary { cursor: pointer; font-weight: 600; }
dl { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(340px, 100%), 1fr)); gap: 10px 24px; margin: 10px 0 0; }
dt { color: var(--soft); font-size: 13px; }
dd { margin: 0; overflow-wrap: anywhere; }
.tables { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(420px, 100%), 1fr)); gap: 16px; margin-top: 16px; }
.tables > div { overflow-x: auto; }
table { width: 100%; margin-top: 10px; border-collapse: collapse; font-variant-numeric: tabular-nums; }
th, td { padding: 4px 8px; border-bottom: 1px solid var(--rule); text-align: right; font-weight: 400; white-space: nowrap; }
th { color: var(--soft); font-size: 13px; }
th:first-child, td:first-child { padding-left: 0; text-align: left; }
tr:last-child td { border-bottom: 0; }
`;
