import test from 'ava';
import {cardText, factTable, isOurs} from '../../../../runtime/command/push/card.js';
import {UNKNOWN_MADE} from '../../../../runtime/command/push/made.js';
import {modelCard} from '../../../../runtime/command/push/model-card.js';
import {hide} from '../../../../runtime/text/redact.js';

const card = cardText(
  {license: 'apache-2.0', tags: ['a'], base_model: undefined, datasets: []},
  '# A\n\nText.',
);

test('A card begins with its front matter, without what is not known', (t) => {
  t.regex(
    card,
    /^---\nlicense: "apache-2\.0"\ntags: \["a"\]\n---\n\n# A\n\nText\.\n\n<!-- written by anchorage push, sha256 [0-9a-f]{64} -->\n$/,
  );
});

test('A card is told from one that a person wrote or altered, however its lines end', (t) => {
  t.true(isOurs(card));
  t.true(isOurs(card.replaceAll('\n', '\r\n')));
  t.false(isOurs(card.replace('Text.', 'My text.')));
  t.false(isOurs(`${card}\nMore.\n`));
  t.false(isOurs('# Mine\n'));
  t.false(isOurs(''));
});

test('A value with bars, line ends or marks stays in its cell', (t) => {
  t.is(
    factTable([
      ['A', 'x | y\n<b> [c](d)'],
      ['B', undefined],
    ]),
    '| | |\n| --- | --- |\n| A | x \\| y \\<b\\> \\[c\\](d) |',
  );
});

test('A secret of this process is in no card', (t) => {
  hide('hf_aSecretThatNobodySees');
  t.notRegex(cardText({}, 'hf_aSecretThatNobodySees'), /aSecret/);
});

test('The card of an adapter names its model, its licence and what loads it', (t) => {
  const text = modelCard({
    repository: 'me/lora',
    isAdapter: true,
    made: {
      ...UNKNOWN_MADE,
      base: 'org/base',
      baseCommit: 'a'.repeat(40),
      datasets: ['org/data'],
      tags: ['apo_zero', 'clair'],
      facts: [['Objective', 'apo_zero, beta 0.1']],
      scores: [['This checkpoint', '0.912']],
    },
    license: {license: 'other', license_name: 'llama3', license_link: 'LICENSE'},
    versions: 'Anchorage 0.1.0',
  });
  for (const line of [
    'base_model: "org/base"',
    'library_name: "peft"',
    'license: "other"',
    'license_name: "llama3"',
    'datasets: ["org/data"]',
    'tags: ["anchorage","lora","apo","apo_zero","clair"]',
    '| Objective | apo_zero, beta 0.1 |',
    '| This checkpoint | 0.912 |',
    'model = PeftModel.from_pretrained(base, "me/lora")',
  ])
    t.true(text.split('\n').includes(line), line);
});
