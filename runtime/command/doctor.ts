/** `anchorage doctor`: what works here, what does not, and what to do about it. */
import {Command} from 'commander';
import {checkEndpoint} from '../endpoints/check.js';
import {apiKeyFor, askingPlace} from '../endpoints/place.js';
import {messageOf} from '../errors.js';
import {toFetch, withCachedFiles} from '../fleet/file/hub-files.js';
import {type Purpose, purposeOf, readFleet} from '../fleet/file/load.js';
import type {Fleet} from '../fleet/file/schema.js';
import {everyAsker} from '../fleet/fleet-actors.js';
import {say} from '../output.js';
import {type ExecutorName, executorNames} from '../tensor/executors.js';
import {nodeComplaint} from './node-version.js';
import {checkServer} from './server.js';
import {isDemo} from './teacher.js';
import {unfitOf} from './up/plan.js';

interface Finding {
  readonly what: string;
  readonly works: boolean;
  readonly line: string;
}

export const doctorCommand = (): Command =>
  new Command('doctor')
    .argument('[fleet.yaml]', 'a fleet whose files and endpoints to check')
    .option(
      '--nats <url>',
      'the NATS server to check; NATS_URL, then what `anchorage up` would start, unless given',
    )
    .addHelpText('after', '\nExamples:\n  anchorage doctor\n  anchorage doctor fleet.yaml')
    .action(async (file: string | undefined, {nats}: {nats?: string}) => {
      const findings: Finding[] = [];
      const tell = (finding: Finding): void => {
        findings.push(finding);
        say(`${finding.works ? 'ok   ' : 'FAILS'} ${finding.what.padEnd(12)} ${finding.line}`);
      };
      const complaint = nodeComplaint();
      tell({what: 'node', works: complaint === undefined, line: complaint ?? process.versions.node});
      for (const finding of await backendFindings()) tell(finding);
      tell(await finding('nats', () => checkServer(nats)));
      if (file !== undefined) for await (const each of fleetFindings(file)) tell(each);
      process.exitCode = findings.every(({works}) => works) ? 0 : 1;
    });

const finding = async (what: string, check: () => Promise<string>): Promise<Finding> => {
  try {
    return {what, works: true, line: await check()};
  } catch (error) {
    return {what, works: false, line: messageOf(error)};
  }
};

/** One backend that works is enough; the others are said as they are. */
const backendFindings = async (): Promise<Finding[]> => {
  const {openExecutor} = await import('../tensor/open.js');
  const tried = await Promise.all(
    executorNames.map((backend) =>
      finding(backend, async () => {
        await openExecutor({backend, threads: 1});
        return `works${await useOf(backend)}`;
      }),
    ),
  );
  const anyWorks = tried.some(({works}) => works);
  return tried.map((each) =>
    each.works || !anyWorks ? each : {...each, works: true, line: `not here, not needed: ${each.line}`},
  );
};

/** What backend `auto` does on a backend. */
const useOf = async (backend: ExecutorName): Promise<string> => {
  const {openExecutor} = await import('../tensor/open.js');
  const uses = {training: 'scores and trains', decoding: 'samples'} as const;
  const on = await Promise.all(
    (['training', 'decoding'] as const).map(async (work) => {
      const {executor} = await openExecutor({backend: 'auto', threads: 1, work});
      return executor.name === backend ? [uses[work]] : [];
    }),
  );
  const verbs = on.flat();
  return verbs.length === 0 ? '' : `; backend auto ${verbs.join(', ')} on it`;
};

async function* fleetFindings(file: string): AsyncGenerator<Finding> {
  let fleet: Fleet;
  let purpose: Purpose;
  try {
    purpose = await purposeOf(file);
    fleet = await withCachedFiles(await readFleet(file, [], purpose));
  } catch (error) {
    yield {what: 'fleet', works: false, line: messageOf(error)};
    return;
  }
  const use = purpose === 'training' ? '' : ' for `anchorage data make`; to train, it wants an objective';
  yield {what: 'fleet', works: true, line: `${file} is valid${use}`};
  try {
    const absent = await toFetch(file, fleet);
    for (const line of absent) yield {what: 'policy', works: true, line};
  } catch (error) {
    yield {what: 'policy', works: false, line: messageOf(error)};
  }
  for (const line of await unfitOf(fleet)) yield {what: 'fleet', works: false, line};
  const {backend, device, precision} = fleet;
  yield await finding('backend', async () => {
    const {openExecutor} = await import('../tensor/open.js');
    const {reason} = await openExecutor({backend, device, precision, work: 'training', threads: 1});
    return `${purpose === 'training' ? "the learner's" : "the reference's"}: ${reason}`;
  });
  for (const {key, asking, endpoint} of everyAsker(fleet)) {
    yield isDemo(endpoint)
      ? {what: 'endpoint', works: true, line: `${asking.endpoint}: the demo teacher, started with the fleet`}
      : await finding('endpoint', async () => {
          const place = askingPlace(key, asking, fleet.endpoints);
          const check = await checkEndpoint({...place, apiKey: apiKeyFor(place)});
          if (check.kind === 'serves') return `${endpoint.baseUrl} serves ${asking.model}`;
          // As for `up`, which goes on: whether it answers only a request can tell.
          if (check.kind === 'unlisted') return check.reason;
          throw new Error(check.reason);
        });
  }
}
