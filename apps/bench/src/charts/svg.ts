/** A small writer of SVG text, and the look that all charts share. */

/** A piece of SVG. */
export type Svg = string;

type Attributes = Readonly<Record<string, string | number | undefined>>;

export function element(name: string, attributes: Attributes, ...children: readonly Svg[]): Svg {
  const written = Object.entries(attributes)
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => ` ${key}="${typeof value === 'number' ? round(value) : escaped(String(value))}"`)
    .join('');
  return children.length === 0 ? `<${name}${written}/>` : `<${name}${written}>${children.join('')}</${name}>`;
}

/** Text that starts, is centred or ends at a point; its middle is at y. */
export function text(
  content: string,
  attributes: Attributes & { readonly x: number; readonly y: number },
): Svg {
  return element('text', { 'dominant-baseline': 'central', ...attributes }, escaped(content));
}

/** A whole picture on a card of its own colour, so that it can stand on any page, light or dark. */
export function picture(options: {
  readonly title: string;
  readonly subtitle: string;
  readonly width: number;
  readonly height: number;
  readonly content: readonly Svg[];
}): Svg {
  const { title, subtitle, width, height, content } = options;
  const size = { width, height, viewBox: `0 0 ${width} ${height}` };
  return `${element(
    'svg',
    { xmlns: 'http://www.w3.org/2000/svg', ...size, role: 'img', 'aria-label': title },
    element('title', {}, escaped(title)),
    element('style', {}, style),
    element('rect', { class: 'card', x: 0.5, y: 0.5, width: width - 1, height: height - 1, rx: 10 }),
    text(title, { x: 24, y: 30, class: 'title' }),
    text(subtitle, { x: 24, y: 52, class: 'quiet' }),
    ...content,
  )}\n`;
}

/** Where the content of a picture begins, below its title. */
export const CONTENT_TOP = 74;

/** Classes that colour what has them: our own lines and bars, those to compare with, and any number of others. */
export const OWN: readonly string[] = ['c0', 'c1'];
export const PLAIN = 'c2';
export function colour(index: number): string {
  return `c${3 + (index % (light.length - 3))}`;
}

const light = [
  '#2563eb',
  '#7c3aed',
  '#9aa3af',
  '#d97706',
  '#059669',
  '#dc2626',
  '#db2777',
  '#0891b2',
  '#65a30d',
];
const dark = [
  '#60a5fa',
  '#a78bfa',
  '#7d8590',
  '#fbbf24',
  '#34d399',
  '#f87171',
  '#f472b6',
  '#22d3ee',
  '#a3e635',
];

const colours = (list: readonly string[]): string =>
  list.map((hex, index) => `.c${index}{--c:${hex}}`).join('');

const style = [
  'text{font:12px system-ui,-apple-system,"Segoe UI",Roboto,sans-serif;fill:#1f2328;stroke:#fff;stroke-width:3px;paint-order:stroke}',
  '.title{font-size:16px;font-weight:600}.head{font-weight:600}.quiet{fill:#656d76;font-size:11.5px}.strong{font-weight:600}',
  '.card{fill:#fff;stroke:#d1d9e0}.rule{stroke:#e4e8ec}.mark{stroke:#656d76;stroke-dasharray:3 3}',
  '.bar{fill:var(--c)}.line{fill:none;stroke:var(--c);stroke-width:2;stroke-linejoin:round}.dot{fill:var(--c)}',
  colours(light),
  `@media(prefers-color-scheme:dark){text{fill:#e6edf3;stroke:#0d1117}.quiet{fill:#9198a1}.card{fill:#0d1117;stroke:#30363d}`,
  `.rule{stroke:#21262d}.mark{stroke:#9198a1}${colours(dark)}}`,
].join('');

function escaped(content: string): string {
  return content
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}
