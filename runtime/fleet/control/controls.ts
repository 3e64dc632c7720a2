/** The log of what is asked of a run and what became of it: read as it grows, and added to. */
import {hostname, userInfo} from 'node:os';
import {BehaviorSubject, filter, firstValueFrom, map, merge, type Observable} from 'rxjs';
import {type Acknowledgement, Answer, Control, RunCommand} from '../../../proto/messages.js';
import type {Bus, LogRange} from '../../bus/bus.js';
import {TerminalError} from '../../errors.js';
import type {Fleet} from '../file/schema.js';
import type {Decision, Known, LoggedControl} from './decisions.js';
import {messageOfSpec, type RunSpec, specOf, specOfMessage} from './spec.js';

export interface Heard extends Known {
  readonly acknowledgements: readonly Acknowledgement[];
}

export interface Controls {
  /** All that is known now; grows. */
  readonly heard: Heard;
  /** Emits at once and with each further message. */
  readonly heard$: Observable<Heard>;
  close(): void;
}

/** Follows both logs; resolves when everything that they held at the moment of the call has been read. */
export const followControls = async (bus: Bus): Promise<Controls> => {
  const ends = await Promise.all([bus.state('controls'), bus.state('acknowledgements')]);
  const controls: LoggedControl[] = [];
  const acknowledgements: Acknowledgement[] = [];
  const decisions = new Map<number, Decision>();
  const heard: Heard = {controls, acknowledgements, decisions};
  const heard$ = new BehaviorSubject(heard);
  const read = {controls: 0, acknowledgements: 0};
  const from = (log: keyof typeof read): LogRange => ({
    sequence: 1,
    onUnreadable: (sequence) => {
      read[log] = sequence;
      heard$.next(heard);
    },
  });
  const controls$ = bus.entries('controls', from('controls')).pipe(
    map(({message, sequence}) => {
      controls.push(askedOf(message, sequence));
      read.controls = sequence;
    }),
  );
  const acknowledgements$ = bus.entries('acknowledgements', from('acknowledgements')).pipe(
    map(({message, sequence}) => {
      acknowledgements.push(message);
      const {revision, answer, step, reason} = message;
      const accepted = answer === Answer.ANSWER_ACCEPTED;
      if ((accepted || answer === Answer.ANSWER_REFUSED) && !decisions.has(revision))
        decisions.set(revision, {accepted, step, reason});
      read.acknowledgements = sequence;
    }),
  );
  const following = merge(controls$, acknowledgements$)
    .pipe(map(() => heard))
    .subscribe(heard$);
  const isRead = () => read.controls >= ends[0].lastSequence && read.acknowledgements >= ends[1].lastSequence;
  await firstValueFrom(heard$.pipe(filter(isRead)));
  return {heard, heard$, close: () => following.unsubscribe()};
};

/** The sequence is the revision, whatever a message says of itself. */
const askedOf = (
  {previousRevision, author, timeUnixMs, step, spec, command, evidence, namesObjective}: Control,
  sequence: number,
): LoggedControl => ({
  revision: sequence,
  previousRevision,
  author,
  timeUnixMs,
  step: step ?? undefined,
  spec: spec ? specOfMessage(spec) : undefined,
  command,
  evidence: evidence ?? undefined,
  namesObjective: namesObjective ?? undefined,
});

/** What is asked for: a spec, made from that of a revision, or a command. */
export type Wish =
  | {
      readonly spec: RunSpec;
      readonly previousRevision: number;
      readonly step?: number | undefined;
      /** Of what the run itself asks for: who in it does, and why. */
      readonly by?: {readonly author: string; readonly evidence: string};
      /** That the objective is a person's choice, whether or not it holds already: said even where nothing else is new. */
      readonly namesObjective?: boolean | undefined;
    }
  | {readonly command: RunCommand; readonly step?: number | undefined};

/**
 * Puts a wish into the log, as the revision after the newest one known.
 *
 * @returns its revision.
 * @throws TerminalError naming whoever came first, where another revision took its place.
 */
export const ask = async (bus: Bus, {controls}: Known, wish: Wish): Promise<number> => {
  const newest = controls.at(-1)?.revision ?? 0;
  const revision = newest + 1;
  const {step} = wish;
  const {author, ...why} = ('spec' in wish ? wish.by : undefined) ?? {author: authorHere()};
  const control: Control = {
    revision,
    previousRevision: 'spec' in wish ? wish.previousRevision : newest,
    author,
    ...why,
    timeUnixMs: Date.now(),
    ...(step === undefined ? {} : {step}),
    ...('spec' in wish
      ? {
          spec: messageOfSpec(wish.spec),
          command: RunCommand.RUN_COMMAND_UNSPECIFIED,
          ...(wish.namesObjective && {namesObjective: true}),
        }
      : {command: wish.command}),
  };
  const {duplicate, sequence} = await bus.publish('controls', control, `revision-${revision}`);
  if (!duplicate) return sequence;
  // A second try of ours, whose first one's answer got lost, is a duplicate too.
  const first = await entryAt(bus, sequence);
  if (Buffer.from(Control.encode(first).finish()).equals(Control.encode(control).finish())) return sequence;
  throw new TerminalError(
    `revision ${sequence} was just made by ${first.author}; \`anchorage objective log\` shows it: look, and ask again`,
  );
};

const entryAt = async (bus: Bus, sequence: number): Promise<Control> => {
  for await (const entry of bus.read('controls', {sequence, through: sequence})) return entry.message;
  throw new TerminalError(`revision ${sequence} of run ${bus.run} cannot be read`);
};

/** Puts the fleet's own spec as revision 1, unless the run has one already. */
export const putFirstSpec = async (bus: Bus, fleet: Fleet): Promise<void> => {
  if ((await bus.last('controls')) !== undefined) return;
  const nothing: Known = {controls: [], decisions: new Map()};
  await ask(bus, nothing, {spec: specOf(fleet), previousRevision: 0}).catch((error) => {
    // Another `anchorage up` of the same run came first, with the same fleet.
    if (!(error instanceof TerminalError)) throw error;
  });
};

/** Such as `ana@host`. */
export const authorHere = (): string => {
  try {
    return `${userInfo().username}@${hostname()}`;
  } catch {
    return `somebody@${hostname()}`; // a user without a name, as containers have them
  }
};
