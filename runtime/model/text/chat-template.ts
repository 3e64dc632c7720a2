/** A model folder's chat template: read, compiled, and rendered over a conversation as transformers does. */
import {join} from 'node:path';
import * as z from 'zod';
import {messageOf, TerminalError} from '../../errors.js';
import {readOptionalText} from '../../json/json-file.js';
import {UnsupportedTemplate} from '../jinja/errors.js';
import {compile, type Template} from '../jinja/template.js';
import type {Message} from './conversations.js';

/** What a template is given beside the turns. */
export interface ChatContext {
  /** JSON schemas of functions; an empty list is not the same to every template as none. */
  readonly tools?: readonly unknown[] | undefined;
  /** Variables of the template, such as `enable_thinking`. */
  readonly arguments?: TemplateArguments | undefined;
}

export type TemplateArguments = Readonly<Record<string, unknown>>;

/** @param addGenerationPrompt whether to go on to where the next answer begins, as for a prompt */
export type ChatRenderer = (
  messages: readonly Message[],
  addGenerationPrompt: boolean,
  context?: ChatContext,
) => string;

/** What transformers' `apply_chat_template` takes itself: it never reaches a template under these names. */
const TAKEN: ReadonlySet<string> = new Set([
  'add_generation_prompt',
  'chat_template',
  'continue_final_message',
  'conversation',
  'max_length',
  'messages',
  'padding',
  'return_assistant_tokens_mask',
  'return_dict',
  'return_tensors',
  'sanitize_control_tokens',
  'tokenize',
  'tokenizer_kwargs',
  'tools',
  'truncation',
]);

/** Arguments of a template, of any names but those that a conversation has anyway. */
export const templateArgumentsSchema = z.record(z.string(), z.unknown()).superRefine((given, {addIssue}) => {
  for (const name of Object.keys(given))
    if (TAKEN.has(name))
      addIssue({code: 'custom', path: [name], message: 'not an argument of a template; leave it out'});
});

/** The templates of a folder, by name; `default`, and sometimes `tool_use`. */
interface TemplateFile {
  /** What errors name. */
  readonly path: string;
  readonly text: string;
}

const templatesSchema = z
  .union([z.string(), z.array(z.object({name: z.string(), template: z.string()}))])
  .nullish();

export {templatesSchema as chatTemplateSchema};

/**
 * The renderer of a folder's chat template; undefined where it has none.
 *
 * @param configured what tokenizer_config.json says of it. Older folders have the template there, newer ones in a file.
 * @param specialTokens by the names that templates know: `bos_token`, `eos_token`.
 * @param now what the template's `strftime_now` writes.
 * @throws TerminalError that names the file of a template that is none, or that this program does not render.
 */
export async function readChatTemplate(
  directory: string,
  configured: z.infer<typeof templatesSchema>,
  specialTokens: Readonly<Record<string, string>>,
  now: () => Date = () => new Date(),
): Promise<ChatRenderer | undefined> {
  const usual = await templateOf(directory, 'default', configured);
  if (usual === undefined) return undefined;
  const forTools = await templateOf(directory, 'tool_use', configured);
  const render = rendererOf(usual, specialTokens, now);
  const renderWithTools = forTools === undefined ? render : rendererOf(forTools, specialTokens, now);
  return (messages, addGenerationPrompt, context = {}) =>
    (context.tools === undefined ? render : renderWithTools)(messages, addGenerationPrompt, context);
}

async function templateOf(
  directory: string,
  name: 'default' | 'tool_use',
  configured: z.infer<typeof templatesSchema>,
): Promise<TemplateFile | undefined> {
  const path =
    name === 'default'
      ? join(directory, 'chat_template.jinja')
      : join(directory, 'additional_chat_templates', `${name}.jinja`);
  const text = await readOptionalText(path);
  if (text !== undefined) return {path, text};
  const field = Array.isArray(configured)
    ? configured.find((each) => each.name === name)?.template
    : name === 'default'
      ? configured
      : undefined;
  return typeof field === 'string'
    ? {path: join(directory, 'tokenizer_config.json'), text: field}
    : undefined;
}

function rendererOf(
  {path, text}: TemplateFile,
  specialTokens: Readonly<Record<string, string>>,
  now: () => Date,
): ChatRenderer {
  const explain = (error: unknown): TerminalError =>
    new TerminalError(
      error instanceof UnsupportedTemplate
        ? `${path}: the chat template uses ${error.what}, which this program does not render; use format plain, or another template`
        : `${path}: the chat template fails: ${messageOf(error)}; use format plain, or correct it`,
    );
  let template: Template;
  try {
    template = compile(text, now);
  } catch (error) {
    throw explain(error);
  }
  return (messages, addGenerationPrompt, {tools, arguments: given} = {}) => {
    try {
      return template.render({
        documents: null,
        ...specialTokens,
        ...given,
        messages: messages.map(asTransformersGives),
        tools: tools ?? null,
        add_generation_prompt: addGenerationPrompt,
      });
    } catch (error) {
      const odd = messages.findIndex(({content}) => typeof content !== 'string');
      const hint = odd === -1 ? '' : `; the content of turn ${odd + 1} is no text, and may have to be`;
      throw new TerminalError(`${explain(error).message}${hint}`);
    }
  };
}

/** Names of the words that a model thinks in, the template's usual one first. */
const REASONING = ['reasoning_content', 'thinking', 'reasoning'] as const;

/** A turn without the keys that are null, as rows of a table have them, and its reasoning under the names that templates read. */
function asTransformersGives(message: Message): Record<string, unknown> {
  const given = Object.fromEntries(
    Object.entries(message).filter(([, value]) => value !== null && value !== undefined),
  );
  const reasoning = REASONING.map((name) => given[name]).find((value) => value !== undefined);
  return reasoning === undefined ? given : {thinking: reasoning, ...given, reasoning_content: reasoning};
}
