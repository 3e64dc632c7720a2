/** The pairs of a file, with what an export of a run says of each. */
import * as z from 'zod';
import {readPairs} from '../learning/pairs/pairs-file.js';
import {completionTurns, promptTurns, type Text, wordsOf} from '../model/text/conversations.js';
import type {PairTexts} from '../model/text/encode.js';
import type {Source} from '../sources/split.js';
import type {SideLogps} from './describe/likelihood.js';

export interface FilePair extends PairTexts {
  /** Counted from 1. */
  readonly line: number;
  /** As the row says; undefined where it does not. */
  readonly source: string | undefined;
  /** Under the policy before training. */
  readonly reference: SideLogps | undefined;
  /** The tokens that these are of, where the row is of a run; an answer that was cut has no end token. */
  readonly ids: TokenIds | undefined;
}

export interface TokenIds {
  readonly promptIds: readonly number[];
  readonly chosenIds: readonly number[];
  readonly rejectedIds: readonly number[];
}

const idsSchema = z
  .object({
    prompt_token_ids: z.array(z.int().nonnegative()).min(1),
    chosen_token_ids: z.array(z.int().nonnegative()).min(1),
    rejected_token_ids: z.array(z.int().nonnegative()).min(1),
  })
  .transform(
    (row): TokenIds => ({
      promptIds: row.prompt_token_ids,
      chosenIds: row.chosen_token_ids,
      rejectedIds: row.rejected_token_ids,
    }),
  );

/** What else a row may be is nobody's business here. */
const knownSchema = z.looseObject({
  source: z.string().optional().catch(undefined),
  reference_chosen_logps: z.number().optional().catch(undefined),
  reference_rejected_logps: z.number().optional().catch(undefined),
});

/**
 * In the file's order, a pair at a time; those that cannot be trained on are passed over.
 *
 * @param onRefused told why, of each of those, such as `chosen is empty`.
 * @throws TerminalError naming the file, the line and the field of what is no pair.
 */
export async function* filePairs(
  source: Source,
  onRefused: (why: string) => void = () => undefined,
): AsyncGenerator<FilePair> {
  for await (const {line, refusal, columns, where: _, ...texts} of readPairs(source)) {
    if (refusal !== undefined) {
      onRefused(refusal);
      continue;
    }
    const known = knownSchema.parse(columns);
    const {reference_chosen_logps: chosen, reference_rejected_logps: rejected} = known;
    const reference = chosen === undefined || rejected === undefined ? undefined : {chosen, rejected};
    yield {line, ...texts, source: known.source, reference, ids: idsSchema.safeParse(columns).data};
  }
}

/** What a prompt asks: the words of its turns. */
export const promptWords = (prompt: Text): string => promptTurns(prompt).map(wordsOf).join('\n');

/** What an answer says. */
export const answerWords = (answer: Text): string => completionTurns(answer).map(wordsOf).join('\n');

/** The pair for a model that no chat template speaks for: the words of its turns. */
export const plainPair = <P extends PairTexts>(pair: P): P => ({
  ...pair,
  prompt: promptWords(pair.prompt),
  chosen: answerWords(pair.chosen),
  rejected: answerWords(pair.rejected),
});
