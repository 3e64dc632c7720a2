/** What the commands that need no fleet share: the model, how texts become tokens, and what computes. */
import {createHash} from 'node:crypto';
import {availableParallelism} from 'node:os';
import {type Command, Option} from 'commander';
import {TerminalError} from '../../errors.js';
import {shownFolder} from '../../hub/hub-name.js';
import {loadAdapter, mergeAdapter} from '../../model/files/adapter.js';
import {readModelConfig} from '../../model/files/config.js';
import {findModel} from '../../model/files/find-model.js';
import {loadCheckpoint, type ModelCheckpoint} from '../../model/files/model-checkpoint.js';
import {parametersText} from '../../model/files/parameters.js';
import type {TemplateArguments} from '../../model/text/chat-template.js';
import type {TextFormat} from '../../model/text/encode.js';
import {tryModelText} from '../../model/trial/trial.js';
import type {ExecutorOptions, OpenedExecutor} from '../../tensor/executor.js';
import {
  backendNames,
  type Device,
  devices,
  type Precision,
  precisions,
  type Work,
} from '../../tensor/executors.js';
import {openExecutor} from '../../tensor/open.js';
import {collectArguments, wholeFrom} from '../options/values.js';

export interface PolicyOptions {
  readonly model: string;
  /** A PEFT folder, added to the model's weights. */
  readonly adapter?: string;
  readonly chat?: boolean;
  readonly plain?: boolean;
  readonly chatTemplateArg?: TemplateArguments;
  readonly maxPromptTokens?: number;
  readonly maxCompletionTokens?: number;
  readonly backend: ExecutorOptions['backend'];
  readonly threads: number;
  readonly device: Device;
  readonly precision: Precision;
}

/** The paper's limits, for prompts and for completions. */
const MAX_TOKENS = 512;

/** `--model`, `--chat`, `--plain` and the options of the executor. `more` are precisions of sampling alone. */
export const withPolicyOptions = (command: Command, more: readonly Precision[] = []): Command =>
  withTextOptions(
    command.requiredOption(
      '--model <folder>',
      'the policy: a Hugging Face folder, or its name on the Hub, ORG/NAME (Llama, Mistral, Qwen2, Qwen3)',
    ),
    more,
  );

/** The same, of a command that can do without a model. */
export const withTextOptions = (command: Command, more: readonly Precision[] = []): Command =>
  command
    .addOption(
      new Option(
        '--chat',
        'texts go through the chat template; so they do unless the model has none',
      ).conflicts('plain'),
    )
    .option('--plain', 'texts are joined as they are, and the end token added')
    .option(
      '--chat-template-arg <name=value>',
      'gives the chat template an argument, such as enable_thinking=false; may be repeated',
      collectArguments,
    )
    .option(
      '--max-prompt-tokens <number>',
      `a longer prompt keeps its last tokens (${MAX_TOKENS})`,
      wholeFrom(1),
    )
    .addOption(new Option('--backend <name>', 'what computes').choices(backendNames).default('auto'))
    .addOption(new Option('--device <name>', 'where').choices(devices).default('cpu'))
    .option('--threads <number>', 'for it', wholeFrom(1), availableParallelism())
    .addOption(
      new Option(
        '--precision <type>',
        `of its products; ${['bfloat16 on tensorflow', ...more.map((name) => `${name} on onnx`)].join(', ')}`,
      )
        .choices([...precisions, ...more])
        .default('float32'),
    );

/** `--adapter`, for commands that leave the model as it is. */
export const withAdapterOption = (command: Command): Command =>
  command.option(
    '--adapter <folder>',
    'a PEFT adapter of the model, or its name on the Hub, added to its weights',
  );

/** `--max-completion-tokens`, for commands that read completions. */
export const withCompletionOption = (command: Command): Command =>
  command.option(
    '--max-completion-tokens <number>',
    `a longer completion keeps its first tokens, and loses its end token (${MAX_TOKENS})`,
    wholeFrom(1),
  );

/** A model that is ready to be used. */
export interface Policy extends OpenedExecutor {
  readonly model: ModelCheckpoint;
  readonly format: TextFormat;
  readonly chatTemplate: TemplateArguments;
  readonly limits: TokenLimits;
  readonly device: Device;
  readonly precision: Precision;
  /** What was opened, in lines for a person. */
  readonly lines: readonly string[];
}

export interface TokenLimits {
  readonly maxPromptTokens: number;
  readonly maxCompletionTokens: number;
}

/**
 * Loads the model and opens the executor.
 *
 * @param signal ends the fetching of a model that is only on the Hub.
 * @throws TerminalError with what is missing or wrong, in one line.
 */
export const openPolicy = async (
  options: PolicyOptions,
  work: Work,
  signal?: AbortSignal,
): Promise<Policy> => {
  const {backend, device, threads, precision} = options;
  const {executor, reason} = await openExecutor({backend, device, threads, spin: true, precision, work});
  const model = await loadPolicy(options, signal);
  const format = formatOf(options, model);
  const limits = tokenLimits(options, model.config.maxPositions);
  return {
    model,
    executor,
    reason,
    format,
    chatTemplate: options.chatTemplateArg ?? {},
    limits,
    device,
    precision,
    lines: [
      `model      ${shownFolder(model.directory)}, ${parametersText(parametersOf(model))} parameters; ${format}, at most ${limits.maxPromptTokens} + ${limits.maxCompletionTokens} tokens`,
      `backend    ${reason}`,
    ],
  };
};

/** The model, with the adapter added to its weights where there is one. */
const loadPolicy = async (
  {model: typed, adapter: adapterTyped, plain, chatTemplateArg}: PolicyOptions,
  signal: AbortSignal | undefined,
): Promise<ModelCheckpoint> => {
  const folder = await findModel(typed, 'model', {signal});
  const adapterFolder = adapterTyped && (await findModel(adapterTyped, 'adapter', {signal}));
  await readModelConfig(folder);
  await tryModelText(folder, {format: plain === true ? 'plain' : 'chat', chatTemplate: chatTemplateArg});
  const model = await loadCheckpoint(folder);
  if (adapterFolder === undefined) return model;
  const adapter = await loadAdapter(adapterFolder, model.config);
  const digest = createHash('sha256').update(`${model.weightsSha256} ${adapter.alpha / adapter.rank}`);
  for (const [name, {data}] of adapter.tensors) digest.update(name).update(data);
  return {
    ...model,
    weights: mergeAdapter(model.weights, adapter),
    weightsSha256: digest.digest('hex'),
  };
};

const formatOf = ({chat, plain}: PolicyOptions, {tokenizer}: ModelCheckpoint): TextFormat => {
  if (chat) return 'chat';
  return plain || tokenizer.renderChat === undefined ? 'plain' : 'chat';
};

/**
 * Limits that the model's positions hold. What is not given is the paper's, or half of the positions where that is less.
 *
 * @throws TerminalError where both do not fit: texts cut to a few tokens would be trained on without a word.
 */
export const tokenLimits = (given: Partial<TokenLimits>, positions: number): TokenLimits => {
  const usual = Math.min(MAX_TOKENS, Math.floor(positions / 2));
  const {maxPromptTokens = usual, maxCompletionTokens = usual} = given;
  if (maxPromptTokens + maxCompletionTokens <= positions) return {maxPromptTokens, maxCompletionTokens};
  throw new TerminalError(
    `token limits: ${maxPromptTokens} for prompts and ${maxCompletionTokens} for completions are over the model's ${positions} ` +
      'positions (max_position_embeddings); lower --max-prompt-tokens, or --max-completion-tokens or --max-new-tokens',
  );
};

const parametersOf = ({weights}: ModelCheckpoint): number => {
  let parameters = 0;
  for (const {data} of weights.values()) parameters += data.length;
  return parameters;
};
