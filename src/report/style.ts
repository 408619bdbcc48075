/** The report's whole look; light or dark as the reader's system is. */
export const style = `
:root { color-scheme: light dark; --ink: #1f2430; --paper: #ffffff; --line: #d9dde3; --soft: #5c6470; --card: #f6f8fa; }
@media (prefers-color-scheme: dark) { :root { --ink: #e7e9ee; --paper: #14171c; --line: #343a44; --soft: #a2a9b5; --card: #1c2027; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--paper); color: var(--ink); font: 16px/1.55 system-ui, "Noto Sans CJK SC", sans-serif; }
main { max-width: 1080px; margin: 0 auto; padding: 1.5rem 1rem 4rem; }
h1 { margin: 0; font-size: 1.7rem; } h2 { margin: 2.4rem 0 .6rem; font-size: 1.2rem; } h3 { margin: 1rem 0 .3rem; font-size: 1rem; }
.meta, figcaption, section > p { color: var(--soft); } figcaption { font-size: .9rem; }
ul { padding: 1rem 1rem 1rem 2rem; margin: 0; background: var(--card); border: 1px solid var(--line); border-radius: 8px; } li { margin: .35rem 0; }
figure { margin: 0 0 1rem; padding: .8rem; border: 1px solid var(--line); border-radius: 8px; background: #ffffff; } figure figcaption { color: #5c6470; }
figure svg { width: 100%; height: auto; }
.scroll { overflow-x: auto; margin: .8rem 0; } table { border-collapse: collapse; width: 100%; font-size: .88rem; font-variant-numeric: tabular-nums; }
th, td { padding: .35rem .6rem; border-bottom: 1px solid var(--line); text-align: right; white-space: nowrap; } th:first-child, td:first-child { text-align: left; white-space: normal; } small { display: block; color: var(--soft); white-space: nowrap; }
@media print { figure, ul { break-inside: avoid; } }
`;
