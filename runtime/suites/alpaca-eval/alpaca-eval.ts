/**
 * AlpacaEval 2: a judge's preference between the model's answer and a baseline's to each instruction, as the raw win rate and as the
 * length-controlled one. From annotations that are there, or by answers and a judge of one's own.
 */
import * as z from 'zod';
import {TerminalError} from '../../errors.js';
import {randomFor} from '../../seed.js';
import {meanOf, scaled} from '../estimate.js';
import {NO_JUDGE, type Question, unscoredBecause, verdictDetails} from '../judge.js';
import {type AnswerSuite, answerLength, type Grading} from '../suite.js';
import {metricsOf, rowsBy, type Summary, type SummaryRow, scoresOf} from '../summary.js';
import {closingOf, type Scale, type VerdictWords, verdictForm, verdictReader} from '../verdict.js';
import {
  type AlpacaItem,
  type Annotated,
  annotated,
  annotationRow,
  readAnnotations,
  readDifficulties,
  readGamed,
  readOutputs,
} from './annotations.js';
import {characters, deviation, isExtreme, lengthControlled, mean} from './length-control.js';

const metrics = ['win_rate', 'length_controlled_winrate'] as const;

const options = z.strictObject({
  suite: z.literal('alpaca_eval'),
  annotations: z.string().min(1).optional().describe('annotations that are there: nobody is asked'),
  reference: z
    .string()
    .min(1)
    .optional()
    .describe('outputs of the baseline, which the model’s answers are set against'),
  difficulty: z.string().min(1).optional().describe('the difficulty of each instruction'),
  gamed: z.string().min(1).optional().describe('the rows of the gamed baselines'),
  ...{...answerLength, maxCompletionTokens: z.int().positive().default(2048)},
});
type Options = z.infer<typeof options>;

export const alpacaEval = {
  kind: 'answers',
  options,
  files: ['annotations', 'reference', 'difficulty', 'gamed'],
  metrics,
  usesJudge: true,
  needsJudge: ({annotations}) => annotations === undefined,
  describe: ({suite, annotations, reference = annotations}) => `${suite} of ${reference}`,
  async items({annotations, reference}) {
    if (annotations !== undefined) return (await readAnnotations(annotations)).map(({item}) => item);
    if (reference !== undefined) return readOutputs(reference);
    throw new TerminalError(
      'alpaca_eval: needs one of annotations, comparisons that are there, and reference, the outputs of the baseline',
    );
  },
  annotated: async ({annotations}) => (annotations === undefined ? undefined : readAnnotations(annotations)),
  grade: async (item, answer, grading) => (await compared(item, answer, grading)).grade,
  parts: (items) => items.map(({dataset}) => dataset),
  summary: (graded, given) => summaryOf(graded as readonly Annotated[], given),
} as const satisfies AnswerSuite<Options, AlpacaItem>;

/** In words of our own; what the two are called, and that only that is to be said, is AlpacaEval's. */
const SYSTEM =
  'You compare the outputs of language models and choose the one that people would prefer. You answer with the identifier of the better output, and nothing else.';

/** The identifier that a reply names; undefined where it names none or both. */
export const identifierIn = (reply: string): 'm' | 'M' | undefined => {
  const named = new Set(
    [...reply.matchAll(/(?<![\p{L}\d'’])[mM](?![\p{L}\d'’])/gu)].map(([letter]) => letter),
  );
  return named.size === 1 ? (named.has('m') ? 'm' : 'M') : undefined;
};

const BETTER: Scale<'m' | 'M'> = {
  name: 'better_output',
  values: ['m', 'M'],
  marked: identifierIn,
  value: identifierIn,
};

/** AlpacaEval's is plain as it is. */
const PLAIN = 'Answer with m or with M, and with nothing else.';
const CLOSING = {marked: PLAIN, plain: PLAIN} as const;

const questionOf = (instruction: string, m: string, M: string, words: VerdictWords = {}): Question => ({
  system: SYSTEM,
  prompt: `Two models were given this instruction:

<instruction>
${instruction}
</instruction>

<output model="m">
${m}
</output>

<output model="M">
${M}
</output>

Which output would people prefer, by its quality alone? ${closingOf(CLOSING, BETTER, words)}`,
  ...verdictForm(BETTER, words),
});

const compared = async (item: AlpacaItem, answer: string, {judge, policy}: Grading): Promise<Annotated> => {
  const more = {output_2: answer, generator_2: policy};
  const without = (unscored: string, details = {}): Annotated => {
    const {grade} = annotated(item, undefined, {...more, ...details});
    return {item, grade: {...grade, unscored}};
  };
  if (answer === item.reference) return annotated(item, 1.5, more);
  if (judge === undefined) return without(NO_JUDGE);
  // One order for each instruction, the same every time; over many a favoured place evens out.
  const isSwitched = randomFor('is_switched_outputs', item.prompt).next() % 2 === 0;
  const [m, M] = isSwitched ? [answer, item.reference] : [item.reference, answer];
  const verdict = await judge.ask(
    questionOf(item.prompt, m, M, judge.words),
    verdictReader(BETTER, judge.words),
  );
  const details = {annotator: judge.model, is_switched: isSwitched, ...verdictDetails(verdict)};
  if (verdict.kind !== 'read') return without(unscoredBecause(verdict), details);
  const isModel = (verdict.value === 'm') === isSwitched;
  return annotated(item, isModel ? 2 : 1, {...more, ...details});
};

const inPercent = (row: SummaryRow): SummaryRow => ({
  ...row,
  estimate: row.estimate === undefined ? undefined : scaled(row.estimate, 100),
});

const summaryOf = async (graded: readonly Annotated[], given: Options): Promise<Summary> => {
  const {difficulty: difficultyFile, gamed: gamedFile} = given;
  if ((difficultyFile === undefined) !== (gamedFile === undefined))
    throw new TerminalError(
      'alpaca_eval: --difficulty and --gamed belong together: give both, or neither for instructions of your own',
    );
  const difficulties = difficultyFile === undefined ? undefined : await readDifficulties(difficultyFile);
  const gamed = gamedFile === undefined ? [] : await readGamed(gamedFile);
  const comparisons = graded.map(({item, grade}) => ({
    baselineLength: characters(item.reference),
    modelLength: characters(grade.details.output_2),
    difficulty: difficulties === undefined ? undefined : difficultyOf(item, difficulties, difficultyFile),
    label: grade.score,
  }));
  const scores = scoresOf(graded);
  const raw = meanOf(scores, 'win_rate');
  if (raw === undefined)
    return {score: undefined, metrics: {}, files: {'annotations.json': graded.map(annotationRow)}};
  const length = mean(comparisons.map(({modelLength}) => modelLength));
  const counts = countsOf(scores.map(({value}) => value));
  const isBaseline = graded.every(({item, grade}) => item.baseline === grade.details.generator_2);
  const found = isBaseline || raw.items < 2 ? undefined : lengthControlled(comparisons, gamed);
  // By definition, of the baseline against itself.
  const controlled = found?.estimate ?? {...raw, ...(isBaseline ? {value: 0.5, low: 0.5, high: 0.5} : {})};
  const percent = {raw: raw.value * 100, controlled: controlled.value * 100};
  return {
    score: controlled,
    ...(found && {pseudoValues: found.pseudoValues}),
    metrics: metricsOf<(typeof metrics)[number]>({
      win_rate: scaled(raw, 100),
      length_controlled_winrate: scaled(controlled, 100),
    }),
    ...(graded.some(({item}) => item.dataset !== undefined)
      ? {rows: rowsBy(graded, ({dataset = 'other'}) => dataset).map(inPercent)}
      : {}),
    details: {
      standard_error: (deviation(scores.map(({value}) => value)) / Math.sqrt(scores.length)) * 100,
      lc_standard_error: (found?.standardError ?? 0) * 100,
      ...counts,
      avg_length: Math.trunc(length),
      glm:
        found === undefined
          ? null
          : difficulties === undefined
            ? 'length_controlled_minimal'
            : 'length_controlled_v1',
      weights: found?.weights ?? {},
      c: found?.c ?? null,
    },
    files: {
      'annotations.json': graded.map((each, at) => {
        const {glm_preference: _, ...row} = annotationRow(each);
        return found === undefined ? row : {...row, glm_preference: found.predictions[at]};
      }),
    },
    notes: [
      ...(difficulties === undefined && found !== undefined
        ? [
            'without instruction difficulties (length_controlled_minimal): not to be compared with the leaderboard',
          ]
        : []),
      ...(isExtreme(percent.raw, percent.controlled)
        ? [
            'the length-controlled rate is far from the raw one: the fit may have failed, or the model plays on length',
          ]
        : []),
    ],
  };
};

const difficultyOf = ({prompt}: AlpacaItem, difficulties: ReadonlyMap<string, number>, file = ''): number => {
  const value = difficulties.get(prompt);
  if (value !== undefined) return value;
  throw new TerminalError(
    `${file}: has no difficulty of the instruction ${JSON.stringify(prompt.slice(0, 80))}; leave --difficulty and --gamed out for instructions of your own`,
  );
};

const countsOf = (scores: readonly number[]) => ({
  n_wins: scores.filter((each) => each > 0.5).length,
  n_wins_base: scores.filter((each) => each < 0.5).length,
  n_draws: scores.filter((each) => each === 0.5).length,
  n_total: scores.length,
});
