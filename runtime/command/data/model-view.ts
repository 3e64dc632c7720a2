/** Pairs under a model that is not the run's: `--model` of `anchorage data describe`. */
import {availableParallelism} from 'node:os';
import {rewardsOf, type SideLogps} from '../../data/describe/likelihood.js';
import {type FilePair, plainPair} from '../../data/file-pairs.js';
import {isTokensOf} from '../../data/own-tokens.js';
import {TerminalError} from '../../errors.js';
import {encodePair} from '../../model/text/encode.js';
import {openPolicy} from '../offline/policy-options.js';
import {policyLogps} from '../offline/policy-pairs.js';
import type {Work} from './describe-work.js';
import type {ModelView} from './described.js';

/** What a model says of pairs that were drawn; null where they were not. */
export const viewOf = async (
  pairs: readonly FilePair[] | undefined,
  {name, options, progress, signal}: Work,
): Promise<ModelView | null> => {
  const {model: folder, plain = false, beta} = options;
  if (folder === undefined || pairs === undefined) return null;
  const where = {threads: availableParallelism(), device: 'cpu'} as const;
  const how = {backend: 'auto', precision: 'float32'} as const;
  const policy = await openPolicy({model: folder, plain, ...where, ...how}, 'training', signal);
  const {model, format, chatTemplate, limits} = policy;
  const encoded = pairs.flatMap((pair) => {
    const texts = format === 'plain' ? plainPair(pair) : pair;
    // What the reference's log-probabilities are of, an answer that was cut without an end token.
    const isOwn = isTokensOf(pair, model);
    const ids = isOwn ? pair.ids : encodePair(model.tokenizer, texts, {...limits, format, chatTemplate});
    const reference = isOwn || pair.ids === undefined ? pair.reference : undefined;
    const promptIds = Int32Array.from(ids.promptIds);
    const chosenIds = Int32Array.from(ids.chosenIds);
    const rejectedIds = Int32Array.from(ids.rejectedIds);
    const isScored = [promptIds, chosenIds, rejectedIds].every(({length}) => length > 0);
    return isScored ? [{line: pair.line, promptIds, chosenIds, rejectedIds, reference}] : [];
  });
  if (encoded.length === 0) throw new TerminalError(`${name}: holds no pair that the model has tokens for`);
  const logps = await policyLogps({policy, pairs: encoded, cache: undefined, progress, signal});
  const scored = encoded.flatMap((each) => {
    const own = logps.get(each);
    return own === undefined ? [] : [{policy: own, reference: each.reference}];
  });
  const referenced = scored.flatMap(({policy: own, reference}) =>
    reference === undefined ? [] : [{policy: own, reference}],
  );
  const known = pairs.filter(({reference}) => reference !== undefined).length;
  if (referenced.length < known)
    progress.print(
      `rewards    of ${referenced.length} of ${known} pairs: the log-probabilities of the others are of tokens that the model has not`,
    );
  const mean = (side: keyof SideLogps): number =>
    scored.reduce((sum, {policy: own}) => sum + own[side], 0) / scored.length;
  return {
    folder,
    pairs: scored.length,
    chosen_logps: mean('chosen'),
    rejected_logps: mean('rejected'),
    rewards: rewardsOf(referenced, beta),
  };
};
