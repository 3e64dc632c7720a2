/** What every page begins and ends with. Pure. */
import {pageStyle} from './style.js';

/** Each text is HTML already. */
export interface Frame {
  readonly title: string;
  /** What kind of page it is, such as `Anchorage grid`. */
  readonly kind: string;
  readonly heading: string;
  readonly lead: string;
  /** Further rules of the style sheet. */
  readonly style?: string;
  /** Tags of the head besides, a line each. */
  readonly head?: string;
  /** The parts of the page; empty ones are left out. */
  readonly parts: readonly string[];
}

/** Of a page that has no script and fetches nothing. */
export const SEALED = `<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">\n`;

export const framed = ({title, kind, heading, lead, style = '', head = '', parts}: Frame): string =>
  `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
${head}<title>${title}</title>
<style>${pageStyle}${style}</style>
</head>
<body>
<main>
<header>
<p class="kind">${kind}</p>
<h1>${heading}</h1>
<p class="lead">${lead}</p>
</header>
${parts.filter((part) => part !== '').join('\n')}
</main>
</body>
</html>
`;
