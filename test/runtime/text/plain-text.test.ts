import test from 'ava';
import {plain, plainRow} from '../../../runtime/text/plain-text.js';

const ESCAPE = '\u001b';

test('What steers a terminal is shown and not done', (t) => {
  for (const [steering, shown] of [
    [`${ESCAPE}[2J`, '\\u001b[2J'],
    [`${ESCAPE}]0;title\u0007`, '\\u001b]0;title\\u0007'],
    ['\u009b31m', '\\u009b31m'],
    ['over\rwritten', 'over\\u000dwritten'],
    ['a\b\u007f', 'a\\u0008\\u007f'],
    ['\u202egpj.exe', '\\u202egpj.exe'],
    ['\u2066\u200f\u061c', '\\u2066\\u200f\\u061c'],
  ] as const)
    t.is(plain(`say ${steering}`), `say ${shown}`);
});

test('Text of any language, tabs and newlines stay; a row has none of those', (t) => {
  const text = 'naïve 東京 👩‍🚀 שלום\n\tnext';
  t.is(plain(text), text);
  t.is(plainRow('one\n\ttwo'), 'one\\u000a\\u0009two');
});

test('JSON stays what it is', (t) => {
  const value = {text: `\u009b${ESCAPE}[2J\u202e\u2028`};
  const written = plain(JSON.stringify(value));
  t.regex(written, /^[ -~]+$/);
  t.deepEqual(JSON.parse(written), value);
});
