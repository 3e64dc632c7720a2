/** Templates that write a prompt's turns otherwise once they are answered, against those that keep them. */
import {writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import test, {type ExecutionContext} from 'ava';
import {TerminalError} from '../../../../runtime/errors.js';
import {readChatTemplate} from '../../../../runtime/model/text/chat-template.js';
import {requireKeptTurns} from '../../../../runtime/model/text/kept-turns.js';
import type {Tokenizer} from '../../../../runtime/model/text/tokenizer.js';
import {readTemplateFixture} from '../../../helpers/chat-templates.js';
import {temporaryFolder} from '../../../helpers/temporary.js';

const turns = (...contents: string[]) =>
  contents.map((content, index) => ({role: index % 2 === 0 ? 'user' : 'assistant', content}));
const system = {role: 'system', content: 'Be brief.'};
const options = {format: 'chat', maxPromptTokens: 8} as const;

/** All of it that is looked at is its template. */
const withTemplate = async (t: ExecutionContext, name: string): Promise<Tokenizer> => {
  const folder = temporaryFolder(t);
  await writeFile(join(folder, 'chat_template.jinja'), await readTemplateFixture(name));
  const renderChat = await readChatTemplate(folder, undefined, {bos_token: '<s>', eos_token: '</s>'});
  return {renderChat} as unknown as Tokenizer;
};

for (const name of ['llama-like', 'qwen2-like', 'qwen3-like', 'r1-like', 'smollm2-like', 'windows'])
  test(`${name} keeps turns and a system message`, async (t) => {
    const tokenizer = await withTemplate(t, `${name}.jinja`);
    for (const prompt of [
      [system, ...turns('a')],
      turns('Hi', 'Hello.', ' And? '),
      [system, ...turns('a', 'b', '')],
    ])
      t.notThrows(() => requireKeptTurns(tokenizer, prompt, options));
  });

test('A template that leaves the system message out once there is an answer is refused, and only for that', async (t) => {
  const tokenizer = await withTemplate(t, 'mistral-like.jinja');
  t.notThrows(() => requireKeptTurns(tokenizer, turns('Hi', 'Hello.', 'And?'), options));
  for (const prompt of [
    [system, ...turns('Hi')],
    [system, ...turns('[INST]', 'Hello.', 'And?')],
  ])
    t.throws(() => requireKeptTurns(tokenizer, prompt, options), {
      instanceOf: TerminalError,
      message: /writes these turns otherwise once they are answered/,
    });
});

test('A template without a system role says so itself, and takes several turns', async (t) => {
  const tokenizer = await withTemplate(t, 'no-system.jinja');
  t.notThrows(() => requireKeptTurns(tokenizer, turns('Hi', 'Hello.', 'And?'), options));
  t.throws(() => requireKeptTurns(tokenizer, [system, ...turns('Hi')], options), {
    instanceOf: TerminalError,
    message: /the chat template fails: System role not supported/,
  });
});
