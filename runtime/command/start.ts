/** `anchorage start`: one actor, for fleets that are spread over machines. */
import {existsSync} from 'node:fs';
import {join, resolve} from 'node:path';
import {Command} from 'commander';
import {firstValueFrom, lastValueFrom, timeout} from 'rxjs';
import {supervise} from '../actor/supervise.js';
import {type ActorName, actorNames, actorTable, isActorName} from '../actors.js';
import {openBus} from '../bus/open-bus.js';
import {messageOf, TerminalError} from '../errors.js';
import {checkAllowed, readAllowedEndpoint} from '../fleet/file/allowed-endpoints.js';
import {withCountedPrompts} from '../fleet/file/counted.js';
import {withCachedFiles, withHubFiles} from '../fleet/file/hub-files.js';
import {checkedFleet, readFleet} from '../fleet/file/load.js';
import type {Fleet} from '../fleet/file/schema.js';
import {actorCommand, livenessOf} from '../fleet/fleet-actors.js';
import {liveServer} from '../fleet/run/find-run.js';
import {RUNS_FOLDER} from '../fleet/run/run-folder.js';
import {ensureFolder} from '../machine/ensure-folder.js';
import {writeWholeJson} from '../machine/whole-file.js';
import {tryModelText} from '../model/trial/trial.js';
import {collect, wholeNumber} from './options/values.js';
import {listenForSignals} from './signals.js';

interface StartOptions {
  readonly fleet?: string;
  readonly set: readonly string[];
  readonly run?: string;
  readonly nats?: string;
  readonly allowEndpoint: readonly string[];
  readonly index: number;
  readonly runFolder?: string;
}

/** For `up` to say what its fleet is: machines of one run are started in any order. */
const FLEET_WAIT_MS = 120_000;

export const startCommand = (): Command =>
  new Command('start')
    .argument('<actor>', actorNames.join(', '))
    .option(
      '--fleet <file>',
      'the fleet; the one that the run was started with, taken from the server, unless given',
    )
    .option(
      '--set <key=value>',
      'what is otherwise on this machine, such as policy.model=/models/llama; may be given again',
      collect,
      [],
    )
    .option('--run <id>', "the run; the fleet's `run` unless given")
    .option('--nats <url>', 'the NATS server; what a live run under ./runs says, then NATS_URL, unless given')
    .option(
      '--allow-endpoint <url[=variable]>',
      'what the fleet from the server may ask, and the variable whose key it may send there; may be given again',
      collect,
      [],
    )
    .option('--index <number>', 'tells actors of one name apart', wholeNumber, 0)
    .option('--run-folder <folder>', 'where the run’s files are on this machine; runs/<id> unless given')
    .addHelpText(
      'after',
      '\nExamples:\n  anchorage start reviser --run first --nats nats://10.0.0.7:4222 --allow-endpoint https://api.openai.com/v1\n  anchorage start sampler --run first --index 1 --set policy.model=/models/llama',
    )
    .action(async (actor: string, options: StartOptions) => {
      if (!isActorName(actor))
        throw new TerminalError(`there is no actor ${actor}; one of ${actorNames.join(', ')}`);
      const given =
        options.fleet === undefined
          ? undefined
          : await withCountedPrompts(
              await withHubFiles(options.fleet, await readFleet(options.fleet, options.set)),
            );
      const run = options.run ?? given?.run;
      if (run === undefined)
        throw new TerminalError('which run? give --run, the id that `anchorage up` was given or shows');
      const allowed = options.allowEndpoint.map(readAllowedEndpoint);
      const natsUrl = options.nats ?? (await liveServer(RUNS_FOLDER, run)) ?? process.env.NATS_URL;
      if (!natsUrl)
        throw new TerminalError('which server? give --nats or set NATS_URL, such as nats://10.0.0.7:4222');
      if (given !== undefined) await tryOwnModel(given, actor);
      // With a fleet of its own, too, an actor begins after `up`: what the run's files must be is known from then on.
      const told = await fleetFromBus(natsUrl, run, given === undefined ? options.set : []);
      const isOwnModel = options.set.some((text) => /^\s*policy\.model\s*=/.test(text));
      // What another machine names is taken where it is here; what was typed here is fetched.
      const fleet = given ?? (isOwnModel ? await withHubFiles('--set', told) : await withCachedFiles(told));
      if (given === undefined) {
        checkAllowed(fleet, actor, allowed);
        await tryOwnModel(fleet, actor);
      }
      const runFolder = resolve(options.runFolder ?? `${RUNS_FOLDER}/${run}`);
      // Each actor's own file: the folder may be shared by all machines.
      const fleetFile = join(runFolder, 'started', `${actor}-${options.index}.json`);
      await ensureFolder(join(runFolder, 'started')).catch((cause) => {
        throw new TerminalError(`${runFolder}: ${messageOf(cause)}; give a --run-folder that can be made`, {
          cause,
        });
      });
      await writeWholeJson(fleetFile, fleet);
      const place = {fleetFile, run, natsUrl, runFolder};
      const liveness = livenessOf(fleet, actor);
      const supervisor = supervise([actorCommand(actor, options.index, place, {log: false, liveness})]);
      const signals = listenForSignals();
      signals.first$.subscribe(() => void supervisor.stop());
      signals.onSecond(() => supervisor.kill());
      const end = await lastValueFrom(supervisor.events$);
      signals.end();
      if ('reason' in end && end.reason !== undefined) throw new TerminalError(`${end.name}: ${end.reason}`);
    });

/**
 * Tries the tokenizer and template of this machine's own model, before a process stands on them. What comes from the run
 * instead is held to the hashes of what `up` tried.
 */
const tryOwnModel = async ({policy}: Fleet, actor: ActorName): Promise<void> => {
  if (actorTable[actor].computes && existsSync(join(policy.model, 'config.json')))
    await tryModelText(policy.model, policy);
};

/** The fleet that `anchorage up` put on the bus, with what is otherwise here. Waits for it. */
const fleetFromBus = async (url: string, run: string, sets: readonly string[]): Promise<Fleet> => {
  const bus = await openBus({url, run, name: 'start'});
  try {
    const fleet$ = bus.kv.watch<Fleet>('fleet').pipe(
      timeout({
        first: FLEET_WAIT_MS,
        with: () => {
          throw new TerminalError(`run ${run} has no fleet on this server: start it with \`anchorage up\``);
        },
      }),
    );
    return checkedFleet('the fleet of the run', await firstValueFrom(fleet$), sets);
  } finally {
    await bus.drain();
  }
};
