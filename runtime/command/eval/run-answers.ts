/** An evaluation whose items are answered: by a model, in files, or not at all where they are annotated. */
import {existsSync} from 'node:fs';
import {readFile} from 'node:fs/promises';
import {basename, join, resolve} from 'node:path';
import {moneyText} from '../../endpoints/usage.js';
import {TerminalError} from '../../errors.js';
import type {Graded} from '../../suites/grade.js';
import type {AnswerOptions, AnswerSuite, Item} from '../../suites/suite.js';
import {meanSummary} from '../../suites/summary.js';
import {openAccount} from './account.js';
import {type Answering, answerByEndpoint, answerByModel} from './answering.js';
import {answersIn, openJudge, policyEndpoint, requirePrices, verdictWords} from './endpoints.js';
import {
  countText,
  type EvalOptions,
  limited,
  modelSettings,
  openModel,
  type Running,
  refuseAsking,
} from './eval-options.js';
import {type Evaluation, evaluateAnswers, recordedFor} from './evaluate.js';
import {finish, inFolder} from './finish.js';
import {digestOf} from './settings.js';

/** @returns whether it went to its end. */
export const runAnswers = async (
  running: Running,
  suite: AnswerSuite,
  own: AnswerOptions,
): Promise<boolean> => {
  const annotated = await suite.annotated?.(own);
  return annotated === undefined
    ? answered(running, suite, own)
    : scoreAnnotated(running, suite, own, annotated);
};

const scoreAnnotated = async (
  {options, progress}: Running,
  suite: AnswerSuite,
  own: AnswerOptions,
  annotated: readonly Graded<Item>[],
): Promise<boolean> => {
  const why = 'what was annotated is scored as it is';
  refuseAsking(options, ['model', 'endpoint', 'adapter', 'judge', 'responses'], why);
  const graded = limited(annotated, options);
  const summary = await (suite.summary?.(graded, own) ?? meanSummary(graded));
  const settings = {suite: own, items: digestOf(graded)};
  return inFolder(options, settings, () =>
    finish({options, progress}, {kind: 'done', graded, summary}, settings),
  );
};

const answered = async (running: Running, suite: AnswerSuite, own: AnswerOptions): Promise<boolean> => {
  const {options, progress, signal} = running;
  const {responses = [], model, judge: judgeUrl, judgeModel, temperature, seed} = options;
  refuseAsking(options, ['referenceModel'], `suite ${own.suite} has no use for it`);
  if (responses.length > 0)
    refuseAsking(
      options,
      ['model', 'endpoint', 'adapter', 'limit'],
      'answers that were given elsewhere are scored as they are',
    );
  else if (model === undefined)
    throw new TerminalError(
      `suite ${own.suite}: give --model with a folder, --endpoint with --model, a name there, or --responses with answers`,
    );
  requirePrices(options);
  const items = limited(await suite.items(own), options);
  const recorded = await recordedFor(suite, items, responses);
  const settings = {
    suite: own,
    ...(await codeOf(own)),
    items: digestOf(items),
    model: await modelSettings(options),
    responses:
      recorded === undefined
        ? []
        : {answers: digestOf(recorded), files: responses.map((each) => resolve(each))},
    answering: {temperature: temperature ?? null, seed},
    judge: judgeUrl === undefined ? null : {url: judgeUrl, model: judgeModel, ...verdictWords(options)},
  };
  return inFolder(options, settings, async (folder) => {
    const account = openAccount(join(folder, 'requests.jsonl'), {
      ceiling: options.spendCeiling,
      setBy: '--spend-ceiling',
    });
    const around = {folder, account, signal, warn: (line: string) => progress.print(`note       ${line}`)};
    const judge = await openJudge(options, around);
    progress.print(`suite      ${suite.describe(own)}: ${countText(items.length, options)}`);
    if (judge === undefined && suite.needsJudge?.(own) === true)
      around.warn(
        'there is no judge: answers are kept, and have no score until the same command has --judge',
      );
    const evaluation: Evaluation<AnswerSuite, AnswerOptions> = {
      ...{suite, options: own, folder, progress, signal},
      spent: account.spent,
    };
    const evaluated = await evaluateAnswers(evaluation, items, {
      open: () => openAnswering(running, own, items, around),
      recorded,
      judge,
      policy: nameOf(options),
    });
    const {requests, promptTokens, completionTokens, cost} = account.spent();
    if (requests > 0)
      progress.print(
        `asked      ${requests} requests, ${promptTokens} + ${completionTokens} tokens${cost === 0 ? '' : `, ${moneyText(cost)}`}`,
      );
    return finish(running, evaluated, {...settings, usage: {requests, promptTokens, completionTokens, cost}});
  });
};

/** Of code of the user's own, which grades: under other code a grade may be another. */
const codeOf = async (own: AnswerOptions): Promise<{readonly code?: string}> =>
  own.suite === 'module' && 'file' in own && typeof own.file === 'string'
    ? {code: digestOf(await readFile(own.file, 'utf8'))}
    : {};

/** What to call who answers: a folder's own name, or the one that was typed. */
const nameOf = ({model, endpoint}: EvalOptions): string => {
  if (model === undefined) return 'recorded';
  return endpoint === undefined && existsSync(model) ? basename(resolve(model)) : model;
};

const openAnswering = async (
  running: Running,
  {maxCompletionTokens}: AnswerOptions,
  items: readonly Item[],
  around: Parameters<typeof policyEndpoint>[3],
): Promise<Answering> => {
  const {options, progress, signal} = running;
  const {model = '', endpoint, temperature, seed, batch} = options;
  const answering = {temperature, maxCompletionTokens, seed, signal};
  if (endpoint !== undefined) {
    const asked = await policyEndpoint(options, model, maxCompletionTokens, around);
    return answerByEndpoint(asked, items, answering, {folder: answersIn(around.folder), warn: around.warn});
  }
  const policy = await openModel(running, model, maxCompletionTokens, 'decoding');
  return answerByModel(policy, items, answering, {batch, print: progress.print});
};
