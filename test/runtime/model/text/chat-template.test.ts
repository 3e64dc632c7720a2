/** Conversations under chat templates like those of the model families, against transformers' text. */
import {mkdir, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import test from 'ava';
import * as z from 'zod';
import {TerminalError} from '../../../../runtime/errors.js';
import {parseExact} from '../../../../runtime/json/exact-json.js';
import {readChatTemplate} from '../../../../runtime/model/text/chat-template.js';
import {messageSchema} from '../../../../runtime/model/text/conversations.js';
import {readTemplateFixture, renderedAt} from '../../../helpers/chat-templates.js';
import {temporaryFolder} from '../../../helpers/temporary.js';

const schema = z.looseObject({
  conversations: z.array(
    z.looseObject({
      messages: z.array(messageSchema),
      tools: z.array(z.unknown()).optional(),
      add_generation_prompt: z.boolean().default(false),
    }),
  ),
  templates: z.record(z.string(), z.array(z.string().nullable())),
});
const tokens = {bos_token: '<s>', eos_token: '</s>', pad_token: '</s>'};

for (const name of [
  'llama-like.jinja',
  'mistral-like.jinja',
  'no-system.jinja',
  'qwen2-like.jinja',
  'qwen3-like.jinja',
  'r1-like.jinja',
  'smollm2-like.jinja',
  'windows.jinja',
]) {
  test(`Every conversation under ${name} is transformers' text, or fails as it does there`, async (t) => {
    const {conversations, templates} = schema.parse(parseExact(await readTemplateFixture('expected.json')));
    const folder = temporaryFolder(t);
    await writeFile(join(folder, 'chat_template.jinja'), await readTemplateFixture(name));
    const render = await readChatTemplate(folder, undefined, tokens, renderedAt);
    const expected = templates[name] ?? [];
    t.is(expected.length, conversations.length);
    for (const [
      index,
      {messages, tools, add_generation_prompt: goesOn, ...given},
    ] of conversations.entries()) {
      const text = () => render?.(messages, goesOn, {tools, arguments: given});
      if (expected[index] === null) t.throws(text, {instanceOf: TerminalError}, `conversation ${index}`);
      else t.is(text(), expected[index], `conversation ${index}`);
    }
  });
}

test('Conversations with tools take the template that is named for them', async (t) => {
  const named = [
    {name: 'default', template: 'plain'},
    {name: 'tool_use', template: 'with tools'},
  ];
  const folder = temporaryFolder(t);
  const configured = await readChatTemplate(folder, named, tokens);
  await writeFile(join(folder, 'chat_template.jinja'), 'a file');
  await mkdir(join(folder, 'additional_chat_templates'));
  await writeFile(join(folder, 'additional_chat_templates/tool_use.jinja'), 'another');
  const inFiles = await readChatTemplate(folder, named, tokens);
  t.deepEqual(
    [configured, inFiles].map((render) => [render?.([], false), render?.([], false, {tools: []})]),
    [
      ['plain', 'with tools'],
      ['a file', 'another'],
    ],
  );
});

test('A template that is not rendered here is refused with its file and what it uses', async (t) => {
  const folder = temporaryFolder(t);
  await writeFile(join(folder, 'chat_template.jinja'), '{{ messages | pprint }}');
  await t.throwsAsync(readChatTemplate(folder, undefined, tokens), {
    instanceOf: TerminalError,
    message:
      /chat_template\.jinja: the chat template uses the filter pprint, which this program does not render/,
  });
});

test('A turn whose content is no text is named where a template cannot take it', async (t) => {
  const folder = temporaryFolder(t);
  await writeFile(
    join(folder, 'chat_template.jinja'),
    "{% for m in messages %}{{ 'a' + m.content }}{% endfor %}",
  );
  const render = await readChatTemplate(folder, undefined, tokens);
  const parts = [
    {role: 'user', content: 'Hi'},
    {role: 'assistant', content: [{type: 'text', text: 'Yes'}]},
  ];
  t.throws(() => render?.(parts, false), {
    instanceOf: TerminalError,
    message: /the content of turn 2 is no text/,
  });
});
