/** How well a model predicts texts: perplexity by token, by word and by byte, as lm-evaluation-harness has them. */
import * as z from 'zod';
import {TerminalError} from '../errors.js';
import {readRows} from '../sources/rows.js';
import {type Estimate, meanOf} from './estimate.js';
import type {Graded} from './grade.js';
import type {LikelihoodItem, LikelihoodSuite} from './suite.js';
import {metricsOf} from './summary.js';

const metrics = ['perplexity', 'word_perplexity', 'byte_perplexity', 'bits_per_byte'] as const;

const options = z.strictObject({
  suite: z.literal('perplexity'),
  file: z.string().min(1).describe('rows with text'),
  windowTokens: z
    .int()
    .min(2)
    .default(2048)
    .describe('tokens of a longer text that are looked at together, at most'),
});

export interface TextItem extends LikelihoodItem {
  readonly words: number;
  readonly bytes: number;
}

const EXAMPLE = '{"text": "..."}';

export const perplexity = {
  kind: 'likelihoods',
  form: 'text',
  options,
  files: ['file'],
  metrics,
  lowerIsBetter: metrics,
  windowTokens: ({windowTokens}) => windowTokens,
  describe: ({suite, file}) => `${suite} of ${file}`,
  async items({file}) {
    const items: TextItem[] = [];
    for await (const {where, columns} of readRows({path: file, keys: '--'}, EXAMPLE)) {
      const {text} = columns;
      if (typeof text !== 'string' || text.trim() === '')
        throw new TerminalError(`${where}: text: not a text; each row is ${EXAMPLE}`);
      const words = text.split(/\s+/).length;
      items.push({prompt: '', continuations: [text], words, bytes: Buffer.byteLength(text)});
    }
    if (items.length === 0) throw new TerminalError(`${file}: holds no texts; each row is ${EXAMPLE}`);
    return items;
  },
  /** The geometric mean of the tokens' probabilities, so that a better prediction is a higher score. */
  grade: (_, [likelihood]) => {
    const {logps, tokens} = likelihood ?? {logps: Number.NaN, tokens: 1};
    return {score: Math.exp(logps / tokens), details: {logps, tokens}};
  },
  summary: (graded) => {
    const logps = graded.map(({grade}) => Number(grade.details?.logps));
    const mean = (name: string, sizes: readonly number[]): Estimate | undefined =>
      meanOf(
        logps.map((each, at) => ({value: each / (sizes[at] ?? 1), weight: sizes[at] ?? 1})),
        name,
        'amount',
      );
    const byToken = mean(
      'perplexity',
      graded.map(({grade}) => Number(grade.details?.tokens)),
    );
    const byWord = mean(
      'word_perplexity',
      graded.map(({item}) => item.words),
    );
    const byByte = mean(
      'byte_perplexity',
      graded.map(({item}) => item.bytes),
    );
    const through = (
      estimate: Estimate | undefined,
      map: (value: number) => number,
    ): Estimate | undefined => {
      if (estimate === undefined) return undefined;
      const [one, other] = [map(estimate.low), map(estimate.high)];
      return {...estimate, value: map(estimate.value), low: Math.min(one, other), high: Math.max(one, other)};
    };
    const inverse = (value: number): number => Math.exp(-value);
    return {
      score: through(byToken, Math.exp),
      ...(byToken && {pseudoValues: () => perTextOf(graded, byToken.value)}),
      metrics: metricsOf<(typeof metrics)[number]>({
        perplexity: through(byToken, inverse),
        word_perplexity: through(byWord, inverse),
        byte_perplexity: through(byByte, inverse),
        bits_per_byte: through(byByte, (value) => -value / Math.LN2),
      }),
    };
  },
} as const satisfies LikelihoodSuite<z.infer<typeof options>, TextItem>;

/**
 * The score is exp(Σ log π / Σ tokens): of each text, how far its log π is from the mean's, times the slope of the score.
 *
 * @param mean log π of a token; nats.
 */
const perTextOf = (graded: readonly Graded<TextItem>[], mean: number): number[] => {
  const measured = graded.map(({grade: {details}}) => ({
    logps: Number(details?.logps),
    tokens: Number(details?.tokens),
  }));
  const tokensOfOne = measured.reduce((sum, {tokens}) => sum + tokens, 0) / measured.length;
  return measured.map(({logps, tokens}) => Math.exp(mean) * (1 + (logps - tokens * mean) / tokensOfOne));
};
