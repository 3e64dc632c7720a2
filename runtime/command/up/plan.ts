/** What a fleet would do, and what it still lacks on this machine, in lines for a person. */
import {keyVariableOf, unsetKeyOf} from '../../endpoints/connect.js';
import {objectiveText} from '../../fleet/control/run-objective.js';
import {misfitsOf, missingFilesOf} from '../../fleet/file/check.js';
import {holdOutOf} from '../../fleet/file/held-out.js';
import {mostPairs} from '../../fleet/file/length.js';
import {hasLearner} from '../../fleet/file/pairs-only.js';
import type {Fleet} from '../../fleet/file/schema.js';
import {actorCounts, askersOf} from '../../fleet/fleet-actors.js';
import {evaluationText} from '../../suites/suites.js';
import {isDemo} from '../teacher.js';

/** What a fleet would do. */
export const planOf = (fleet: Fleet): string[] => {
  const {dataset, policy, prompts, backend, device, precision, seed} = fleet;
  const actors = actorCounts(fleet).map(({name, count}) => (count === 1 ? name : `${name} × ${count}`));
  return [
    `dataset    ${dataset}, seed ${seed}`,
    `actors     ${actors.join(', ')}`,
    `policy     ${policy.model}, ${policy.format}, ${policy.maxPromptTokens} + ${policy.maxCompletionTokens} tokens`,
    `prompts    ${'file' in prompts ? `${prompts.count ?? 'all'} of ${prompts.file}` : `${prompts.count} of the demonstration`}`,
    ...(hasLearner(fleet) ? trainingLines(fleet) : ['training   none; what is made is a file of pairs']),
    ...askingLines(fleet),
    `backend    ${backend}${device === 'cpu' ? '' : ` on ${device}`}, ${precision}`,
  ];
};

const trainingLines = (fleet: Fleet): string[] => {
  const {objective, training, evaluation} = fleet;
  const epochs = training.epochs === 1 ? '1 epoch' : `${training.epochs} epochs`;
  return [
    `objective  ${objectiveText(objective)}, learning rate ${objective.learningRate}`,
    `training   ${training.steps} steps of ${training.batchSize} pairs, ${epochs}, a checkpoint every ${training.checkpointEverySteps}`,
    ...loraLines(fleet),
    `evaluation ${evaluation === undefined ? 'none' : evaluationText(evaluation)}`,
  ];
};

const loraLines = ({training: {lora}}: Fleet): string[] =>
  lora === undefined
    ? []
    : [
        `lora       rank ${lora.rank}, alpha ${lora.alpha ?? 2 * lora.rank}, on ${lora.targets?.join(', ') ?? 'all linear layers'}`,
      ];

/** A call for each prompt that is answered: what the steps take, and one more for each that is rejected, while there are prompts. */
export const callsOf = (
  fleet: Pick<Fleet, 'training' | 'prompts' | 'evaluation'>,
): {readonly calls: number; readonly most: number} => {
  const {training, prompts} = fleet;
  const {steps, epochs, batchSize, maxPairs = Number.POSITIVE_INFINITY} = training;
  const pairs = Math.min(Math.ceil(steps / epochs) * batchSize, mostPairs(fleet) ?? maxPairs, maxPairs);
  const {count: most = Number.POSITIVE_INFINITY} = prompts;
  return {calls: Math.min(most, pairs + holdOutOf(fleet)), most};
};

const callsText = (fleet: Pick<Fleet, 'training' | 'prompts' | 'evaluation'>): string => {
  const {calls, most} = callsOf(fleet);
  if (calls === most) return `at most ${most} calls, one for each prompt`;
  return `about ${calls} calls, and one more for each rejected prompt${Number.isFinite(most) ? `, at most ${most}` : ''}`;
};

/** Who asks which model, where, and how many requests at once. */
const askingLines = (fleet: Fleet): string[] =>
  askersOf(fleet).map(({actor, asking, endpoint}) => {
    const where = isDemo(endpoint) ? 'the demo teacher' : endpoint.baseUrl;
    const atOnce = asking.count * asking.concurrency;
    return `${actor.padEnd(10)} ${asking.model} at ${where}, ${atOnce} requests at once; ${callsText(fleet)}`;
  });

/** One line for each file and key that must be there, or otherwise, before the fleet can start. */
export const lackingOf = async (
  fleet: Fleet,
  environment: NodeJS.ProcessEnv = process.env,
): Promise<string[]> => [
  ...(await unfitOf(fleet)),
  ...Object.entries(fleet.endpoints).flatMap(([name, endpoint]) => {
    if (isDemo(endpoint)) return [];
    const {baseUrl, apiKeyFile} = endpoint;
    const unset = unsetKeyOf({baseUrl, apiKeyFile, apiKeyEnv: keyVariableOf(endpoint)}, environment);
    if (unset === undefined) return [];
    const [option, what] =
      apiKeyFile === undefined
        ? ['apiKeyEnv', 'is not set']
        : ['apiKeyFile', 'is not there, is empty, or cannot be read'];
    return [
      `endpoints.${name}.${option}: ${unset} ${what}; put the endpoint's key there, or leave ${option} out where none is asked for`,
    ];
  }),
];

/** One line for each file that is not there and each key that does not fit the policy. */
export const unfitOf = async (fleet: Fleet): Promise<string[]> =>
  [...missingFilesOf(fleet), ...(await misfitsOf(fleet))].map(
    ({path, message}) => `${path.map(String).join('.')}: ${message}`,
  );
