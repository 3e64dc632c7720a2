/** Templates, against what transformers makes of them: test/fixtures/chat-templates. */
import test from 'ava';
import * as z from 'zod';
import {parseExact} from '../../../../runtime/json/exact-json.js';
import {TemplateError, UnsupportedTemplate} from '../../../../runtime/model/jinja/errors.js';
import {compile} from '../../../../runtime/model/jinja/template.js';
import {readTemplateFixture, renderedAt} from '../../../helpers/chat-templates.js';

const schema = z.looseObject({
  variables: z.record(z.string(), z.unknown()),
  snippets: z.array(z.tuple([z.string(), z.string().nullable()])),
});

const rendered = (template: string, variables: Readonly<Record<string, unknown>> = {}): string =>
  compile(template, renderedAt).render(variables);

test('Snippets are rendered as by transformers, and fail where they fail there', async (t) => {
  const {variables, snippets} = schema.parse(parseExact(await readTemplateFixture('expected.json')));
  t.true(snippets.length > 800);
  for (const [template, expected] of snippets) {
    if (expected === null)
      t.throws(() => rendered(template, variables), {instanceOf: TemplateError}, template);
    else t.is(rendered(template, variables), expected, template);
  }
});

/** What Jinja renders and we do not, and the words that name it. */
const refused: Readonly<Record<string, string>> = {
  '{{ d | urlize }}': 'the filter urlize',
  '{{ d | groupby("a") }}': 'the filter groupby',
  '{{ "trim" is filter }}': 'the test filter',
  '{{ "x".casefold() }}': 'the method casefold of a text',
  '{% if false %}{{ x.swapcase() }}{% endif %}': 'the method swapcase of a text',
  '{{ cycler(1) }}': 'the function cycler',
  '{% block a %}{% endblock %}': 'the tag {% block %}',
  '{% for x in [] recursive %}{% endfor %}': 'a recursive {% for %}',
  '{{ "<a>" | safe + "b" }}': '+ beside what the filters safe and escape give',
  '{{ {1.5: 1} }}': 'a dict with a key that is a float',
  '{{ 2 ** 0.5 }}': 'such a power of floats',
  '{{ "%x" % 1 }}': '%x in a text before %',
  '{{ [1] | batch(10 ** 12, 0) | list }}': 'batch by more than 100000',
  '{{ "a" is sameas "a" }}': 'the test sameas of two texts or two numbers',
  '{{ "\\N{BULLET}" }}': 'a character by its name, \\N{...}',
};
for (const [template, what] of Object.entries(refused)) {
  test(`What is not rendered here is refused by name: ${template}`, (t) => {
    const error = t.throws(() => rendered(template), {instanceOf: UnsupportedTemplate});
    t.is(error?.what, what);
  });
}

/** Templates that would take all time or all memory. */
const endless = [
  '{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}',
  '{% for a in range(100000) %}{% for b in range(100000) %}{% set c = a %}{% endfor %}{% endfor %}',
  "{{ 'a' * 1000000000 }}",
  '{{ [0] * 1000000000 }}',
  '{{ 9 ** 999999 }}',
  '{{ range(1000000) }}',
  "{{ '%1000000000d' % 1 }}",
  `{{ ${'('.repeat(5000)}1${')'.repeat(5000)} }}`,
  `{{ ${'-'.repeat(5000)}1 }}`,
  `{{ ${'not '.repeat(50_000)}1 }}`,
  '{% if 1 %}'.repeat(5000),
];
for (const template of endless) {
  test(`A template without an end is refused: ${template.slice(0, 60)}`, (t) => {
    t.throws(() => rendered(template), {instanceOf: TemplateError});
  });
}

test('What is not reached from a template: Python’s own attributes, and changes of what it is given', (t) => {
  for (const template of [
    "{{ 'a'.__class__.__mro__ }}",
    '{{ l.append(1) }}',
    '{{ d.update({}) }}',
    '{{ constructor.name }}',
    '{{ d.constructor() }}',
    '{{ d.toString() }}',
    '{{ l.push(1) }}',
  ])
    t.throws(() => rendered(template, {l: [1], d: {}}), {instanceOf: TemplateError}, template);
  t.is(rendered('{{ __proto__ }}{{ d.__proto__ }}{{ toString }}{{ d.hasOwnProperty }}', {d: {}}), '');
});
