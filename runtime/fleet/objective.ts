/** The objective in force: a versioned value that every process of a run sees, changed by compare-and-set. */
import type {ObjectiveSpec} from '../../proto/messages.js';
import type {Bus} from '../bus/bus.js';
import {TerminalError} from '../errors.js';
import {settingComplaints} from '../learning/objectives/objectives.js';
import {complaintsOf} from './complaints.js';
import {type Fleet, fleetSchema} from './schema.js';

/** What is to change. What is left out stays as it is. */
export interface ObjectiveChange {
  /** A name such as `apo_down`, or a weighted sum such as `apo_down+0.1*sft`. */
  readonly name?: string | undefined;
  /** Greater than 0. */
  readonly beta?: number | undefined;
  /** Peak learning rate before the schedule; greater than 0. */
  readonly learningRate?: number | undefined;
  /** Beside β, by name. Those set before stay as far as the objective still reads them. */
  readonly settings?: Readonly<Record<string, number>> | undefined;
}

const TRIES = 10;

/** Puts the fleet's objective as revision 1, unless the run has one already. */
export const putFirstObjective = async (bus: Bus, {objective}: Fleet): Promise<void> => {
  await bus.control.compareAndSet<ObjectiveSpec>('objective', {revision: 1, ...objective}, 0);
};

/** The objective in force. Throws a `TerminalError` where the run has none yet. */
export const getObjective = async (bus: Bus): Promise<ObjectiveSpec> => (await present(bus)).value;

/**
 * Puts the next revision, from which the learner takes its next step. Checked like the fleet's file.
 *
 * @returns the objective as it now is.
 * @throws TerminalError with what is wrong, or where others keep changing it at the same time.
 */
export const setObjective = async (bus: Bus, change: ObjectiveChange): Promise<ObjectiveSpec> => {
  for (let tries = 0; tries < TRIES; tries++) {
    const {value: before, revision} = await present(bus);
    const {name = before.name, beta = before.beta, learningRate = before.learningRate, settings} = change;
    const asked = checked({name, beta, learningRate, settings});
    const next: ObjectiveSpec = {
      revision: before.revision + 1,
      ...asked,
      settings: {...stillRead(asked.name, before), ...asked.settings},
    };
    if (await bus.control.compareAndSet('objective', next, revision)) return next;
  }
  throw new TerminalError('the objective was changed by others at the same time; try again');
};

/** Of the settings before a change, those that the objective after it reads and allows. An older run's has none at all. */
const stillRead = (name: string, {settings = {}}: ObjectiveSpec): Record<string, number> => {
  const unread = new Set(settingComplaints(name, settings).map(({setting}) => setting));
  return Object.fromEntries(Object.entries(settings).filter(([setting]) => !unread.has(setting)));
};

/** Such as `apo_zero, beta 0.1` or `robust, beta 0.1, label_smoothing 0.2`. */
export const objectiveText = ({
  name,
  beta,
  settings = {},
}: Pick<ObjectiveSpec, 'name' | 'beta' | 'settings'>): string =>
  [name, `beta ${beta}`, ...Object.entries(settings).map(([setting, value]) => `${setting} ${value}`)].join(
    ', ',
  );

const present = async (bus: Bus) => {
  const entry = await bus.control.get<ObjectiveSpec>('objective');
  if (entry === undefined)
    throw new TerminalError(`run ${bus.run} has no objective: it has not been started on this server`);
  return entry;
};

const checked = (objective: Record<string, unknown>): Fleet['objective'] => {
  const schema = fleetSchema.shape.objective;
  const parsed = schema.safeParse(objective);
  if (parsed.success) return parsed.data;
  const complaints = complaintsOf(parsed.error.issues, schema, objective);
  throw new TerminalError(
    complaints.map(({path, message}) => `objective.${path.map(String).join('.')}: ${message}`).join('\n'),
  );
};
