/** The objective of a run, as commands and programs see and change it while it runs. */
import type {Bus} from '../../bus/bus.js';
import {TerminalError} from '../../errors.js';
import {chosenByHand} from '../anchor/advised.js';
import {isAuto} from '../anchor/settings.js';
import type {Fleet} from '../file/schema.js';
import {type Controls, followControls, putFirstSpec} from './controls.js';
import {type InForce, type Known, newestSpec} from './decisions.js';
import {askAndWait, type Outcome} from './outcome.js';
import {changedSpec, namesName, type SpecChange} from './spec.js';

/** An objective with the revision that brought it. */
export type ObjectiveRevision = Fleet['objective'] & {readonly revision: number};

/** An objective that was asked for, with what became of that. */
export type ChangedObjective = Fleet['objective'] & Outcome;

export interface ChangeOptions {
  /** The first to be taken by it, from 1; the next one unless given. */
  readonly step?: number | undefined;
  /** How long to wait for the answers; not at all unless given. */
  readonly timeoutMs?: number | undefined;
}

/** Puts what the fleet begins with as revision 1, unless the run has one already. */
export const putFirstObjective = (bus: Bus, fleet: Fleet): Promise<void> => putFirstSpec(bus, fleet);

/** The newest objective that was not refused. Throws a `TerminalError` where the run has none yet. */
export const getObjective = (bus: Bus): Promise<ObjectiveRevision> =>
  withControls(bus, async ({heard}) => objectiveOf(newestOf(bus, heard)));

/**
 * Asks for a change: of the objective, and of all else in a spec, from a step on. Checked like the fleet's file. The learner
 * accepts or refuses it.
 *
 * @returns the objective that was asked for, and what became of that.
 * @throws TerminalError with what is wrong, or who made another change at the same time.
 */
export const setObjective = (
  bus: Bus,
  change: SpecChange,
  {step, timeoutMs}: ChangeOptions = {},
): Promise<ChangedObjective> =>
  withControls(bus, async (controls) => {
    const {revision: previousRevision, spec: before} = newestOf(bus, controls.heard);
    const spec = changedSpec(before, change);
    const namesObjective = namesName(change) && (await followsAdvice(bus, controls.heard));
    const wish = {spec, previousRevision, step, namesObjective};
    const outcome = await askAndWait(bus, controls, wish, timeoutMs);
    return {...spec.objective, ...outcome};
  });

/** Whether the run changes its objective by itself, and nobody has chosen one yet. */
const followsAdvice = async (bus: Bus, known: Known): Promise<boolean> => {
  const fleet = (await bus.kv.get<Fleet>('fleet'))?.value;
  return fleet !== undefined && isAuto(fleet) && chosenByHand(known) === undefined;
};

/** Runs `work` on what is asked of a run. */
export const withControls = async <T>(bus: Bus, work: (controls: Controls) => Promise<T>): Promise<T> => {
  const controls = await followControls(bus);
  try {
    return await work(controls);
  } finally {
    controls.close();
  }
};

/** What the next change is made from. Throws a `TerminalError` where the run has nothing yet. */
export const newestOf = (bus: Bus, known: Known): InForce => {
  const newest = newestSpec(known);
  if (newest !== undefined) return newest;
  throw new TerminalError(`run ${bus.run} has no objective: it has not been started on this server`);
};

const objectiveOf = ({revision, spec: {objective}}: InForce): ObjectiveRevision => ({revision, ...objective});

/** Such as `apo_zero, beta 0.1` or `robust, beta 0.1, label_smoothing 0.2`. */
export const objectiveText = ({
  name,
  beta,
  settings = {},
}: Pick<Fleet['objective'], 'name' | 'beta'> & Partial<Pick<Fleet['objective'], 'settings'>>): string =>
  [name, `beta ${beta}`, ...Object.entries(settings).map(([setting, value]) => `${setting} ${value}`)].join(
    ', ',
  );
