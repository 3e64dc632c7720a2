/** `anchorage start`: one actor, for fleets that are spread over machines. */
import {resolve} from 'node:path';
import {Command} from 'commander';
import {lastValueFrom} from 'rxjs';
import {supervise} from '../actor/supervise.js';
import {TerminalError} from '../errors.js';
import {actorCommand, actorNames, isActorName} from '../fleet/actors.js';
import {loadFleet} from '../fleet/load.js';
import {RUNS_FOLDER} from '../fleet/run-folder.js';
import {wholeNumber} from './options.js';
import {listenForSignals} from './signals.js';

interface StartOptions {
  readonly fleet: string;
  readonly run?: string;
  readonly nats?: string;
  readonly index: number;
  readonly runFolder?: string;
}

export const startCommand = (): Command =>
  new Command('start')
    .description('run one actor of a fleet here, started again if it fails; Ctrl-C drains it')
    .argument('<actor>', actorNames.join(', '))
    .requiredOption(
      '--fleet <file>',
      'the fleet: the fleet.yaml given to `anchorage up`, or fleet-started.json of the run',
    )
    .option('--run <id>', "the run; the fleet's `run` unless given")
    .option('--nats <url>', 'the NATS server; NATS_URL unless given')
    .option('--index <number>', 'tells actors of one name apart', wholeNumber, 0)
    .option('--run-folder <folder>', 'the run’s folder, shared by all machines; runs/<id> unless given')
    .addHelpText(
      'after',
      '\nExample:\n  anchorage start reviser --fleet fleet.yaml --run first --nats nats://10.0.0.7:4222 --index 1',
    )
    .action(async (actor: string, options: StartOptions) => {
      if (!isActorName(actor))
        throw new TerminalError(`there is no actor ${actor}; one of ${actorNames.join(', ')}`);
      const fleet = await loadFleet(options.fleet);
      const run = options.run ?? fleet.run;
      if (run === undefined)
        throw new TerminalError('which run? give --run, the id that `anchorage up` was given or shows');
      const natsUrl = options.nats ?? process.env.NATS_URL;
      if (!natsUrl)
        throw new TerminalError('which server? give --nats or set NATS_URL, such as nats://10.0.0.7:4222');
      const runFolder = resolve(options.runFolder ?? `${RUNS_FOLDER}/${run}`);
      const place = {fleetFile: resolve(options.fleet), run, natsUrl, runFolder};
      const supervisor = supervise([actorCommand(actor, options.index, place, {log: false})]);
      const signals = listenForSignals();
      signals.first$.subscribe(() => void supervisor.stop());
      signals.onSecond(() => supervisor.kill());
      const end = await lastValueFrom(supervisor.events$);
      signals.end();
      if ('reason' in end && end.reason !== undefined) throw new TerminalError(`${end.name}: ${end.reason}`);
    });
