/** An evaluation by the log-probabilities that a model in this process gives to texts. */
import {TerminalError} from '../../errors.js';
import {type Measuring, measureByModel} from '../../suites/scoring/measuring.js';
import type {LikelihoodSuite} from '../../suites/suite.js';
import {
  countText,
  folderSettings,
  limited,
  modelSettings,
  openModel,
  type Running,
  refuseAsking,
} from './eval-options.js';
import {type Evaluation, evaluateLikelihoods} from './evaluate.js';
import {finish, inFolder} from './finish.js';
import {digestOf} from './settings.js';

type Own = {readonly suite: string};

/** @returns whether it went to its end. */
export const runLikelihoods = async (
  running: Running,
  suite: LikelihoodSuite,
  own: Own,
): Promise<boolean> => {
  const {options, progress, signal} = running;
  const {model, referenceModel} = options;
  refuseAsking(
    options,
    ['endpoint', 'responses', 'judge'],
    `suite ${own.suite} measures log-probabilities, which a model in this process alone gives`,
  );
  if (model === undefined) throw new TerminalError(`suite ${own.suite}: give --model with a folder`);
  if (referenceModel !== undefined && suite.form !== 'answer')
    throw new TerminalError(
      `--reference-model ${referenceModel}: suite ${own.suite} has no use for it; leave it out`,
    );
  const items = limited(await suite.items(own), options);
  const settings = {
    suite: own,
    items: digestOf(items),
    model: await modelSettings(options),
    reference: referenceModel === undefined ? null : await folderSettings(referenceModel),
  };
  return inFolder(options, settings, async (folder) => {
    progress.print(`suite      ${suite.describe(own)}: ${countText(items.length, options)}`);
    const how = {isChat: options.chat === true, windowTokens: suite.windowTokens?.(own)};
    const isPlain = options.plain === true || (suite.form !== 'answer' && !how.isChat);
    const measuring = async (given: Running, from: string): Promise<Measuring> => {
      const asIs = {...given, options: {...given.options, plain: isPlain}};
      return measureByModel(await openModel(asIs, from, 1, 'training'), items, suite.form, how);
    };
    const {adapter: _, ...alone} = options;
    const evaluation: Evaluation<LikelihoodSuite, Own> = {suite, options: own, folder, progress, signal};
    const evaluated = await evaluateLikelihoods(evaluation, items, {
      open: () => measuring(running, model),
      openReference:
        referenceModel === undefined
          ? undefined
          : () => measuring({...running, options: alone}, referenceModel),
    });
    return finish(running, evaluated, settings);
  });
};
