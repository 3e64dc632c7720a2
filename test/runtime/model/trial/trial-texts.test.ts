import test from 'ava';
import {probesFor} from '../../../../runtime/model/trial/trial-texts.js';

const tokenizerWith = (pattern: object): string =>
  JSON.stringify({pre_tokenizer: {type: 'Split', pattern, behavior: 'Isolated', invert: false}});

test('A pattern is tried on long runs of whatever characters it is about', (t) => {
  const runs: Record<string, string> = {
    '(-+-+)+y': '-',
    '([#*]+[#*]+)+y': '#',
    '(\\x7e+\\x7e+)+y': '~',
    '(\\x{2603}+)+y': '☃',
    '(\\(+\\(+)+y': '(',
    '(\\p{Greek}+)+y': 'α',
    '(\\p{Sc}+)+y': '$',
    '(?:xy|x|y)+z': 'xy',
    '(qz|qzqz)+y': 'qz',
  };
  for (const [pattern, of] of Object.entries(runs))
    t.true(
      probesFor(tokenizerWith({Regex: pattern})).some((text) => text.includes(of.repeat(900))),
      pattern,
    );
});

test('What is replaced is there many times, so that what grows is seen to', (t) => {
  t.true(probesFor(tokenizerWith({String: '~"\n'})).some((text) => text.includes('~"\n'.repeat(500))));
});

test('A file that names many thousands of characters is tried on some of them', (t) => {
  const pattern = Array.from({length: 20_000}, (_, index) => String.fromCodePoint(0x4e00 + index)).join('');
  const all = probesFor(tokenizerWith({Regex: pattern})).reduce((sum, {length}) => sum + length, 0);
  t.true(all < 2_000_000, String(all));
});
