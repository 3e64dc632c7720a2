/**
 * What holds at a step of a run, and what becomes of what is asked. Pure: from the log of controls and the decisions on them
 * alone, so that every learner shard, and a learner that resumes, comes to the same.
 *
 * D1 A control is decided on once; until then nothing of it holds. Revision 1, the fleet's own spec, needs no decision.
 * D2 The first steps of accepted specs never fall from one revision to the next, so the newest one begun is the one in force.
 */
import {RunCommand} from '../../../proto/messages.js';
import type {RunSpec} from './spec.js';

/** A control as the log has it, its sequence for its revision. */
export interface LoggedControl {
  readonly revision: number;
  /** What its spec was made from; of a command, the newest revision its author had seen. */
  readonly previousRevision: number;
  readonly author: string;
  readonly timeUnixMs: number;
  /** Of a spec, the first step to be taken by it; of a stop, the last of the run. The next or the present one where undefined. */
  readonly step: number | undefined;
  /** A line about a spec that is not valid; undefined for a command. */
  readonly spec: RunSpec | string | undefined;
  readonly command: RunCommand;
  /** Why, where nobody asked but the run itself. */
  readonly evidence?: string | undefined;
  /** Whether its author named the objective, be it the one before. */
  readonly namesObjective?: boolean | undefined;
}

export interface Decision {
  readonly accepted: boolean;
  /** Where it is accepted: of a spec the first step taken by it, of a stop the run's last; else the step under way. */
  readonly step: number;
  /** One line for a person where it is refused. */
  readonly reason: string;
}

export interface Known {
  /** In order of revision. */
  readonly controls: readonly LoggedControl[];
  /** By revision. */
  readonly decisions: ReadonlyMap<number, Decision>;
}

export interface InForce {
  readonly revision: number;
  readonly spec: RunSpec;
}

/** Where training is. */
export interface Standing {
  /** Steps begun; the last of them may be under way. */
  readonly begun: number;
  /** Of the run. */
  readonly steps: number;
}

/** A spec with the first step that it is for. */
export interface Begin extends InForce {
  readonly step: number;
}

/** The accepted specs in order, each with its first step. */
export const beginnings = ({controls, decisions}: Known): Begin[] =>
  controls.flatMap(({revision, spec}) => {
    const decision = revision === 1 ? FIRST : decisions.get(revision);
    const isAccepted = decision?.accepted === true && typeof spec === 'object';
    return isAccepted ? [{revision, spec, step: decision.step}] : [];
  });
const FIRST: Decision = {accepted: true, step: 1, reason: ''};

/** What step number `step` (from 1) is taken by; undefined before the run has a spec. */
export const inForceAt = (known: Known, step: number): InForce | undefined =>
  beginnings(known).findLast((begin) => begin.step <= step);

/** A revision that is known, if it has a valid spec. */
export const specOfRevision = ({controls}: Known, revision: number): InForce | undefined => {
  const asked = controls.find((each) => each.revision === revision);
  return typeof asked?.spec === 'object' ? {revision, spec: asked.spec} : undefined;
};

/** Whether a step after so many may yet be taken by a spec of this objective. */
export const isToCome = ({controls, decisions}: Known, objective: string, begun: number): boolean =>
  controls.some(({revision, spec}) => {
    if (revision === 1 || typeof spec !== 'object' || spec.objective.name !== objective) return false;
    const decision = decisions.get(revision);
    return decision === undefined || (decision.accepted && decision.step >= begun);
  });

export interface RunState {
  readonly paused: boolean;
  /** The run ends after it; undefined where nothing but the fleet ends it. */
  readonly lastStep: number | undefined;
}

/** What the accepted commands have come to. */
export const runStateOf = ({controls, decisions}: Known): RunState => {
  let paused = false;
  let lastStep: number | undefined;
  for (const {revision, command} of controls) {
    const decision = decisions.get(revision);
    if (decision?.accepted !== true) continue;
    if (command === RunCommand.RUN_COMMAND_PAUSE) paused = true;
    if (command === RunCommand.RUN_COMMAND_RESUME) paused = false;
    if (command === RunCommand.RUN_COMMAND_STOP) lastStep = decision.step;
  }
  return {paused, lastStep};
};

/** The newest spec that is or may yet be accepted: what the next change is made from. */
export const newestSpec = (known: Known): InForce | undefined => {
  const {controls, decisions} = known;
  const dead = new Set<number>();
  let newest: InForce | undefined;
  for (const {revision, previousRevision, spec} of controls) {
    if (spec === undefined) continue;
    const undone = decisions.get(revision)?.accepted === false || dead.has(previousRevision);
    if (undone || typeof spec === 'string') dead.add(revision);
    else newest = {revision, spec};
  }
  return newest;
};

/** Whether a control is accepted, and from which step on it holds. */
export const decide = (asked: LoggedControl, known: Known, standing: Standing): Decision =>
  asked.spec === undefined ? decideCommand(asked, standing) : decideSpec(asked, asked.spec, known, standing);

const decideSpec = (
  {step: wanted, previousRevision}: LoggedControl,
  spec: RunSpec | string,
  known: Known,
  {begun, steps}: Standing,
): Decision => {
  const refuse = (reason: string): Decision => ({accepted: false, step: begun, reason});
  if (typeof spec === 'string') return refuse(spec);
  if (known.decisions.get(previousRevision)?.accepted === false)
    return refuse(`revision ${previousRevision}, from which it was made, was refused`);
  const step = wanted ?? begun + 1;
  if (step <= begun) return refuse(`too late: step ${step} has begun already, and step ${begun + 1} is next`);
  const last = Math.min(steps, runStateOf(known).lastStep ?? steps);
  if (step > last) return refuse(`too late: the run ends after step ${last}`);
  const newest = beginnings(known).at(-1);
  if (newest !== undefined && step < newest.step) {
    const remedy = 'ask for that step or a later one, or take it back with `anchorage objective rollback`';
    return refuse(`revision ${newest.revision} is set for step ${newest.step}; ${remedy}`);
  }
  return {accepted: true, step, reason: ''};
};

const decideCommand = ({step: wanted, command}: LoggedControl, {begun, steps}: Standing): Decision => {
  const refuse = (reason: string): Decision => ({accepted: false, step: begun, reason});
  switch (command) {
    case RunCommand.RUN_COMMAND_PAUSE:
    case RunCommand.RUN_COMMAND_RESUME:
    case RunCommand.RUN_COMMAND_CHECKPOINT:
      return {accepted: true, step: begun, reason: ''};
    case RunCommand.RUN_COMMAND_STOP: {
      const step = wanted ?? begun;
      if (step < begun) return refuse(`too late: step ${begun} has begun already`);
      if (step > steps) return refuse(`the run ends after step ${steps} by itself`);
      return {accepted: true, step, reason: ''};
    }
    default:
      return refuse(`it asks for nothing that this version knows (command ${command})`);
  }
};
