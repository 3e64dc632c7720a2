/**
 * Follows a live run for reward hacking: what is found is published to the log `alerts`, once, and done about what the fleet says.
 *
 * A1 What is found follows from the logs alone: whoever follows a run anew finds the same, and knows what is published already.
 * A2 An alert is published before anything is done about it: a process that is killed between the two does nothing twice.
 */
import {concatMap, from, map, merge, type Observable, type Subscription} from 'rxjs';
import {type Alert, type PreferencePair, RunCommand} from '../../../proto/messages.js';
import {alertText, type Finding, lookOut} from '../../alerts/look-out.js';
import {ruleNames} from '../../alerts/rules.js';
import type {Bus} from '../../bus/bus.js';
import {datasetOf, sampledSides} from '../../datasets.js';
import {messageOf} from '../../errors.js';
import type {Controls} from '../control/controls.js';
import {askAndWait} from '../control/outcome.js';
import {withControls} from '../control/run-objective.js';
import {nameOfScore} from '../evaluation/due.js';
import type {Fleet} from '../file/schema.js';
import {logNow} from '../run/log-now.js';
import {seenStep} from './seen-step.js';
import {takeBackOf} from './take-back.js';

export interface FollowAlerts {
  /** Told of each alert that is new, and of what is done about it. */
  readonly say: (line: string) => void;
}

/** What a fleet does about an alert. */
export type AlertAction = Fleet['alerts'][keyof Fleet['alerts']];

/** Until it is unsubscribed from. Never fails: a run goes on whether somebody watches it or not. */
export const followAlerts = async (
  bus: Bus,
  fleet: Pick<Fleet, 'alerts' | 'training'>,
  {say}: FollowAlerts,
): Promise<Subscription> => {
  const known = new Set((await logNow(bus, 'alerts')).map(keyOf));
  const looking = lookOut(ruleNames.filter((rule) => fleet.alerts[rule] === 'off'));
  const begin = {sequence: 1} as const;
  const found$: Observable<Finding[]> = merge(
    bus.entries('metrics', begin).pipe(
      map(({message: row}) => {
        const seen = row.actor === 'learner' ? seenStep(row) : undefined;
        return seen === undefined ? [] : looking.step(seen, row.objectiveRevision ?? 0);
      }),
    ),
    bus.entries('scores', begin).pipe(
      map(({message}) => {
        const {step, score, items, low, high} = message;
        return looking.score({step, score, items, low, high, suite: nameOfScore(message)});
      }),
    ),
    bus
      .entries('pairs', begin)
      .pipe(map(({message}) => looking.answers(policyStepOf(message, fleet), sampledIn(message)))),
  );
  return found$
    .pipe(
      concatMap((findings) => from(findings)),
      concatMap(async (finding) => {
        if (known.has(keyOf(finding))) return;
        known.add(keyOf(finding));
        const action = fleet.alerts[finding.rule];
        const {rule, step, objectiveRevision, evidence, remedy} = finding;
        const alert: Alert = {
          rule,
          step,
          objectiveRevision,
          evidence,
          remedy,
          action,
          timeUnixMs: Date.now(),
        };
        await bus.publish('alerts', alert, keyOf(alert));
        say(alertText(finding));
        const done = await act(bus, action, objectiveRevision);
        if (done !== undefined) say(`alert ${rule}: ${done}`);
      }),
    )
    .subscribe({error: (error) => say(`reward hacking is not looked for any more: ${messageOf(error)}`)});
};

const keyOf = ({rule, objectiveRevision}: Pick<Alert, 'rule' | 'objectiveRevision'>): string =>
  `${rule}-${objectiveRevision}`;

/** The answers of a pair that the policy gave. */
const sampledIn = (pair: PreferencePair): number[][] => {
  const dataset = datasetOf(pair.source);
  const sides = dataset === undefined ? [] : sampledSides(dataset);
  return sides.map((side) => (side === 'chosen' ? pair.chosenIds : pair.rejectedIds));
};

const policyStepOf = (
  {sampling, policyVersion}: PreferencePair,
  {training}: Pick<Fleet, 'training'>,
): number => sampling?.policyStep ?? policyVersion * training.checkpointEverySteps;

/** A learner answers between two steps. */
const ANSWER_MS = 60_000;

/** What was done, in words; a run that is over is left alone. */
const act = async (bus: Bus, action: AlertAction, objectiveRevision: number): Promise<string | undefined> => {
  if (action !== 'pause' && action !== 'rollback') return undefined;
  try {
    return await withControls(bus, async (controls) => {
      if (action === 'pause') return await pause(bus, controls);
      const asked = takeBackOf(controls.heard, objectiveRevision);
      if (asked.kind !== 'change')
        return asked.kind === 'none'
          ? `nothing is taken back: ${asked.why}`
          : await pause(bus, controls, asked.why);
      const outcome = await askAndWait(bus, controls, asked.wish, ANSWER_MS);
      if (outcome.kind === 'refused') return await pause(bus, controls, outcome.reason);
      const what = `the change of revision ${objectiveRevision}`;
      if (outcome.kind === 'applied') return `${what} is taken back from step ${outcome.step} on`;
      return `${what} is asked to be taken back by revision ${outcome.revision}: ${outcome.kind}`;
    });
  } catch (error) {
    return `nothing was done: ${messageOf(error)}`;
  }
};

const pause = async (bus: Bus, controls: Controls, why?: string): Promise<string> => {
  await askAndWait(bus, controls, {command: RunCommand.RUN_COMMAND_PAUSE, step: undefined}, undefined);
  return `the run is paused${why === undefined ? '' : `, since ${why}`}; \`anchorage resume\` goes on`;
};
