/** A page of pairs: differences marked, what is shown chosen without a script, and what models said is text. */
import test from 'ava';
import {type PageItem, pairsPage} from '../../../../runtime/dashboard/html/pairs-page.js';

const pair = (rejected: string, chosen: string, more: Partial<PageItem> = {}): PageItem => ({
  outcome: 'pair',
  recipe: 'revision',
  note: 'line 1',
  prompt: 'p',
  texts: [
    {label: 'rejected', text: rejected},
    {label: 'chosen', text: chosen},
  ],
  ...more,
});
const pageOf = (...items: PageItem[]): string =>
  pairsPage({title: 'first', lead: 'some', facts: [['Anchor', 'apo_zero']], items});

test('What changed is marked on both sides, and the rest is as it was', (t) => {
  const page = pageOf(pair('It is 75,\n  of course.', 'It is 105,\n  of course!'));
  t.true(page.includes('<p class="text">It is<del> 75</del>,\n  of course<del>.</del></p>'));
  t.true(page.includes('<p class="text">It is<ins> 105</ins>,\n  of course<ins>!</ins></p>'));
});

test('Each outcome, recipe and length has a box that hides its articles, where there is a choice', (t) => {
  const page = pageOf(pair('a', 'b'), pair('a', 'x'.repeat(500), {recipe: 'judgment'}), {
    outcome: 'format',
    recipe: undefined,
    note: 'by the reviser, no marker',
    prompt: 'q',
    texts: [],
  });
  const boxes = [...page.matchAll(/<input type="checkbox" id="([\w-]+)" checked> ([^<]+)<\/label>/g)];
  t.deepEqual(
    boxes.map(([, id, words]) => [id, words]),
    [
      ['outcome-0', 'pair (2)'],
      ['outcome-1', 'format (1)'],
      ['recipe-0', 'revision (1)'],
      ['recipe-1', 'judgment (1)'],
      ['length-0', 'up to 200 characters (2)'],
      ['length-1', '201 to 1,000 (1)'],
    ],
  );
  for (const [, id] of boxes)
    t.true(page.includes(`main:has(#${id}:not(:checked)) .${id} { display: none; }`));
  t.deepEqual(
    [...page.matchAll(/<article class="([^"]*)"/g)].map(([, classes]) => classes),
    ['outcome-0 recipe-0 length-0', 'outcome-0 recipe-1 length-1', 'outcome-1 length-0'],
  );
  t.false(pageOf(pair('a', 'b')).includes('type="checkbox"'));
});

test('Markup, control characters and words of a run are text, and nothing is asked of the network', (t) => {
  const evil = '</p><script>alert(1)</script>\u001b[2J\u202e';
  const page = pageOf(
    pair(evil, `${evil}!`, {outcome: evil, recipe: evil, note: evil, prompt: evil}),
    pair('a', 'b'),
  );
  t.notRegex(page, /<script|https?:|<link|@import|url\(/);
  t.false(page.includes('\u001b') || page.includes('\u202e'));
  t.true(page.includes('&#60;script&#62;'));
  t.regex(page, /Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'"/);
});

test('A single text, or two that a long one is cut from, are shown', (t) => {
  const page = pageOf(
    {outcome: 'format', recipe: undefined, note: '', prompt: 'q', texts: [{label: 'answer', text: 'only'}]},
    pair('x'.repeat(9000), 'y'),
  );
  t.true(page.includes('<p class="label">answer</p><p class="text">only</p>'));
  t.true(page.includes('9000'));
  t.false(page.includes('x'.repeat(8193)));
});
