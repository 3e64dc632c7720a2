/** Pairs files in each of their forms, and what is said of lines that are in none. */
import test, {type ExecutionContext} from 'ava';
import {TerminalError} from '../../../../runtime/errors.js';
import {readPairs} from '../../../../runtime/learning/pairs/pairs-file.js';
import {temporaryFile} from '../../../helpers/temporary.js';

const sourceOf = (path: string) => ({path, keys: '--'}) as const;
const user = (content: string) => ({role: 'user', content});
const assistant = (content: string) => ({role: 'assistant', content});

const read = async (t: ExecutionContext, text: string) => {
  const pairs = [];
  for await (const pair of readPairs(sourceOf(temporaryFile(t, 'pairs.jsonl', text)))) pairs.push(pair);
  return pairs;
};
const textsOf = async (t: ExecutionContext, row: unknown) => {
  const [pair] = await read(t, JSON.stringify(row));
  return pair && {prompt: pair.prompt, chosen: pair.chosen, rejected: pair.rejected};
};

const sky = [user('What color is the sky?')];
const forms: Record<string, readonly [row: object, texts: object]> = {
  'texts are taken as they are': [
    {prompt: 'a', chosen: 'b', rejected: 'c', score: 3},
    {prompt: 'a', chosen: 'b', rejected: 'c'},
  ],
  'messages are taken as they are': [
    {prompt: sky, chosen: [assistant('blue')], rejected: [assistant('green')]},
    {prompt: sky, chosen: [assistant('blue')], rejected: [assistant('green')]},
  ],
  'a prompt that is null is none': [
    {prompt: null, chosen: [...sky, assistant('blue')], rejected: [...sky, assistant('green')]},
    {prompt: sky, chosen: [assistant('blue')], rejected: [assistant('green')]},
  ],
  'what two conversations share is their prompt, system message and earlier answers too': [
    {
      chosen: [{role: 'system', content: 's'}, user('a'), assistant('b'), user('c'), assistant('d')],
      rejected: [{role: 'system', content: 's'}, user('a'), assistant('b'), user('c'), assistant('e')],
    },
    {
      prompt: [{role: 'system', content: 's'}, user('a'), assistant('b'), user('c')],
      chosen: [assistant('d')],
      rejected: [assistant('e')],
    },
  ],
  'what two texts share is their prompt, but for the space before they part': [
    {chosen: 'The sky is blue.', rejected: 'The sky is green.'},
    {prompt: 'The sky is', chosen: ' blue.', rejected: ' green.'},
  ],
  'a character is not parted in its middle': [
    {chosen: 'sky 🙂', rejected: 'sky 🙃'},
    {prompt: 'sky ', chosen: '🙂', rejected: '🙃'},
  ],
  'the prompt of a CLAIR line is what its conversations share': [
    {
      prompt: 'sky?',
      chosen: [...sky, assistant('blue')],
      rejected: [...sky, assistant('green')],
      rational: 'r',
    },
    {prompt: sky, chosen: [assistant('blue')], rejected: [assistant('green')]},
  ],
  'a text is the prompt of answers that do not repeat it': [
    {prompt: 'sky?', chosen: [assistant('blue')], rejected: [assistant('green')]},
    {prompt: 'sky?', chosen: [assistant('blue')], rejected: [assistant('green')]},
  ],
  'the same conversation twice parts before its last turn': [
    {chosen: [...sky, assistant('blue')], rejected: [...sky, assistant('blue')]},
    {prompt: sky, chosen: [assistant('blue')], rejected: [assistant('blue')]},
  ],
};
for (const [title, [row, texts]] of Object.entries(forms)) {
  test(title, async (t) => {
    t.deepEqual<unknown, unknown>(await textsOf(t, row), texts);
  });
}

test('lines are counted with the empty ones, and Windows line ends and a byte order mark do no harm', async (t) => {
  const row = '{"prompt": "a", "chosen": "b", "rejected": "c"}';
  const pairs = await read(t, `\ufeff${row}\r\n\r\n${row}`);
  t.deepEqual(
    pairs.map(({line}) => line),
    [1, 3],
  );
});

const good = {prompt: 'a', chosen: 'b', rejected: 'c'};
const refused: Record<string, object> = {
  'the prompt is empty': {...good, prompt: ' '},
  'chosen is empty': {...good, chosen: '\n'},
  'rejected is empty': {...good, rejected: ''},
};
for (const [reason, row] of Object.entries(refused)) {
  test(`a pair is refused where ${reason}`, async (t) => {
    const [pair] = await read(t, JSON.stringify(row));
    t.is(pair?.refusal, reason);
  });
}

test('Turns go on as they are: any role, calls of tools, content that is null or in parts', async (t) => {
  const called = {role: 'assistant', content: null, tool_calls: [{type: 'function', function: {name: 'w'}}]};
  const prompt = [user('Weather?'), called, {role: 'ipython', content: [{type: 'text', text: '3'}]}];
  const row = {prompt, chosen: [{...called, content: ''}], rejected: [assistant('No.')]};
  t.deepEqual<unknown, unknown>(await textsOf(t, row), row);
  const [pair] = await read(t, JSON.stringify(row));
  t.is(pair?.refusal, undefined);
});

test('Tools and arguments of a line go to the chat template, tools as a list or as its JSON text', async (t) => {
  const tools = [{type: 'function', function: {name: 'w'}}];
  const contextOf = async (more: object) => (await read(t, JSON.stringify({...good, ...more})))[0]?.context;
  t.deepEqual(await contextOf({tools: null, chat_template_kwargs: null}), undefined);
  t.deepEqual(await contextOf({tools: []}), {tools: [], arguments: undefined});
  t.deepEqual(await contextOf({tools: JSON.stringify(tools)}), {tools, arguments: undefined});
  t.deepEqual(await contextOf({tools: 'null'}), undefined);
  t.deepEqual(await contextOf({tools, chat_template_kwargs: {enable_thinking: false}}), {
    tools,
    arguments: {enable_thinking: false},
  });
});

test('a pair is not refused where all is there', async (t) => {
  const [pair] = await read(t, JSON.stringify(good));
  t.is(pair?.refusal, undefined);
});

const example = '{"prompt": "...", "chosen": "...", "rejected": "..."}';
const broken: Record<string, string> = {
  '{"prompt": ': `not JSON; each line is an object such as ${example}`,
  '["a", "b"]': `not an object; each line is ${example}`,
  '{"prompt": "a", "rejected": "c"}': `chosen: missing; each line is ${example}`,
  '{"prompt": "a", "chosen": "b"}': `rejected: missing; each line is ${example}`,
  '{"prompt": 3, "chosen": "b", "rejected": "c"}':
    'prompt: neither a text nor messages such as [{"role": "user", "content": "..."}]',
  '{"prompt": "a", "chosen": "b", "rejected": [{"role": "assistant", "content": "c"}]}':
    'rejected: of another form than chosen; make both texts, or both messages',
  '{"prompt": "a", "chosen": null, "rejected": "c"}': 'chosen: null; leave the line out',
  '{"prompt": [{"role": "user", "content": 3}], "chosen": "b", "rejected": "c"}':
    'prompt.0.content: neither a text nor parts; each message is {"role": "user", "content": "..."}',
  '{"prompt": [{"content": "a"}], "chosen": "b", "rejected": "c"}':
    'prompt.0.role: not the name of a role; each message is {"role": "user", "content": "..."}',
  '{"prompt": ["a"], "chosen": "b", "rejected": "c"}':
    'prompt.0: not a message; each is {"role": "user", "content": "..."}',
  '{"question": "a", "chosen": "It is b.", "rejected": "It is c."}':
    'prompt: missing; there is a column "question": rename it to "prompt", if it is that',
  '{"system": "s", "instruction": "a", "chosen": "b", "rejected": "c"}':
    'prompt: missing; there is a column "instruction": rename it to "prompt", if it is that',
  '{"prompt": "a", "chosen": "b", "rejected": "c", "tools": ""}':
    'tools: a text that is not JSON (Unexpected end of JSON input); write the list itself, or null',
  '{"prompt": "a", "chosen": "b", "rejected": "c", "tools": {"name": "f"}}':
    'tools: not a list of functions such as [{"type": "function", "function": {"name": "..."}}], or null',
  '{"prompt": "a", "chosen": "b", "rejected": "c", "chat_template_kwargs": "no"}':
    'chat_template_kwargs: not an object such as {"enable_thinking": false}, or null',
  '{"prompt": "a", "chosen": "b", "rejected": "c", "chat_template_kwargs": {"messages": []}}':
    'chat_template_kwargs.messages: not an argument of a template; leave it out',
  '{"prompt": [{"role": "user", "content": "a"}], "chosen": [{"role": "user", "content": "a"}, {"role": "assistant", "content": "b"}], "rejected": [{"role": "assistant", "content": "c"}]}':
    'chosen: begins with the prompt again; leave "prompt" out, or those turns',
};
for (const [line, complaint] of Object.entries(broken)) {
  test(`a line in no form is named with its field: ${line}`, async (t) => {
    const file = temporaryFile(t, 'pairs.jsonl', `${JSON.stringify(good)}\n${line}\n`);
    const reading = async () => {
      for await (const _ of readPairs(sourceOf(file)));
    };
    const error = await t.throwsAsync(reading(), {instanceOf: TerminalError});
    t.is(error?.message, `${file}:2: ${complaint}`);
  });
}

test('a file that is not there is named', async (t) => {
  const reading = async () => {
    for await (const _ of readPairs(sourceOf('nowhere/pairs.jsonl')));
  };
  await t.throwsAsync(reading(), {instanceOf: TerminalError, message: 'nowhere/pairs.jsonl: no such file'});
});
