/** Prompts files are read whole and checked before anything starts. */
import test from 'ava';
import {TerminalError} from '../../../../runtime/errors.js';
import {readPrompts} from '../../../../runtime/fleet/feed/prompts.js';
import {temporaryFile} from '../../../helpers/temporary.js';

const lines = [
  '{"prompt": "one"}',
  '{"prompt": [{"role": "user", "content": "two"}]}',
  '',
  '{"prompt": "three", "id": 3}',
];

test('text and single user turns are prompts with their lines, in an order that the seed decides', async (t) => {
  const file = temporaryFile(t, 'prompts.jsonl', lines.join('\n'));
  const prompts = await readPrompts(file, 7, undefined);
  t.deepEqual(
    prompts.toSorted((one, other) => one.line - other.line),
    [
      {prompt: 'one', line: 1},
      {prompt: 'two', line: 2},
      {prompt: 'three', line: 4},
    ],
  );
  t.deepEqual(await readPrompts(file, 7, undefined), prompts);
  t.deepEqual(await readPrompts(file, 7, 2), prompts.slice(0, 2));
});

const broken = {
  'not JSON; each line is an object such as {"prompt": "..."}': '{"prompt": "three"',
  'no prompt; each line is {"prompt": "text"} or {"prompt": [one user message]}': '{"answer": "three"}',
  'no prompt; there is a column "question": rename it to "prompt", if it is that': '{"question": "three"}',
  "tools: not of a fleet's prompts; leave it out, or set policy.chatTemplate for all of them":
    '{"prompt": "three", "tools": [{"name": "f"}]}',
  'prompt: its message is of role "human", and a fleet asks one user turn; each line is {"prompt": "text"} or {"prompt": [one user message]}':
    '{"prompt": [{"role": "human", "content": "three"}]}',
  'prompt: empty, or neither a text nor one user message with one; each line is {"prompt": "text"} or {"prompt": [one user message]}':
    '{"prompt": [{"role": "user", "content": ""}]}',
};
for (const [complaint, line] of Object.entries(broken)) {
  test(`a broken line is named by its number: ${line}`, async (t) => {
    const file = temporaryFile(t, 'prompts.jsonl', [...lines, line].join('\n'));
    const error = await t.throwsAsync(readPrompts(file, 0, undefined), {instanceOf: TerminalError});
    t.is(error?.message, `${file}:5: ${complaint}`);
  });
}

test('a conversation of several turns is not a prompt', async (t) => {
  const turns = '{"prompt": [{"role": "user", "content": "a"}, {"role": "assistant", "content": "b"}]}';
  await t.throwsAsync(readPrompts(temporaryFile(t, 'prompts.jsonl', turns), 0, undefined), {
    message: /:1: prompt: has several turns/,
  });
});

test('more prompts than the file holds are refused', async (t) => {
  const file = temporaryFile(t, 'prompts.jsonl', lines.join('\n'));
  const error = await t.throwsAsync(readPrompts(file, 0, 4));
  t.is(error?.message, `${file}: holds 3 prompts and prompts.count is 4; lower it, or leave it out`);
});
