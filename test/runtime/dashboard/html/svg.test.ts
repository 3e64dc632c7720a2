import test from 'ava';
import {
  escapeXml,
  formatNumber,
  lineChart,
  runningMean,
  ticks,
} from '../../../../runtime/dashboard/html/svg.js';

test('Ticks are 1, 2 or 5 times a power of ten apart and cover the values', (t) => {
  t.deepEqual(ticks(0, 1, 5), [0, 0.2, 0.4, 0.6, 0.8, 1]);
  t.deepEqual(ticks(-3.7, 1.9, 5), [-4, -2, 0, 2]);
  t.deepEqual(ticks(0, 150, 5), [0, 50, 100, 150]);
  t.deepEqual(ticks(0.000_3, 0.000_31, 2), [0.0003, 0.000305, 0.00031]);
});

test('A constant has ticks around it, so that its line can be drawn', (t) => {
  for (const value of [0, -0.5, 7, 1e9]) {
    const found = ticks(value, value, 5);
    t.true(found.length >= 2);
    t.true((found[0] ?? Number.NaN) <= value && value <= (found.at(-1) ?? Number.NaN));
  }
});

test('The running mean is each point with its neighbours, fewer at the ends', (t) => {
  const points = [3, 6, 9, 0].map((y, x) => ({x, y}));
  t.deepEqual(runningMean(points), [
    {x: 0, y: 4.5},
    {x: 1, y: 6},
    {x: 2, y: 5},
    {x: 3, y: 4.5},
  ]);
});

test('A line goes through its points at the scale of the ticks', (t) => {
  const points = [
    {x: 0, y: 0},
    {x: 100, y: 1},
  ];
  const svg = lineChart('score', {
    title: 'Score',
    description: 'Two scores.',
    xLabel: 'step',
    series: [{name: 'score', points, colour: 1, dots: true}],
  });
  // The plot is 44 to 348 wide and 184 to 20 high.
  t.true(svg.includes('d="M44 184L348 20"'));
  t.true(svg.includes('<title>score 1 at 100</title>'));
});

test('Long numbers have room beside the plot', (t) => {
  const points = [
    {x: 0, y: -0.0025},
    {x: 100, y: 0},
  ];
  const chart = {
    title: 'KL',
    description: '',
    xLabel: 'step',
    series: [{name: 'kl', points, colour: 1}],
  } as const;
  const svg = lineChart('kl', chart);
  // Seven characters of seven units each end eight units left of the plot.
  t.true(svg.includes('x="49" y="188" text-anchor="end">-0.0025</text>'), svg);
  t.true(svg.includes('d="M57 184L348 20"'));
});

test('A chart names itself to those who cannot see it', (t) => {
  const svg = lineChart('c-0', {title: 'Loss', description: 'Falls.', xLabel: 'step', series: []});
  t.true(svg.includes('role="img" aria-labelledby="c-0-title c-0-description"'));
  t.true(svg.includes('<title id="c-0-title">Loss</title><desc id="c-0-description">Falls.</desc>'));
  t.true(svg.includes('nothing measured'));
});

test('Names cannot break out of the markup', (t) => {
  t.is(escapeXml(`<a href="x">&'`), '&#60;a href=&#34;x&#34;&#62;&#38;&#39;');
  const svg = lineChart('c', {title: '</svg><script>', description: '', xLabel: '', series: []});
  t.false(svg.includes('<script>'));
});

test('Numbers have four digits and no needless zeros', (t) => {
  t.deepEqual([0.943_333, 150, -12.345_6, 0].map(formatNumber), ['0.9433', '150', '-12.35', '0']);
});

test('Ticks of small numbers fit beside the axis', (t) => {
  const ticksOf = (highest: number): string[] => {
    const points = [1, 2, 3].map((x) => ({x, y: (x * highest) / 3}));
    const series = [{name: 'rate', points, colour: 1}] as const;
    const drawn = lineChart('c', {title: 'Rate', description: '', xLabel: 'step', series, include: [0]});
    return [...drawn.matchAll(/text-anchor="end">([^<]*)</g)].map(([, text]) => text ?? '');
  };
  t.deepEqual(ticksOf(3e-7).slice(0, 3), ['0', '1e-7', '2e-7']);
  t.deepEqual(ticksOf(3e-5).slice(0, 3), ['0', '1e-5', '2e-5']);
  t.deepEqual(ticksOf(0.003).slice(0, 3), ['0.000', '0.001', '0.002']);
});
