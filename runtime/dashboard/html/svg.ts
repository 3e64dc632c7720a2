/** Line charts as SVG text. Pure; colours come from the page's style sheet, so that they follow its scheme. */

export interface Point {
  readonly x: number;
  readonly y: number;
}

export interface Series {
  readonly name: string;
  /** By x. */
  readonly points: readonly Point[];
  /** Which of the page's line colours, from 1 to `MOST_COLOURS`. */
  readonly colour: number;
  /** Points are few, and each is a measurement of its own: drawn as dots with their values as tooltips. */
  readonly dots?: boolean;
}

export interface Chart {
  readonly title: string;
  /** One sentence for those who cannot see the lines. */
  readonly description: string;
  readonly xLabel: string;
  readonly series: readonly Series[];
  /** Values that the vertical axis must reach, such as 0 and 1 for a share. */
  readonly include?: readonly number[];
  /** Vertical lines with a word beside them. */
  readonly marks?: readonly {readonly x: number; readonly label: string}[];
}

/** Line colours of the page's style sheet. */
export const MOST_COLOURS = 6;

/** About the width of a card, so that text is read at the size it is set in. */
const WIDTH = 360;
const HEIGHT = 220;
/** Left of the plot, at least; longer numbers beside it take more. */
const LEFT = 44;
/** A digit's width at the size of the ticks, rounded up, and the gap between a number and the plot. */
const DIGIT = 7;
const GAP = 8;
const RIGHT = 12;
/** Room for the words beside marks. */
const TOP = 20;
const BOTTOM = 36;

/**
 * Draws a chart, `WIDTH` by `HEIGHT` in its own units and as wide as its container.
 *
 * Lines of more than `SMOOTH_FROM` points are drawn faintly as measured, with a centred running mean over them.
 *
 * @param id unique on the page; letters, digits and dashes.
 */
export function lineChart(id: string, chart: Chart): string {
  const points = chart.series.flatMap((series) => series.points);
  const head =
    `<svg viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-labelledby="${id}-title ${id}-description">` +
    `<title id="${id}-title">${escapeXml(chart.title)}</title>` +
    `<desc id="${id}-description">${escapeXml(chart.description)}</desc>`;
  if (points.length === 0) {
    return `${head}<text class="empty" x="${WIDTH / 2}" y="${HEIGHT / 2}" text-anchor="middle">nothing measured</text></svg>`;
  }
  const xTicks = ticks(Math.min(...extent(points, 'x'), 0), extent(points, 'x')[1], 5);
  const yExtent = extent(points, 'y');
  const yTicks = ticks(
    Math.min(yExtent[0], ...(chart.include ?? [])),
    Math.max(yExtent[1], ...(chart.include ?? [])),
    5,
  );
  const longest = Math.max(...yTicks.map((tick) => formatTick(tick, yTicks).length));
  const left = Math.max(LEFT, GAP + DIGIT * longest);
  const x = scale(xTicks, left, WIDTH - RIGHT);
  const y = scale(yTicks, HEIGHT - BOTTOM, TOP);
  const parts = [
    ...yTicks.map((tick) => gridLine(tick, left, y(tick), yTicks)),
    ...xTicks.map((tick) => xTick(tick, x(tick), xTicks)),
    `<text class="label" x="${WIDTH - RIGHT}" y="${HEIGHT - 4}" text-anchor="end">${escapeXml(chart.xLabel)}</text>`,
    ...(chart.marks ?? []).map((mark) => markLine(mark.label, x(mark.x))),
    ...chart.series.map((series) => seriesLines(series, x, y)),
  ];
  return `${head}${parts.join('')}</svg>`;
}

const SMOOTH_FROM = 60;

function seriesLines({name, points, colour, dots = false}: Series, x: Scale, y: Scale): string {
  const path = (line: readonly Point[]) =>
    line
      .map((point, index) => `${index === 0 ? 'M' : 'L'}${round(x(point.x))} ${round(y(point.y))}`)
      .join('');
  const smooth = !dots && points.length > SMOOTH_FROM;
  const measured = `<path class="line colour-${colour}${smooth ? ' faint' : ''}" d="${path(points)}"/>`;
  const mean = smooth ? `<path class="line colour-${colour}" d="${path(runningMean(points))}"/>` : '';
  const circles = dots
    ? points.map(
        (point) =>
          `<circle class="dot colour-${colour}" cx="${round(x(point.x))}" cy="${round(y(point.y))}" r="3.5">` +
          `<title>${escapeXml(name)} ${formatNumber(point.y)} at ${formatNumber(point.x)}</title></circle>`,
      )
    : [];
  return measured + mean + circles.join('');
}

function gridLine(tick: number, left: number, at: number, all: readonly number[]): string {
  return (
    `<line class="grid" x1="${left}" x2="${WIDTH - RIGHT}" y1="${round(at)}" y2="${round(at)}"/>` +
    `<text class="tick" x="${left - GAP}" y="${round(at + 4)}" text-anchor="end">${formatTick(tick, all)}</text>`
  );
}

function xTick(tick: number, at: number, all: readonly number[]): string {
  return `<text class="tick" x="${round(at)}" y="${HEIGHT - BOTTOM + 16}" text-anchor="middle">${formatTick(tick, all)}</text>`;
}

function markLine(label: string, at: number): string {
  const anchor = at > WIDTH / 2 ? 'end' : 'start';
  return (
    `<line class="mark" x1="${round(at)}" x2="${round(at)}" y1="${TOP}" y2="${HEIGHT - BOTTOM}"/>` +
    `<text class="mark-label" x="${round(at)}" y="${TOP - 7}" text-anchor="${anchor}">${escapeXml(label)}</text>`
  );
}

type Scale = (value: number) => number;

function scale(domain: readonly number[], from: number, to: number): Scale {
  const low = domain[0] ?? 0;
  const high = domain.at(-1) ?? 1;
  return (value) => from + ((value - low) / (high - low)) * (to - from);
}

function extent(points: readonly Point[], axis: 'x' | 'y'): [number, number] {
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (const point of points) {
    low = Math.min(low, point[axis]);
    high = Math.max(high, point[axis]);
  }
  return [low, high];
}

/** Round numbers that cover `low` to `high`: 1, 2 or 5 times a power of ten apart, at least two and about `count` of them. */
export function ticks(low: number, high: number, count: number): number[] {
  const span = high > low ? high - low : Math.max(Math.abs(high), 1);
  const rough = span / count;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = power * ([1, 2, 5].find((factor) => factor * power >= rough * (1 - 1e-9)) ?? 10);
  const first = Math.floor(low / step + 1e-9);
  const last = Math.max(Math.ceil(high / step - 1e-9), first + 1);
  // Multiplied, not added up: sums of .1 drift.
  return Array.from({length: last - first + 1}, (_, index) =>
    Number(((first + index) * step).toPrecision(12)),
  );
}

/** As many points at most, each the mean of those that lie together; fewer stay as they are. */
export function thinned(points: readonly Point[], most: number): readonly Point[] {
  if (points.length <= most) return points;
  return Array.from({length: most}, (_, index) => {
    const from = Math.floor((index * points.length) / most);
    const near = points.slice(from, Math.floor(((index + 1) * points.length) / most));
    const mean = (axis: 'x' | 'y'): number => near.reduce((sum, point) => sum + point[axis], 0) / near.length;
    return {x: mean('x'), y: mean('y')};
  });
}

/** Each point's mean with its neighbours, a twentieth of the line in all; at the ends, with those there are. */
export function runningMean(points: readonly Point[]): Point[] {
  const reach = Math.max(1, Math.round(points.length / 40));
  return points.map(({x}, index) => {
    const near = points.slice(Math.max(0, index - reach), index + reach + 1);
    return {x, y: near.reduce((sum, point) => sum + point.y, 0) / near.length};
  });
}

/** At most four significant digits, and no exponent where one can be read without. */
export const formatNumber = (value: number): string => String(Number(value.toPrecision(4)));

/** More do not fit beside the axis. */
const MOST_DECIMALS = 4;

/** As many decimals for each as the finest tick needs. */
function formatTick(value: number, all: readonly number[]): string {
  const decimals = Math.max(...all.map((tick) => decimalsOf(tick)));
  if (decimals <= MOST_DECIMALS) return value.toFixed(decimals);
  return value === 0 ? '0' : value.toExponential(0);
}

/** A small number is written with an exponent: 1e-7 has seven. */
const decimalsOf = (value: number): number => {
  const [digits = '', exponent = '0'] = String(value).split('e');
  return Math.max(0, (digits.split('.')[1] ?? '').length - Number(exponent));
};

/** Two decimals are finer than a pixel. */
const round = (value: number): string => String(Math.round(value * 100) / 100);

export const escapeXml = (text: string): string =>
  text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
