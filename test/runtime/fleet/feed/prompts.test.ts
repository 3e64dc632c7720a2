/** Prompts files are read whole and checked before anything starts. */
import {readdirSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import test from 'ava';
import {TerminalError} from '../../../../runtime/errors.js';
import {droppedText, type RunPrompts, readPrompts} from '../../../../runtime/fleet/feed/prompts.js';
import {seedOf, shuffled} from '../../../../runtime/seed.js';
import {temporaryFile, temporaryFolder} from '../../../helpers/temporary.js';

const lines = [
  '{"prompt": "one"}',
  '{"prompt": [{"role": "user", "content": "two"}]}',
  '',
  '{"prompt": "three", "id": 3}',
];

const inOrder = async (prompts: RunPrompts) => {
  const found = [];
  for (let index = 0; index < prompts.length; index++)
    found.push({prompt: await prompts.at(index), line: prompts.rows?.[index] ?? 0});
  return found;
};
const byLine = (one: {readonly line: number}, other: {readonly line: number}) => one.line - other.line;

test('text and single user turns are prompts with their lines, in an order that the seed decides', async (t) => {
  const file = temporaryFile(t, 'prompts.jsonl', lines.join('\n'));
  const prompts = await inOrder((await readPrompts({file})).choose(undefined, 7));
  t.deepEqual(prompts.toSorted(byLine), [
    {prompt: 'one', line: 1},
    {prompt: 'two', line: 2},
    {prompt: 'three', line: 4},
  ]);
  const again = await readPrompts({file});
  t.deepEqual(await inOrder(again.choose(undefined, 7)), prompts);
  t.deepEqual(await inOrder(again.choose(2, 7)), prompts.slice(0, 2));
  t.deepEqual(await inOrder(again.choose(undefined, 7).first(1)), prompts.slice(0, 1));
  t.is(again.choose(1, 7).whereOf(0), `${file}:${prompts[0]?.line}`);
});

test('the order and the choice are those of a seed that ran before', async (t) => {
  const file = temporaryFile(
    t,
    'prompts.jsonl',
    Array.from({length: 10}, (_, n) => `{"prompt": "${n}"}`).join('\n'),
  );
  const {choose} = await readPrompts({file});
  const prompts = (await inOrder(choose(5, 3))).map(({prompt}) => prompt);
  t.deepEqual(prompts, shuffled([...'0123456789'], seedOf(3, 'prompts')).slice(0, 5));
});

test('what a row before says, and what says nothing, is dropped and counted', async (t) => {
  const more = ['{"prompt": "two"}', '{"prompt": " \\n"}', '{"prompt": null}', '{"prompt": "one"}'];
  const file = temporaryFile(t, 'prompts.jsonl', [...lines, ...more].join('\r\n'));
  const {choose, dropped} = await readPrompts({file});
  t.deepEqual((await inOrder(choose(undefined, 7))).map(({line}) => line).toSorted(), [1, 2, 4]);
  t.deepEqual(dropped, {duplicates: 2, empty: 2});
  t.is(droppedText(dropped), '2 duplicates and 2 empty dropped');
  t.is(droppedText({duplicates: 1, empty: 0}), '1 duplicate dropped');
  t.is(droppedText({duplicates: 0, empty: 0}), undefined);
});

test('a column that is named holds the prompt', async (t) => {
  const file = temporaryFile(
    t,
    'prompts.jsonl',
    '{"question": "one", "prompt": "no"}\n{"question": "two"}\n{"question": null}',
  );
  const {choose, dropped} = await readPrompts({file, column: 'question'});
  t.deepEqual(dropped, {duplicates: 0, empty: 1});
  const prompts = await inOrder(choose(undefined, 7));
  t.deepEqual(
    prompts.toSorted(byLine).map(({prompt}) => prompt),
    ['one', 'two'],
  );
  const error = await t.throwsAsync(readPrompts({file, column: 'prompt'}));
  t.is(error?.message, `${file}:2: no column "prompt"; there are "question"`);
});

test('more than memory is to hold is read from a file that nobody sees', async (t) => {
  const folder = temporaryFolder(t);
  const textOf = (number: number) => `${number} é😀 ${'x'.repeat(9_000_000)}`;
  const text = Array.from({length: 9}, (_, number) => `${JSON.stringify({prompt: textOf(number)})}\n`).join(
    '',
  );
  const file = temporaryFile(t, 'prompts.jsonl', text);
  const read = await readPrompts({file}, {folder});
  t.deepEqual(readdirSync(folder), []);
  const prompts = read.choose(undefined, 1);
  for (const {prompt, line} of await inOrder(prompts)) t.true(prompt === textOf(line - 1));
  t.is(prompts.bytesAt(0), Buffer.byteLength(textOf((prompts.rows?.[0] ?? 0) - 1)));
  await prompts.close();
});

const broken = {
  'not JSON; each line is an object such as {"prompt": "..."}': '{"prompt": "three"',
  'no prompt in the columns "answer"; name the one that holds it by prompts.column, or rename it to "prompt"':
    '{"answer": "three"}',
  "tools: not of a fleet's prompts; leave it out, or set policy.chatTemplate for all of them":
    '{"prompt": "three", "tools": [{"name": "f"}]}',
  'prompt.0.role: "human", and a fleet\'s turns are of system, user and assistant; leave the line out, or name it so':
    '{"prompt": [{"role": "human", "content": "three"}]}',
  'prompt.0.content: no text alone; each turn is such as {"role": "user", "content": "..."}':
    '{"prompt": [{"role": "user", "content": [{"type": "text", "text": "three"}]}]}',
  "prompt: ends with a turn of the assistant; end it with the user's turn that is to be answered":
    '{"prompt": [{"role": "user", "content": "a"}, {"role": "assistant", "content": "b"}]}',
  'prompt.1.role: a system message after the first turn; make it the first':
    '{"prompt": [{"role": "user", "content": "a"}, {"role": "system", "content": "b"}, {"role": "user", "content": "c"}]}',
  "prompt.1.tool_calls: not of a fleet's prompts, whose turns are a role and a text; leave the line out, or the field":
    '{"prompt": [{"role": "user", "content": "a"}, {"role": "assistant", "content": "b", "tool_calls": []}, {"role": "user", "content": "c"}]}',
  'system: the prompt has another system message; leave one of them out':
    '{"system": "s", "prompt": [{"role": "system", "content": "b"}, {"role": "user", "content": "c"}]}',
  'system: not a text': '{"system": 3, "prompt": "three"}',
  'prompt: neither a text nor messages such as [{"role": "user", "content": "..."}]': '{"prompt": 3}',
};
for (const [complaint, line] of Object.entries(broken)) {
  test(`a broken line is named by its number: ${line}`, async (t) => {
    const file = temporaryFile(t, 'prompts.jsonl', [...lines, line].join('\n'));
    const error = await t.throwsAsync(readPrompts({file}), {instanceOf: TerminalError});
    t.is(error?.message, `${file}:5: ${complaint}`);
  });
}

const turn = (role: string, content: string) => ({role, content});
const conversation = [turn('user', 'a'), turn('assistant', 'b'), turn('user', 'c')];
const linesOf = (...rows: object[]) => rows.map((row) => JSON.stringify(row)).join('\n');

test('a conversation is the turn that is answered and those before it, a system column the first of them', async (t) => {
  const rows = [
    {prompt: conversation},
    {prompt: 'c'},
    {system: 'Be brief.', instruction: 'c', output: 'x', generator: 'g'},
    {system: ' ', prompt: 'd'},
    {messages: [turn('system', ''), ...conversation, turn('assistant', 'said')]},
  ];
  const file = temporaryFile(t, 'prompts.jsonl', linesOf(...rows));
  const read = await readPrompts({file}, {wantsAnswers: true, folder: temporaryFolder(t)});
  t.deepEqual(read.dropped, {duplicates: 0, empty: 0});
  const prompts = read.choose(undefined, 7);
  const found = new Map<number, unknown>();
  for (let index = 0; index < prompts.length; index++) {
    const [prompt, history] = [await prompts.at(index), await prompts.historyAt?.(index)];
    found.set(prompts.rows?.[index] ?? 0, [prompt, history, prompts.hasHistory(index)]);
    const answers = JSON.stringify(await prompts.answersAt?.(index));
    const turns = history?.length ? JSON.stringify(history) : '';
    t.is(prompts.bytesAt(index), `${prompt}${turns}${answers}`.length);
  }
  t.deepEqual(found.get(1), ['c', conversation.slice(0, 2), true]);
  t.deepEqual(found.get(2), ['c', [], false]);
  t.deepEqual(found.get(3), ['c', [turn('system', 'Be brief.')], true]);
  t.deepEqual(found.get(4), ['d', [], false]);
  t.deepEqual(found.get(5), ['c', [turn('system', ''), ...conversation.slice(0, 2)], true]);
});

test('prompts are the same where all of their turns are', async (t) => {
  const other = [turn('user', 'A'), ...conversation.slice(1)];
  const rows = [{prompt: conversation}, {prompt: other}, {prompt: 'c'}, {prompt: conversation}];
  const {length, dropped} = await readPrompts({file: temporaryFile(t, 'prompts.jsonl', linesOf(...rows))});
  t.is(length, 3);
  t.deepEqual(dropped, {duplicates: 1, empty: 0});
});

test('a conversation whose last turn says nothing is empty, and a system message does not fill a prompt', async (t) => {
  const rows = [
    {prompt: 'a'},
    {prompt: [...conversation.slice(0, 2), turn('user', ' \n')]},
    {system: 's', prompt: ' '},
    {system: 's', prompt: null},
  ];
  const {dropped} = await readPrompts({file: temporaryFile(t, 'prompts.jsonl', linesOf(...rows))});
  t.deepEqual(dropped, {duplicates: 0, empty: 3});
});

test('turns that need the answer to the one before are counted', async (t) => {
  const rows = [
    {question_id: 81, turns: ['a', 'b']},
    {question_id: 82, turns: ['a', 'c']},
    {question_id: 83, turns: ['d', 'e']},
  ];
  const {length, dropped} = await readPrompts({file: temporaryFile(t, 'prompts.jsonl', linesOf(...rows))});
  t.is(length, 2);
  t.deepEqual(dropped, {duplicates: 1, empty: 0, laterTurns: 2});
  t.is(droppedText(dropped), '1 duplicate and 2 later turns dropped');
  t.is(
    droppedText({duplicates: 1, empty: 2, laterTurns: 1}),
    '1 duplicate, 2 empty and 1 later turn dropped',
  );
});

test('rows that say a prompt again add their answers to those it has, where answers are wanted', async (t) => {
  const output = (instruction: string, generator: string) => ({
    ...{instruction, generator},
    output: `${generator} on ${instruction}`,
  });
  const folder = temporaryFolder(t);
  writeFileSync(join(folder, 'a.json'), JSON.stringify([output('p', 'weak'), output('q', 'weak')]));
  writeFileSync(join(folder, 'b.json'), JSON.stringify([output('q', 'strong'), output('p', 'strong')]));
  writeFileSync(join(folder, 'c.jsonl'), '{"prompt": "q"}\n');
  const {choose, dropped} = await readPrompts({file: folder}, {wantsAnswers: true});
  t.deepEqual(dropped, {duplicates: 1, empty: 0, joined: 2});
  t.is(droppedText(dropped), '1 duplicate dropped; the answers of 2 rows joined to their prompts');
  const prompts = choose(undefined, 0);
  const found = new Map<string | undefined, (string | null | undefined)[]>();
  for (let index = 0; index < prompts.length; index++)
    found.set(await prompts.at(index), (await prompts.answersAt?.(index))?.map(({model}) => model) ?? []);
  t.deepEqual(Object.fromEntries(found), {p: ['weak', 'strong'], q: ['weak', 'strong']});
  const texts = ['weak on p', 'strong on p'].join('').length;
  t.true(prompts.bytesAt(0) > texts);
  const without = await readPrompts({file: folder});
  t.deepEqual(without.dropped, {duplicates: 3, empty: 0});
});

test('scores that compare the answers of one row alone are not put beside another row’s', async (t) => {
  const row = (generator: string) => ({
    ...{instruction: 'p', output_1: 'base', generator_1: 'base'},
    ...{output_2: generator, generator_2: generator, preference: 1.75},
  });
  const file = temporaryFile(t, 'annotations.json', JSON.stringify([row('a'), row('b')]));
  const {choose, dropped} = await readPrompts({file}, {wantsAnswers: true});
  t.deepEqual(dropped, {duplicates: 1, empty: 0});
  const answers = await choose(undefined, 0).answersAt?.(0);
  t.deepEqual(
    answers?.map(({model, score}) => [model, score]),
    [
      ['base', 0.25],
      ['a', 0.75],
    ],
  );
});

test('a file of nothing but empty prompts holds none', async (t) => {
  const file = temporaryFile(t, 'prompts.jsonl', '{"prompt": ""}');
  const error = await t.throwsAsync(readPrompts({file}));
  t.is(error?.message, `${file}: holds no prompts`);
});

test('more prompts than the file holds are refused', async (t) => {
  const file = temporaryFile(t, 'prompts.jsonl', lines.join('\n'));
  const {choose} = await readPrompts({file});
  const error = t.throws(() => choose(4, 0));
  t.is(error?.message, `${file}: holds 3 prompts and prompts.count is 4; lower it, or leave it out`);
});

test('answers that somebody recorded go with their prompts, for whoever wants them', async (t) => {
  const text = [
    '{"prompt": "one", "answers": [{"text": "a", "model": "m", "score": 2}, {"text": "b", "score": null}]}',
    '{"prompt": "two"}',
  ].join('\n');
  const file = temporaryFile(t, 'prompts.jsonl', text);
  const found = (await readPrompts({file}, {wantsAnswers: true, folder: temporaryFolder(t)})).choose(2, 0);
  const first = found.rows?.[0] === 1 ? 0 : 1;
  t.deepEqual(await found.answersAt?.(first), [
    {text: 'a', finishReason: 0, model: 'm', score: 2},
    {text: 'b', finishReason: 0},
  ]);
  t.deepEqual(await found.answersAt?.(1 - first), []);
  t.is(found.bytesAt(first), 'one'.length + JSON.stringify(await found.answersAt?.(first)).length);
  const unwanted = (await readPrompts({file})).choose(2, 0);
  t.is(unwanted.answersAt, undefined);
  t.is(unwanted.bytesAt(first), 3);
});
