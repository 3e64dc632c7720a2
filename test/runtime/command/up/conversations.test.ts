/** Prompts of several turns, and a policy that may not take them: told before a run starts. */
import {cpSync} from 'node:fs';
import {writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import test, {type ExecutionContext} from 'ava';
import {requireConversations} from '../../../../runtime/command/up/conversations.js';
import {TerminalError} from '../../../../runtime/errors.js';
import {readPrompts} from '../../../../runtime/fleet/feed/prompts.js';
import type {Fleet} from '../../../../runtime/fleet/file/schema.js';
import {readTemplateFixture} from '../../../helpers/chat-templates.js';
import {goldenPath} from '../../../helpers/goldens.js';
import {temporaryFile, temporaryFolder} from '../../../helpers/temporary.js';

const several = {
  prompt: ['a', 'b', 'c'].map((content, index) => ({role: index === 1 ? 'assistant' : 'user', content})),
};
const withSystem = {system: 'Be brief.', prompt: 'a'};

const checked = async (
  t: ExecutionContext,
  rows: readonly object[],
  {
    template,
    ...policy
  }: {readonly template: string; readonly format?: 'plain'; readonly maxPromptTokens?: number},
) => {
  const model = temporaryFolder(t);
  for (const name of ['config.json', 'tokenizer.json', 'tokenizer_config.json'])
    cpSync(join(goldenPath('llama'), name), join(model, name));
  await writeFile(join(model, 'chat_template.jinja'), await readTemplateFixture(template));
  const file = temporaryFile(t, 'prompts.jsonl', rows.map((row) => JSON.stringify(row)).join('\n'));
  const prompts = (await readPrompts({file})).choose(undefined, 0);
  const lines: string[] = [];
  const fleet = {policy: {model, format: 'chat', maxPromptTokens: 512, ...policy}} as Fleet;
  await requireConversations(prompts, fleet, (line) => lines.push(line));
  return {file, lines};
};

test('A template that takes them is no matter, and single turns are looked at by nobody', async (t) => {
  t.deepEqual((await checked(t, [several, withSystem], {template: 'qwen2-like.jinja'})).lines, []);
  t.deepEqual((await checked(t, [{prompt: 'a'}], {template: 'no-system.jinja', format: 'plain'})).lines, []);
});

test('A policy whose texts are joined takes none of them', async (t) => {
  await t.throwsAsync(checked(t, [{prompt: 'a'}, several], {template: 'qwen2-like.jinja', format: 'plain'}), {
    instanceOf: TerminalError,
    message:
      /prompts\.jsonl:2: prompt: a system message or several turns, and policy\.format plain joins texts/,
  });
});

test('A template without a system role is named with its own words, and does for the prompts without one', async (t) => {
  const refused =
    /prompts\.jsonl:1: prompt: .*chat_template\.jinja: the chat template fails: System role not supported; .*, or leave the system message out$/;
  await t.throwsAsync(checked(t, [withSystem], {template: 'no-system.jinja'}), {message: refused});
  const {lines} = await checked(t, [withSystem, several], {template: 'no-system.jinja'});
  t.is(lines.length, 1);
  t.regex(lines[0] ?? '', /^of 2 prompts .* refuses 1; such are rejected as unreadable\. The first: /);
  t.regex(lines[0] ?? '', refused);
});

test('A template that forgets the system message once there is an answer is refused', async (t) => {
  await t.throwsAsync(checked(t, [withSystem], {template: 'mistral-like.jinja'}), {
    message:
      /prompts\.jsonl:1: prompt: the chat template writes these turns otherwise once they are answered/,
  });
});

test('All turns count in the limit of a prompt, and those that lose their first ones are told', async (t) => {
  const {lines} = await checked(t, [several, withSystem], {
    template: 'qwen2-like.jinja',
    maxPromptTokens: 16,
  });
  t.is(lines.length, 1);
  t.regex(lines[0] ?? '', /^of 2 prompts of several turns that were tried, 2 have more than the 16 tokens/);
});
