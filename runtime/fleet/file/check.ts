/** What a schema cannot see: keys that contradict each other, and files that are not there. */
import {existsSync} from 'node:fs';
import {join} from 'node:path';
import {askingActors} from '../../actors.js';
import {deciders, recipesOf} from '../../datasets.js';
import {messageOf, TerminalError} from '../../errors.js';
import {readHubName} from '../../hub/hub-name.js';
import {adaptedLinears} from '../../model/files/adapter.js';
import {type ModelConfig, readModelConfig} from '../../model/files/config.js';
import {modelRemedy} from '../../model/files/no-model.js';
import {openWeights} from '../../model/files/weights.js';
import {tryModelText} from '../../model/trial/trial.js';
import {executorsWith} from '../../tensor/executors.js';
import {anchorContradictions, comparisonsOf, isAuto} from '../anchor/settings.js';
import {endpointsOf, evaluatorAsks, everyAsker, samplerAsks} from '../fleet-actors.js';
import {evaluatorCache, samplerCache} from './cache-memory.js';
import {policyEndpointContradictions} from './check-policy-endpoint.js';
import type {Complaint} from './complaints.js';
import {evaluationContradictions} from './evaluation-check.js';
import {evaluationFiles, evaluationPath, evaluationsOf} from './evaluations.js';
import {learnerMemory} from './learner-memory.js';
import {mostPairs, mostSteps} from './length.js';
import {partsOf} from './part-count.js';
import type {Fleet} from './schema.js';

/** Keys of a fleet that cannot hold together. */
export const contradictionsOf = (fleet: Fleet): Complaint[] => [
  ...datasetContradictions(fleet),
  ...anchorContradictions(fleet),
  ...endpointContradictions(fleet),
  ...policyEndpointContradictions(fleet),
  ...spendContradictions(fleet),
  ...wordContradictions(fleet),
  ...trainingContradictions(fleet),
  ...freshnessContradictions(fleet),
  ...filterContradictions(fleet),
  ...precisionContradictions(fleet),
  ...deviceContradictions(fleet),
  ...evaluationContradictions(fleet),
];

function* datasetContradictions(fleet: Fleet): Generator<Complaint> {
  const {actors} = fleet;
  const recipes = recipesOf(fleet);
  const names = recipes.map(({name}) => name).join(', ');
  const needed = new Set(recipes.map(({decider}) => decider));
  for (const {name, decider} of recipes) {
    if (actors[decider] !== undefined || !needed.delete(decider)) continue;
    yield {
      path: ['actors', decider],
      message: `missing; the dataset ${name} needs it, with its endpoint and model`,
    };
  }
  for (const unused of deciders) {
    if (actors[unused] === undefined || recipes.some(({decider}) => decider === unused)) continue;
    // Other models may have to answer what a judge then decides.
    const isAsked = recipes.some(({name, by}) => name === 'judge_off_policy' && by === 'judge');
    if (unused === 'answerer' && actors.answerer?.others !== undefined && isAsked) continue;
    if (unused === 'judge' && (comparisonsOf(fleet) > 0 || isAuto(fleet))) continue;
    const others = unused === 'judge' ? 'change dataset, or set anchor.comparisons' : 'or change dataset';
    yield {
      path: ['actors', unused],
      message: `not part of the dataset ${names}; remove it, ${others}`,
    };
  }
  for (const [index, {dataset, answers, rejected, by}] of (fleet.datasets ?? []).entries()) {
    const path = ['datasets', index];
    if (fleet.datasets?.findIndex((other) => other.dataset === dataset) !== index)
      yield {path: [...path, 'dataset'], message: `${dataset} is there twice; add their weights up`};
    if (by !== 'judge' && dataset !== 'judge_off_policy')
      yield {path: [...path, 'by'], message: `not of ${dataset}; leave it out, or take judge_off_policy`};
    if (dataset === 'best_of_n') continue;
    if (answers !== undefined)
      yield {path: [...path, 'answers'], message: `not of ${dataset}; leave it out, or take best_of_n`};
    if (rejected !== 'worst' && dataset !== 'judge_off_policy')
      yield {path: [...path, 'rejected'], message: `not of ${dataset}; leave it out, or take best_of_n`};
  }
}

function* endpointContradictions({endpoints, actors}: Fleet): Generator<Complaint> {
  const names = Object.keys(endpoints);
  for (const [name, endpoint] of Object.entries(endpoints)) {
    if (!('apiKeyFile' in endpoint) || endpoint.apiKeyFile === undefined || endpoint.apiKeyEnv === undefined)
      continue;
    const message = 'the key is in the variable of apiKeyEnv already; remove one of the two';
    yield {path: ['endpoints', name, 'apiKeyFile'], message};
  }
  for (const actor of askingActors) {
    const asking = actors[actor];
    if (asking === undefined) continue;
    const key = asking.endpoints === undefined ? 'endpoint' : 'endpoints';
    const path = ['actors', actor, key];
    const has = names.length === 0 ? 'add it under endpoints' : `endpoints has ${names.join(', ')}`;
    if ((asking.endpoint === undefined) === (asking.endpoints === undefined))
      yield asking.endpoint === undefined
        ? {path, message: `missing; a key of endpoints: ${has}`}
        : {path, message: 'there is an endpoint beside it; put that among them, or remove one of the two'};
    for (const {endpoint} of endpointsOf(asking))
      if (!Object.hasOwn(endpoints, endpoint))
        yield {path, message: `no endpoint is called ${endpoint}; ${has}`};
  }
}

/** Money is one sum: every price of a fleet is in one currency, and where there is a ceiling, everything has a price. */
function* spendContradictions(fleet: Fleet): Generator<Complaint> {
  const {spend, endpoints} = fleet;
  const priced = Object.entries(endpoints).flatMap(([name, {price}]) =>
    price === undefined ? [] : [{name, currency: price.currency}],
  );
  const [first] = priced;
  const [expected, where] =
    spend === undefined
      ? [first?.currency, `endpoints.${first?.name}.price`]
      : [spend.currency, 'spend.currency'];
  for (const {name, currency} of priced) {
    if (currency === expected) continue;
    const message = `${currency} is not the ${expected} of ${where}: amounts are summed, so all prices are in one currency`;
    yield {path: ['endpoints', name, 'price', 'currency'], message};
  }
  for (const {actor, asking, endpoint} of everyAsker(fleet)) {
    const ceiling = asking.spendCeiling === undefined ? 'spend.ceiling' : `actors.${actor}.spendCeiling`;
    if (endpoint.price !== undefined || (spend ?? asking.spendCeiling) === undefined) continue;
    const message = `missing; ${ceiling} counts by it: give inputPerMillion and outputPerMillion, 0 where it costs nothing`;
    yield {path: ['endpoints', asking.endpoint, 'price'], message};
  }
}

/** Words that would not be used. */
function* wordContradictions({actors: {reviser}}: Fleet): Generator<Complaint> {
  if (reviser?.promptFile !== undefined && reviser.instructions !== undefined)
    yield {
      path: ['actors', 'reviser', 'instructions'],
      message: 'not used beside promptFile; remove one of them',
    };
  // Examples are answered in the built-in form.
  if (reviser?.form === 'marked' && reviser.examples.length > 0 && reviser.replyPattern !== undefined)
    yield {
      path: ['actors', 'reviser', 'examples'],
      message:
        'teach the marked form, which replyPattern does not read; put them into promptFile, or set form to plain',
    };
}

function* trainingContradictions(fleet: Fleet): Generator<Complaint> {
  const {training, maxOutstandingPrompts} = fleet;
  const {steps, epochs, batchSize, warmupSteps} = training;
  // Without steps a run ends with its prompts, which are counted when they are read.
  if (steps > 0 && warmupSteps >= steps) {
    const message = `${warmupSteps} leaves none of the ${steps} steps of training.steps; lower it`;
    yield {path: ['training', 'warmupSteps'], message};
  }
  const parts = partsOf(fleet);
  if (parts > batchSize) {
    const message = `${parts} is more than the ${batchSize} pairs of a batch; lower it to training.batchSize or less`;
    yield {
      path: training.parts === undefined ? ['actors', 'learner', 'count'] : ['training', 'parts'],
      message,
    };
  } else if (fleet.actors.learner.count > parts) {
    const message = `${fleet.actors.learner.count} shards cannot all have work in ${parts} part${parts === 1 ? '' : 's'}; raise training.parts`;
    yield {path: ['actors', 'learner', 'count'], message};
  }
  if (maxOutstandingPrompts < batchSize) {
    const message = `${maxOutstandingPrompts} prompts can never fill a batch of ${batchSize}; raise it to ${batchSize} or more`;
    yield {path: ['maxOutstandingPrompts'], message};
  }
  const most = mostSteps(fleet) ?? Number.POSITIVE_INFINITY;
  if (steps > most) {
    const pairs = mostPairs(fleet);
    const [what, key] =
      pairs === training.maxPairs ? ['pairs', 'training.maxPairs'] : ['prompts', 'prompts.count'];
    const times = epochs === 1 ? '' : ` ${epochs} times`;
    const message = `${pairs} ${what}${times} give at most ${most} batches of ${batchSize}; lower it, or raise ${key}`;
    yield {path: ['training', 'steps'], message};
  }
}

function* freshnessContradictions({maxStaleness, pipelineDepth}: Fleet): Generator<Complaint> {
  if (maxStaleness === undefined || pipelineDepth === undefined || pipelineDepth <= maxStaleness) return;
  const message = `${pipelineDepth} is above maxStaleness, ${maxStaleness}: pairs would be sampled only to be dropped; lower it, or raise maxStaleness`;
  yield {path: ['pipelineDepth'], message};
}

export function* filterContradictions({
  filter: {minLengthRatio, maxLengthRatio},
}: {
  readonly filter: Pick<Fleet['filter'], 'minLengthRatio' | 'maxLengthRatio'>;
}): Generator<Complaint> {
  if (minLengthRatio < maxLengthRatio) return;
  const message = `${minLengthRatio} is not below filter.maxLengthRatio, ${maxLengthRatio}: every revision would be rejected`;
  yield {path: ['filter', 'minLengthRatio'], message};
}

function* precisionContradictions({backend, device, precision, policy}: Fleet): Generator<Complaint> {
  const named = [
    {path: ['precision'], asked: precision},
    {path: ['policy', 'samplingPrecision'], asked: policy.samplingPrecision},
  ];
  for (const {path, asked} of named) {
    const able = executorsWith({precision: asked});
    if (backend !== 'auto' && !able.includes(backend)) {
      const message = `${asked} is not of the backend ${backend}; set backend to ${able.join(' or ')}, or ${path.at(-1)} to float32`;
      yield {path, message};
    } else if (
      device !== 'cpu' &&
      backend === 'auto' &&
      executorsWith({device, precision: asked}).length === 0
    ) {
      const message = `the device ${device} has no ${asked}; set ${path.at(-1)} to float32, or device to cpu`;
      yield {path, message};
    }
  }
}

function* deviceContradictions({backend, device}: Fleet): Generator<Complaint> {
  if (device === 'cpu') return;
  const able = executorsWith({device});
  if (backend !== 'auto' && !able.includes(backend)) {
    const message = `${device} is not of the backend ${backend}; set backend to ${able.join(' or ')}, or device to cpu`;
    yield {path: ['device'], message};
  }
}

/** Files and folders that a fleet names and this machine does not have. */
export const missingFilesOf = (fleet: Fleet): Complaint[] => {
  const {prompts, policy, actors, filter} = fleet;
  const missing: Complaint[] = [];
  const expect = (path: Complaint['path'], file: string, remedy: string): void => {
    if (!existsSync(file)) missing.push({path, message: `${file} is not there; ${remedy}`});
  };
  if ('file' in prompts && readHubName(prompts.file) === undefined)
    expect(['prompts', 'file'], prompts.file, 'give a data file or folder with prompts');
  for (const {path, file} of evaluationFiles(fleet))
    expect(path, file, 'give the path of what the suite asks; runtime/suites/README.md shows its form');
  for (const [actor, asking] of Object.entries({reviser: actors.reviser, judge: actors.judge}))
    if (asking?.promptFile !== undefined)
      expect(['actors', actor, 'promptFile'], asking.promptFile, 'write the prompt there, with its blanks');
  if (filter.module !== undefined)
    expect(['filter', 'module'], filter.module, 'write a module with a default export there');
  // What a name on the Hub stands for is fetched before a run; what is wrong with it is said then.
  if (readHubName(policy.model) === undefined)
    expect(['policy', 'model'], join(policy.model, 'config.json'), modelRemedy(policy.model));
  return missing;
};

/**
 * What of a fleet does not fit the policy it names: token limits beyond its positions, a chat format without a template,
 * a model that is not supported, is not whole, or whose tokenizer or template never ends. Nothing where the policy's folder is not there.
 */
export const misfitsOf = async (fleet: Fleet): Promise<Complaint[]> => {
  const {policy} = fleet;
  if (!existsSync(join(policy.model, 'config.json'))) return [];
  try {
    const config = await readModelConfig(policy.model);
    const {maxPositions} = config;
    const weights = await openWeights(policy.model, config);
    await weights.check().finally(() => weights.close());
    const {hasTemplate} = await tryModelText(policy.model, policy);
    const misfits: Complaint[] = [];
    const asked = [
      {path: ['policy'], maxCompletionTokens: policy.maxCompletionTokens},
      ...evaluationsOf(fleet).flatMap((each, place) =>
        'maxCompletionTokens' in each
          ? [{path: evaluationPath(fleet, place), maxCompletionTokens: each.maxCompletionTokens}]
          : [],
      ),
    ];
    for (const {path, maxCompletionTokens} of asked) {
      if (policy.maxPromptTokens + maxCompletionTokens <= maxPositions) continue;
      const message = `${maxCompletionTokens} and the ${policy.maxPromptTokens} of policy.maxPromptTokens are beyond the model's ${maxPositions} positions; lower one of them`;
      misfits.push({path: [...path, 'maxCompletionTokens'], message});
    }
    const targets = wrongTargets(fleet, config);
    if (targets !== undefined) misfits.push({path: ['training', 'lora', 'targets'], message: targets});
    const memory = tooLittleMemory(fleet, config);
    if (memory !== undefined) misfits.push({path: ['training', 'memory'], message: memory});
    const cache = tooLittleCache(fleet, config);
    if (cache !== undefined) misfits.push({path: ['policy', 'cacheMemory'], message: cache});
    if (policy.format === 'chat' && !hasTemplate)
      misfits.push({path: ['policy', 'format'], message: 'the model has no chat template; set it to plain'});
    return misfits;
  } catch (error) {
    return [{path: ['policy', 'model'], message: messageOf(error)}];
  }
};

/** Why the memory that the learner is allowed is too little, if so; adapters that cannot be are another complaint's. */
const tooLittleMemory = (fleet: Fleet, config: ModelConfig): string | undefined => {
  if (wrongTargets(fleet, config) !== undefined) return undefined;
  try {
    // The backend that takes the least: which one it will be is not known here.
    learnerMemory(fleet, config, 'onnx');
    return undefined;
  } catch (error) {
    if (!(error instanceof TerminalError)) throw error;
    return error.message;
  }
};

/** Why the memory for keys and values is too little, if so. */
const tooLittleCache = (fleet: Fleet, config: ModelConfig): string | undefined => {
  try {
    if (samplerAsks(fleet) === undefined) samplerCache(fleet, config);
    if (evaluatorAsks(fleet) === undefined) evaluatorCache(fleet, config);
    return undefined;
  } catch (error) {
    if (!(error instanceof TerminalError)) throw error;
    return error.message;
  }
};

/** Why an adapter cannot be where it is wanted, if so. */
const wrongTargets = ({training: {lora}}: Fleet, config: ModelConfig): string | undefined => {
  try {
    if (lora?.targets !== undefined) adaptedLinears(config, lora.targets);
    return undefined;
  } catch (error) {
    if (!(error instanceof TerminalError)) throw error;
    return error.message;
  }
};
