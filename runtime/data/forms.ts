/**
 * The forms in which pairs leave: a row of columns each, as `datasets` reads it.
 *
 * `trl` is TRL's conversational form: the prompt's messages, and those of each answer behind them; of a policy that no chat
 * template speaks for, its standard form: texts as they are. `clair` is that of the published CLAIR data sets: the prompt as
 * a text, whole conversations, and `rational`, as it is spelt there.
 */
import {completionTurns, type Message, promptTurns, wordsOf} from '../model/text/conversations.js';
import type {TextFormat} from '../model/text/encode.js';
import {answerWords, promptWords} from './file-pairs.js';
import type {MadePair} from './made-pair.js';

/** What the pairs of one run have in common. */
export interface MadeBy {
  /** The policy that was sampled, by the name of its folder. */
  readonly policy: string;
  /** What the run was seeded by. */
  readonly seed: number;
  /** How texts meet the policy. */
  readonly format: TextFormat;
  /** Of the prices; undefined without any. */
  readonly currency: string | undefined;
}

/** What a column holds; a text and a real number may be missing. */
export type ColumnKind = 'messages' | 'text' | 'integer' | 'real';
export type Columns = Readonly<Record<string, ColumnKind>>;
export type Row = Readonly<Record<string, unknown>>;

interface Form {
  columns(by: MadeBy): Columns;
  row(pair: MadePair, by: MadeBy): Row;
}

/** Behind the texts in every form. Tokens and cost are those of the models that were asked for the pair. */
const origin = {
  source: 'text',
  model: 'text',
  policy: 'text',
  policy_version: 'integer',
  seed: 'integer',
  prompt_id: 'text',
  prompt_tokens: 'integer',
  completion_tokens: 'integer',
  cost: 'real',
  currency: 'text',
  reference_chosen_logps: 'real',
  reference_rejected_logps: 'real',
} as const satisfies Columns;

const originOf = (pair: MadePair, {policy, seed, currency}: MadeBy): Row => ({
  source: pair.source,
  model: pair.model ?? null,
  policy,
  policy_version: pair.policy_version,
  seed,
  prompt_id: pair.prompt_id,
  prompt_tokens: pair.usage?.prompt_tokens ?? null,
  completion_tokens: pair.usage?.completion_tokens ?? null,
  cost: pair.usage?.cost ?? null,
  currency: pair.usage?.cost === undefined ? null : (currency ?? null),
  reference_chosen_logps: pair.reference_chosen_logps,
  reference_rejected_logps: pair.reference_rejected_logps,
});

export const forms = {
  trl: {
    columns: ({format}) => {
      const kind = format === 'chat' ? 'messages' : 'text';
      return {prompt: kind, chosen: kind, rejected: kind, rationale: 'text', ...origin};
    },
    row: (pair, by) => ({
      ...(by.format === 'chat' ? conversation(pair) : texts(pair)),
      rationale: pair.rationale ?? null,
      ...originOf(pair, by),
    }),
  },
  clair: {
    columns: () => ({
      prompt: 'text',
      chosen: 'messages',
      rejected: 'messages',
      rational: 'text',
      ...origin,
    }),
    row: (pair, by) => {
      const {prompt, chosen, rejected} = conversation(pair);
      return {
        // Of several turns, the one that is answered: the conversations have the others.
        prompt: prompt.at(-1)?.content ?? '',
        chosen: [...prompt, ...chosen],
        rejected: [...prompt, ...rejected],
        rational: pair.rationale ?? null,
        ...originOf(pair, by),
      };
    },
  },
} as const satisfies Readonly<Record<string, Form>>;

export type FormName = keyof typeof forms;
export const formNames = Object.keys(forms) as FormName[];

const conversation = ({prompt, chosen, rejected}: MadePair) => ({
  prompt: turns(promptTurns(prompt)),
  chosen: turns(completionTurns(chosen)),
  rejected: turns(completionTurns(rejected)),
});

const texts = ({prompt, chosen, rejected}: MadePair) => ({
  prompt: promptWords(prompt),
  chosen: answerWords(chosen),
  rejected: answerWords(rejected),
});

/** Columns of Parquet hold a role and a text. */
const turns = (messages: readonly Message[]): {readonly role: string; readonly content: string}[] =>
  messages.map((message) => ({role: message.role, content: wordsOf(message)}));
