/** `anchorage status`. */
import {Command} from 'commander';
import type {Advice, Alert, EvaluationScore} from '../../../proto/messages.js';
import type {ChannelState} from '../../bus/bus.js';
import {channelNames} from '../../bus/channels/subjects.js';
import {parseAddress} from '../../bus/connection/address.js';
import type {Account} from '../../endpoints/usage.js';
import {chosenByHand} from '../../fleet/anchor/advised.js';
import {isAuto} from '../../fleet/anchor/settings.js';
import {type Spending, spendingOf, spendingText} from '../../fleet/asking/spend.js';
import {inForceAt, runStateOf} from '../../fleet/control/decisions.js';
import {type ObjectiveRevision, objectiveText, withControls} from '../../fleet/control/run-objective.js';
import {withSpec} from '../../fleet/control/spec.js';
import type {Best} from '../../fleet/evaluation/best.js';
import {nameOfScore} from '../../fleet/evaluation/due.js';
import {decidingOf} from '../../fleet/file/evaluations.js';
import {holdOutOf} from '../../fleet/file/held-out.js';
import {hasLearner} from '../../fleet/file/pairs-only.js';
import type {Fleet} from '../../fleet/file/schema.js';
import type {Feeding, Progress} from '../../fleet/progress.js';
import type {RunChoice} from '../../fleet/run/find-run.js';
import {logNow} from '../../fleet/run/log-now.js';
import type {Ends, RejectionCounts} from '../../metrics/ends.js';
import {countEnds} from '../../metrics/read-ends.js';
import {explanationsOf, rejectionsText} from '../../metrics/rejections.js';
import {say} from '../../output.js';
import {withRun, withRunOptions} from '../options/run-options.js';

export const statusCommand = (): Command =>
  withRunOptions(new Command('status'))
    .option('--json', 'as one JSON object')
    .option('--explain', 'what the reasons mean for which prompts gave no pair, and what to change')
    .addHelpText(
      'after',
      '\nExamples:\n  anchorage status\n  anchorage status --explain\n  anchorage status --run 20260131-174502 --json',
    )
    .action(({json = false, explain = false, ...choice}: RunChoice & {json?: boolean; explain?: boolean}) =>
      withRun(choice, async (bus, {url}) => {
        const [states, progress, feeding, heard, scores, best, alerts, usage, fleet, advice] =
          await Promise.all([
            Promise.all(channelNames.map((name) => bus.state(name))),
            bus.kv.get<Progress>('progress'),
            bus.kv.get<Feeding>('phase'),
            withControls(bus, async (controls) => controls.heard),
            logNow(bus, 'scores'),
            bus.kv.get<Best>('best'),
            logNow(bus, 'alerts'),
            bus.kv.get<Account>('usage'),
            bus.kv.get<Fleet>('fleet'),
            bus.last('advice'),
          ]);
        const ends = await countEnds(bus, fleet === undefined ? 0 : holdOutOf(fleet.value));
        const rejections = ends.rejections();
        const newest = newestScores(scores, fleet?.value);
        const [score] = newest;
        const inForce = inForceAt(heard, (progress?.value.step ?? 0) + 1);
        const fleetNow = fleet && (inForce ? withSpec(fleet.value, inForce.spec) : fleet.value);
        const isTrained = fleet === undefined || hasLearner(fleet.value);
        const status = {
          run: bus.run,
          nats: parseAddress(url).shown,
          phase: isTrained
            ? phaseOf(progress?.value, runStateOf(heard).paused)
            : makingPhaseOf(feeding?.value),
          step: isTrained ? (progress?.value.step ?? 0) : undefined,
          steps: progress?.value.steps,
          backend: progress?.value.backend,
          feeding: feeding?.value.feeding,
          // What a run without a learner begins with stands for none.
          objective: isTrained
            ? inForce && {revision: inForce.revision, ...inForce.spec.objective}
            : undefined,
          score: score?.score,
          scoreStep: score?.step,
          scores: newest,
          best: best?.value,
          alerts: alerts.map(({rule, step, evidence, action}) => ({rule, step, evidence, action})),
          auto: fleet && isAuto(fleet.value) ? autoOf(chosenByHand(heard)?.revision) : undefined,
          advice: advice && shownAdvice(advice.message),
          ends: endsShown(ends.counts()),
          rejections,
          models: usage && fleetNow && spendingOf(usage.value, fleetNow),
          channels: Object.fromEntries(channelNames.map((name, index) => [name, shownOf(states[index])])),
        };
        say(json ? JSON.stringify(status) : textOf(status));
        if (!explain || json) return;
        for (const line of explanationsOf(rejections)) say(line);
        if (ends.counts().rejected === 0) say('no prompt was rejected');
      }),
    );

/** The newest score by a suite. */
interface NewestScore {
  readonly name: string;
  readonly step: number;
  readonly policyVersion: number;
  readonly score: number;
  readonly metrics: Readonly<Record<string, number>>;
}

/** Of each suite, that which says what the best checkpoint is first. */
const newestScores = (scores: readonly EvaluationScore[], fleet: Fleet | undefined): NewestScore[] => {
  const newest = new Map<string, NewestScore>();
  for (const each of scores) {
    const {step, policyVersion, score, metrics} = each;
    const name = nameOfScore(each);
    const before = newest.get(name);
    if (before === undefined || before.policyVersion <= policyVersion)
      newest.set(name, {name, step, policyVersion, score, metrics: {...metrics}});
  }
  const decides = fleet && decidingOf(fleet)?.name;
  return [...newest.values()].toSorted(
    (one, other) => Number(other.name === decides) - Number(one.name === decides),
  );
};

const bestText = ({suite, metric, value, step}: Best): string =>
  `best checkpoint: step ${step}, ${suite} ${metric === undefined ? '' : `${metric} `}${value.toPrecision(4)}`;

const phaseOf = (progress: Progress | undefined, paused: boolean): string => {
  if (progress?.phase === 'training' && paused) return 'paused';
  return progress?.phase ?? 'starting';
};

/** What has become of `objective.name: auto`. */
const autoOf = (chosenBy: number | undefined): string =>
  chosenBy === undefined ? 'follows the advice' : `until revision ${chosenBy}`;

const shownAdvice = ({
  step,
  policyVersion,
  objective,
  evidence,
  wins,
  losses,
  undecided,
  reason,
}: Advice) => ({
  ...{step, policyVersion, evidence, wins, losses, undecided, reason},
  objective: objective === '' ? null : objective,
});

/** Of a run that trains nobody. */
const makingPhaseOf = (feeding: Feeding | undefined): string =>
  feeding?.feeding === 'done' ? 'complete' : 'making pairs';

/** Each prompt that came to an end once: `pairs` are those that became one. */
const endsShown = ({prompts, made, rejected, stale}: Ends) => ({prompts, pairs: made, rejected, stale});

/** A channel's state under the names that `status --json` has had from the beginning. */
const shownOf = (state: ChannelState | undefined) =>
  state && {messages: state.messages, lastSequence: state.lastSequence, outstanding: state.numAckPending};

interface Status {
  readonly run: string;
  readonly nats: string;
  readonly phase: string;
  /** Undefined where nobody trains. */
  readonly step: number | undefined;
  readonly steps: number | undefined;
  readonly backend: string | undefined;
  readonly objective: ObjectiveRevision | undefined;
  readonly score: number | undefined;
  readonly scoreStep: number | undefined;
  /** Of `objective.name: auto`. */
  readonly auto: string | undefined;
  /** Which anchor the pairs want, at the newest checkpoint that is known of. */
  readonly advice: ReturnType<typeof shownAdvice> | undefined;
  readonly scores: readonly NewestScore[];
  readonly best: Best | undefined;
  readonly alerts: readonly Pick<Alert, 'rule' | 'step' | 'evidence' | 'action'>[];
  readonly ends: ReturnType<typeof endsShown>;
  readonly rejections: RejectionCounts;
  readonly models: Spending | undefined;
  readonly channels: Readonly<Record<string, ReturnType<typeof shownOf>>>;
}

/** A pair that came too late to be trained on is one of the pairs, and one of the rejected. */
const endsText = ({prompts, pairs, rejected}: Status['ends'], rejections: RejectionCounts): string => {
  const share = prompts === 0 ? '' : ` (${((100 * pairs) / prompts).toFixed(1)} %)`;
  const why = rejected === 0 ? '' : `: ${rejectionsText(rejections)}`;
  return `prompts ${prompts} ended: ${pairs} pairs${share}, ${rejected} rejected${why}`;
};

const textOf = ({
  run,
  nats,
  phase,
  step,
  steps,
  backend,
  objective,
  auto,
  advice,
  scores,
  best,
  alerts,
  ends,
  rejections,
  models,
  channels: states,
}: Status): string => {
  const spending = models && spendingText(models);
  return [
    `run ${run} on ${nats}: ${phase}${step === undefined ? '' : `, step ${step}`}${steps === undefined ? '' : ` of ${steps}`}${backend === undefined ? '' : `, ${backend}`}`,
    ...(objective === undefined
      ? []
      : [
          `objective ${objectiveText(objective)}, revision ${objective.revision}${auto === undefined ? '' : `; auto ${auto}`}`,
        ]),
    ...(advice === undefined ? [] : [`anchor ${advice.reason} (step ${advice.step})`]),
    ...scores.map(
      ({name, score, step: at}) =>
        `score ${scores.length === 1 ? '' : `by ${name} `}${score.toFixed(3)} at step ${at}`,
    ),
    ...(best === undefined ? [] : [bestText(best)]),
    ...alerts.map(({rule, step: at, evidence}) => `alert ${rule} at step ${at}: ${evidence}`),
    endsText(ends, rejections),
    ...(spending === undefined ? [] : [`models ${spending}`]),
    `${'channel'.padEnd(18)}${'published'.padStart(10)}${'held'.padStart(8)}${'at work'.padStart(9)}`,
    ...Object.entries(states).map(([name, state]) =>
      [
        name.padEnd(18),
        String(state?.lastSequence).padStart(10),
        String(state?.messages).padStart(8),
        String(state?.outstanding).padStart(9),
      ].join(''),
    ),
  ].join('\n');
};
