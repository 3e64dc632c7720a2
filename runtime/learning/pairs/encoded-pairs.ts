/** A pairs file as token ids: what can be trained on, what cannot and why, and what was cut. */
import {createHash} from 'node:crypto';
import {TerminalError} from '../../errors.js';
import {type CompletionOptions, type EncodedPair, encodePair} from '../../model/text/encode.js';
import type {Tokenizer} from '../../model/text/tokenizer.js';
import type {Source} from '../../sources/split.js';
import {type PairLine, readPairs} from './pairs-file.js';

/** A pair of a file as token ids, 4 bytes each: a file may hold tens of millions. */
export interface EncodedPairLine {
  /** Of the file, counted from 1. */
  readonly line: number;
  readonly promptIds: Int32Array;
  /** At least one; with the end token, where it was not cut off. */
  readonly chosenIds: Int32Array;
  readonly rejectedIds: Int32Array;
}

/** A pair that cannot be trained on. */
export interface RefusedLine {
  readonly line: number;
  /** Such as `chosen is empty`. */
  readonly refusal: string;
}

export interface EncodedPairs {
  /** In file order. */
  readonly pairs: readonly EncodedPairLine[];
  readonly refused: readonly RefusedLine[];
  /** Prompts and completions that were longer than their limits, in all pairs. */
  readonly cut: {readonly prompts: number; readonly completions: number};
  /** Pairs of whose prompts the last tokens merge with the answers' first, and so begin those. */
  readonly merged: number;
  /** Tokens of the longest prompt and completion together. */
  readonly longest: number;
}

export interface EncodeOptions extends CompletionOptions {
  /** Tokens that the model can place: config.json's `max_position_embeddings`. */
  readonly maxPositions: number;
  /** Lines read so far, after each. */
  readonly onProgress?: (lines: number) => void;
}

/**
 * Reads and encodes a whole file.
 *
 * @throws TerminalError with the file, the line and a remedy where a line is in no form of a pair or does not fit the
 *   format or the model; and where the file has no pair that can be trained on.
 */
export async function encodePairsFile(
  source: Source,
  tokenizer: Tokenizer,
  options: EncodeOptions,
): Promise<EncodedPairs> {
  const pairs: EncodedPairLine[] = [];
  const refused: RefusedLine[] = [];
  const cut = {prompts: 0, completions: 0};
  let merged = 0;
  let longest = 0;
  for await (const line of readPairs(source)) {
    const encoded = encodeLine(line, tokenizer, options);
    options.onProgress?.(line.line);
    if (typeof encoded === 'string') {
      refused.push({line: line.line, refusal: encoded});
      continue;
    }
    const {promptIds, chosenIds, rejectedIds, isCut, mergedTokens} = encoded;
    pairs.push({
      line: line.line,
      promptIds: Int32Array.from(promptIds),
      chosenIds: Int32Array.from(chosenIds),
      rejectedIds: Int32Array.from(rejectedIds),
    });
    cut.prompts += isCut.prompt ? 1 : 0;
    cut.completions += (isCut.chosen ? 1 : 0) + (isCut.rejected ? 1 : 0);
    merged += mergedTokens > 0 ? 1 : 0;
    longest = Math.max(longest, longestOf(encoded));
  }
  if (pairs.length === 0) throw new TerminalError(`${source.path}: ${nothingLeft(refused)}`);
  return {pairs, refused, cut, merged, longest};
}

/** SHA-256 of the pairs' tokens, in order: the same where the same is trained on. */
export function digestOf(pairs: readonly EncodedPairLine[]): string {
  const hash = createHash('sha256');
  for (const {promptIds, chosenIds, rejectedIds} of pairs) {
    for (const ids of [promptIds, chosenIds, rejectedIds]) hash.update(`${ids.length} `).update(ids);
  }
  return hash.digest('hex');
}

/** Tokens of the prompt and the longer completion. */
export const longestOf = ({
  promptIds,
  chosenIds,
  rejectedIds,
}: Readonly<Record<'promptIds' | 'chosenIds' | 'rejectedIds', ArrayLike<number>>>): number =>
  promptIds.length + Math.max(chosenIds.length, rejectedIds.length);

/** The pair as token ids, or why it is refused. */
function encodeLine(line: PairLine, tokenizer: Tokenizer, options: EncodeOptions): EncodedPair | string {
  if (line.refusal !== undefined) return line.refusal;
  const encoded = encodedAt(line, tokenizer, options);
  const {promptIds, chosenIds, rejectedIds} = encoded;
  // A template or a normalizer may leave nothing of a text.
  if (promptIds.length === 0) return 'the prompt has no tokens';
  if (chosenIds.length === 0) return 'chosen has no tokens';
  if (rejectedIds.length === 0) return 'rejected has no tokens';
  const tokens = longestOf(encoded);
  if (tokens <= options.maxPositions) return encoded;
  throw new TerminalError(
    `${line.where}: ${tokens} tokens are beyond the model's ${options.maxPositions} positions; ` +
      'lower --max-prompt-tokens or --max-completion-tokens',
  );
}

function encodedAt(line: PairLine, tokenizer: Tokenizer, options: EncodeOptions): EncodedPair {
  try {
    return encodePair(tokenizer, line, options);
  } catch (error) {
    throw error instanceof TerminalError ? new TerminalError(`${line.where}: ${error.message}`) : error;
  }
}

const nothingLeft = ([first, ...others]: readonly RefusedLine[]): string =>
  first === undefined
    ? 'holds no pairs; write one JSON object on each line'
    : `holds no pair that can be trained on: line ${first.line}: ${first.refusal}${others.length === 0 ? '' : `, and ${others.length} more`}`;

/** `2 refused: chosen is empty (line 3), the prompt is empty (line 9)`; undefined where none was. */
export function refusalText(refused: readonly RefusedLine[]): string | undefined {
  if (refused.length === 0) return undefined;
  const lines = new Map<string, number[]>();
  for (const {line, refusal} of refused) lines.set(refusal, [...(lines.get(refusal) ?? []), line]);
  const reasons = [...lines].map(([refusal, each]) => {
    const more = each.length > SHOWN_LINES ? ` and ${each.length - SHOWN_LINES} more` : '';
    return `${refusal} (line ${each.slice(0, SHOWN_LINES).join(', ')}${more})`;
  });
  return `${refused.length} refused: ${reasons.join('; ')}`;
}

const SHOWN_LINES = 5;
