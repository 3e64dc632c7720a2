/** What a fleet would do, and what it still lacks on this machine, in lines for a person. */
import type {Asker} from '../../actors.js';
import {type Recipe, recipesOf} from '../../datasets.js';
import {keyVariableOf, unsetKeyOf} from '../../endpoints/place.js';
import {comparisonsOf, FIRST_ANCHORED, isAuto, untoldReason} from '../../fleet/anchor/settings.js';
import {objectiveText} from '../../fleet/control/run-objective.js';
import {misfitsOf, missingFilesOf} from '../../fleet/file/check.js';
import {decidingOf, type Evaluation, evaluationsOf, nameOfEvaluation} from '../../fleet/file/evaluations.js';
import {holdOutOf} from '../../fleet/file/held-out.js';
import {mostPairs} from '../../fleet/file/length.js';
import {hasLearner} from '../../fleet/file/pairs-only.js';
import type {Endpoint, Fleet} from '../../fleet/file/schema.js';
import {actorCounts, askersOf, evaluatorAsks, judgesOf, samplerAsks} from '../../fleet/fleet-actors.js';
import {shownFolder} from '../../hub/hub-name.js';
import {evaluationText} from '../../suites/suites.js';
import {isDemo} from '../teacher.js';

/** What a fleet would do. */
export const planOf = (fleet: Fleet): string[] => {
  const {policy, prompts, backend, device, precision, seed} = fleet;
  const actors = actorCounts(fleet).map(({name, count}) => (count === 1 ? name : `${name} × ${count}`));
  return [
    `dataset    ${recipesText(fleet)}, seed ${seed}`,
    `actors     ${actors.join(', ')}`,
    `policy     ${shownFolder(policy.model)}, ${policy.format}, ${policy.maxPromptTokens} + ${policy.maxCompletionTokens} tokens`,
    `prompts    ${'file' in prompts ? `${prompts.count ?? 'all'} of ${shownFolder(prompts.file)}` : `${prompts.count} of the demonstration`}`,
    ...(hasLearner(fleet) ? trainingLines(fleet) : ['training   none; what is made is a file of pairs']),
    ...askingLines(fleet),
    ...adapterLines(fleet),
    `backend    ${backend}${device === 'cpu' ? '' : ` on ${device}`}, ${precision}`,
  ];
};

/** Such as `clair`, or `2 clair, 1 best_of_n` of several by their weights. */
const recipesText = (fleet: Fleet): string => {
  const recipes = recipesOf(fleet);
  return recipes.map(({name, weight}) => (recipes.length === 1 ? name : `${weight} ${name}`)).join(', ');
};

const trainingLines = (fleet: Fleet): string[] => {
  const {objective, training} = fleet;
  const epochs = training.epochs === 1 ? '1 epoch' : `${training.epochs} epochs`;
  return [
    `objective  ${objectiveText(objective)}, learning rate ${objective.learningRate}${isAuto(fleet) ? `; ${FIRST_ANCHORED} until two checkpoints in a row advise apo_down` : ''}`,
    `training   ${training.steps} steps of ${training.batchSize} pairs, ${epochs}, a checkpoint every ${training.checkpointEverySteps}`,
    ...loraLines(fleet),
    ...evaluationLines(fleet),
    anchorLine(fleet),
  ];
};

/** Which anchor the pairs want: what that is told by. */
const anchorLine = (fleet: Fleet): string => {
  const compared = comparisonsOf(fleet);
  if (compared > 0)
    return `anchor     by ${compared} chosen answers beside fresh ones at each checkpoint, which the judge compares`;
  const reason = untoldReason(fleet);
  return reason === undefined
    ? 'anchor     apo_zero, by the recipe; anchor.comparisons measures it, by actors.judge'
    : `anchor     not told: ${reason}; anchor.comparisons measures it, by actors.judge`;
};

const evaluationLines = (fleet: Fleet): string[] => {
  const all = evaluationsOf(fleet);
  if (all.length === 0) return ['evaluation none'];
  const [only] = all;
  const best = decidingOf(fleet)?.name;
  return all.map((each) => {
    const name = nameOfEvaluation(each);
    const called = each.name === undefined ? '' : `${name}: `;
    const decides = each === only && all.length === 1 ? '' : name === best ? '; says which is the best' : '';
    return `evaluation ${called}${evaluationText(each)}${whenText(each)}${decides}`;
  });
};

const whenText = ({when = 'every'}: Evaluation): string =>
  when === 'every'
    ? ''
    : when === 'latest'
      ? '; the latest checkpoint'
      : `; every ${when.every}th checkpoint`;

const loraLines = ({training: {lora}}: Fleet): string[] =>
  lora === undefined
    ? []
    : [
        `lora       rank ${lora.rank}, alpha ${lora.alpha ?? 2 * lora.rank}, on ${lora.targets?.join(', ') ?? 'all linear layers'}`,
      ];

/** What a run's prompts have of answers that somebody recorded, on average. */
export interface Recorded {
  /** Pairs of a prompt's answers, each of which a judge compares. */
  readonly meetings: number;
  /** Share of the prompts that have none, and are put to other models. */
  readonly unanswered: number;
}

/** Pairs of so many answers. */
export const meetingsAmong = (answers: number): number => (answers * (answers - 1)) / 2;

/** Answers to each prompt, as far as a fleet says: those of the other models, or two. */
const leastAnswers = (fleet: Fleet): number => fleet.actors.answerer?.others?.length ?? 2;

const unread = (fleet: Fleet): Recorded => ({meetings: meetingsAmong(leastAnswers(fleet)), unanswered: 1});

/** Whether a judge ranks answers that somebody recorded, of which nobody knows how many there are before they are read. */
const ranksRecorded = (fleet: Fleet): boolean =>
  recipesOf(fleet).some(({name, decider}) => name === 'judge_off_policy' && decider === 'judge');

/** Questions that a prompt costs an actor, on average over the recipes of the fleet; one whose answer is malformed is one more. */
const questionsTo = (fleet: Fleet, actor: Asker, {meetings, unanswered}: Recorded): number => {
  const recipes = recipesOf(fleet);
  const total = recipes.reduce((sum, {weight}) => sum + weight, 0);
  const orders = ordersOf(fleet);
  const ofRecipe = ({name, decider, answers}: Recipe): number => {
    if (name === 'judge_off_policy' && actor === 'answerer')
      return unanswered * (fleet.actors.answerer?.others?.length ?? 0);
    if (actor === 'sampler') return answers;
    if (decider !== actor) return 0;
    // Each answer with every other.
    return actor === 'judge' ? orders * (name === 'judge_off_policy' ? meetings : meetingsAmong(answers)) : 1;
  };
  return recipes.reduce((sum, recipe) => sum + (recipe.weight / total) * ofRecipe(recipe), 0);
};

/**
 * The calls of an actor: for each prompt that is answered, as many as the steps take; and more for each that is rejected, up to `most`.
 *
 * @param recorded what is known of recorded answers; without it, every prompt is taken to have two, or those of the other models.
 */
export const callsOf = (
  fleet: Fleet,
  actor: Asker,
  recorded: Recorded = unread(fleet),
): {readonly calls: number; readonly most: number; readonly each: number} => {
  const {training, prompts} = fleet;
  const {steps, epochs, batchSize, maxPairs = Number.POSITIVE_INFINITY} = training;
  const pairs = Math.min(Math.ceil(steps / epochs) * batchSize, mostPairs(fleet) ?? maxPairs, maxPairs);
  const {count = Number.POSITIVE_INFINITY} = prompts;
  const each = questionsTo(fleet, actor, recorded);
  const compared = comparingCalls(fleet, actor);
  return {
    calls: Math.ceil(each * Math.min(count, pairs + holdOutOf(fleet))) + compared,
    most: (each === 0 ? 0 : Math.ceil(each * count)) + compared,
    each,
  };
};

const ordersOf = ({actors: {judge}}: Fleet): number => (judge?.orders === 'seeded' ? 1 : 2);

/** Chosen answers against fresh ones, at each checkpoint, the last among them, and before the first: of who judges them, and who answers. */
const comparingCalls = (fleet: Fleet, actor: Asker): number => {
  const {steps, checkpointEverySteps} = fleet.training;
  const each = actor === 'judge' ? ordersOf(fleet) : actor === 'sampler' ? 1 : 0;
  return each === 0 ? 0 : each * comparisonsOf(fleet) * (1 + Math.ceil(steps / checkpointEverySteps));
};

const callsText = (fleet: Fleet, actor: Asker): string => {
  if (actor === 'evaluator') return 'answers what suites ask of each checkpoint';
  const {calls, most, each} = callsOf(fleet, actor);
  const perPrompt = each === 1 ? 'one' : String(Number(each.toFixed(2)));
  const compared = comparingCalls(fleet, actor);
  const anchor = compared === 0 ? '' : `; ${compared} of them to compare answers at checkpoints`;
  if (each === 0) return `about ${most} calls${anchor}, and one more for each answer that cannot be read`;
  if (actor === 'judge' && ranksRecorded(fleet))
    return `about ${calls} calls, ${perPrompt} for each prompt, where one has ${leastAnswers(fleet)} recorded answers; more where it has more${anchor}`;
  if (calls === most) return `at most ${most} calls, ${perPrompt} for each prompt${anchor}`;
  return `about ${calls} calls, and ${perPrompt} more for each rejected prompt${Number.isFinite(most) ? `, at most ${most}` : ''}${anchor}`;
};

/** Who asks which model, where, and how many requests at once. */
const askingLines = (fleet: Fleet): string[] => {
  const where = (endpoint: Endpoint): string => (isDemo(endpoint) ? 'the demo teacher' : endpoint.baseUrl);
  const atOnce = ({count, concurrency}: {readonly count: number; readonly concurrency: number}): string =>
    `${count * concurrency} requests at once`;
  return [
    ...askersOf(fleet).map(
      ({actor, asking, endpoint}) =>
        `${actor.padEnd(10)} ${asking.model} at ${where(endpoint)}, ${atOnce(asking)}; ${callsText(fleet, actor)}`,
    ),
    ...judgesOf(fleet).map(
      ({asking, endpoint}) =>
        `evaluator  ${asking.model} at ${where(endpoint)}, ${atOnce(asking)}; judges what checkpoints answer`,
    ),
  ];
};

/** Where a policy behind an endpoint gets its checkpoints from. */
const adapterLines = (fleet: Fleet): string[] => {
  const asks = samplerAsks(fleet);
  if (!hasLearner(fleet)) return [];
  const tested =
    evaluatorAsks(fleet) === undefined
      ? []
      : ['adapters   each evaluator has a checkpoint’s loaded while it scores it: one more'];
  if (asks === undefined) return tested;
  const {load, folder = 'adapters of the run’s folder', serverFolder} = asks.adapters;
  return [
    load
      ? `adapters   each checkpoint is loaded there, from ${folder}${serverFolder === undefined ? '' : `, which it calls ${serverFolder}`}; two at most`
      : 'adapters   none: the policy before training answers throughout',
    ...tested,
  ];
};

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
