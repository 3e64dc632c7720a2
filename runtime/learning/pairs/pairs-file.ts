/** Pairs of a data file, in any form and layout that has them. */
import {TerminalError} from '../../errors.js';
import {isBlank} from '../../model/text/conversations.js';
import type {PairTexts} from '../../model/text/encode.js';
import type {Answer} from '../../sources/layouts/layout.js';
import {columnsThere, exampleOf} from '../../sources/layouts/layouts.js';
import {type Columns, type Row, readRows} from '../../sources/rows.js';
import type {Source} from '../../sources/split.js';

/** A row of a pairs file. */
export interface PairLine extends PairTexts {
  /** Counted from 1: the line, where a row is a line of text. */
  readonly line: number;
  /** `FILE:LINE`, or `FILE row N`. */
  readonly where: string;
  /** All that the row has. */
  readonly columns: Columns;
  /** Why the pair cannot be trained on, such as `chosen is empty`; undefined where it can. */
  readonly refusal: string | undefined;
}

const EXAMPLE = '{"prompt": "...", "chosen": "...", "rejected": "..."}';

/**
 * The pairs of a file, in order, a row at a time.
 *
 * Of recorded answers with scores the best is chosen and the worst rejected, the first of those that have the same: the
 * paper's off-policy preferences.
 *
 * @throws TerminalError naming the file, the row and the field of what is in none of the forms.
 */
export async function* readPairs(source: Source): AsyncGenerator<PairLine> {
  for await (const row of readRows(source, EXAMPLE)) {
    const {row: line, where, columns} = row;
    yield {line, where, columns, ...pairOf(row)};
  }
}

type Pair = PairTexts & Pick<PairLine, 'refusal'>;

function pairOf(row: Row): Pair {
  const example = exampleOf(row);
  if (example === undefined)
    throw new TerminalError(
      `${row.where}: no pair in the columns ${columnsThere(row.columns)}; each line is ${EXAMPLE}`,
    );
  const {prompt = '', answers, context} = example;
  if (answers !== undefined) return scoredPair({prompt, context}, answers);
  const {chosen, rejected} = example;
  if (chosen === undefined || rejected === undefined) {
    const field = chosen === undefined ? 'chosen' : 'rejected';
    const what =
      row.columns[field] === null ? 'null; leave the line out' : `missing; each line is ${EXAMPLE}`;
    throw new TerminalError(`${row.where}: ${field}: ${what}`);
  }
  return checked({prompt, chosen, rejected, context});
}

type Scored = Answer & {readonly score: number};

function scoredPair(asked: Pick<PairTexts, 'prompt' | 'context'>, answers: readonly Answer[]): Pair {
  const scored = answers.filter((answer): answer is Scored => answer.score !== undefined);
  const [best, worst] = [extremeOf(scored, 1), extremeOf(scored, -1)];
  const texts = {...asked, chosen: best?.text ?? '', rejected: worst?.text ?? ''};
  if (scored.length < 2) return {...texts, refusal: 'fewer than two of its answers have a score'};
  if (best?.score === worst?.score) return {...texts, refusal: 'all of its answers have the same score'};
  return checked(texts);
}

/** The first answer of the highest score, or of the lowest where the sign is -1. */
const extremeOf = (answers: readonly Scored[], sign: 1 | -1): Scored | undefined =>
  answers.reduce<Scored | undefined>(
    (best, each) => (best === undefined || sign * each.score > sign * best.score ? each : best),
    undefined,
  );

const checked = (texts: PairTexts): Pair => ({...texts, refusal: refusalOf(texts)});

function refusalOf({prompt, chosen, rejected}: PairTexts): string | undefined {
  if (isBlank(prompt)) return 'the prompt is empty';
  if (isBlank(chosen)) return 'chosen is empty';
  if (isBlank(rejected)) return 'rejected is empty';
  return undefined;
}
