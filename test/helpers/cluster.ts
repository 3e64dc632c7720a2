/** A NATS cluster of a test's own: three nodes on this machine, which have streams among them. */
import {type ChildProcess, spawn} from 'node:child_process';
import {once} from 'node:events';
import {mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {type AddressInfo, createServer} from 'node:net';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {openLink} from '../../runtime/bus/connection/connection.js';
import {natsBinary} from './nats.js';

export interface Cluster {
  /** The addresses of all nodes. */
  readonly url: string;
  /** Ends a node at once, for good; by its number in the address list. */
  lose(node: number): Promise<void>;
  /** Ends what is left and deletes its store. */
  remove(): Promise<void>;
}

const NODES = [0, 1, 2];
const POLL_MS = 50;
const TRIES = 3;

/** Ports that are free now. */
const freePorts = async (count: number): Promise<number[]> => {
  const probes = Array.from({length: count}, () => createServer().listen(0, '127.0.0.1'));
  await Promise.all(probes.map((probe) => once(probe, 'listening')));
  const ports = probes.map((probe) => (probe.address() as AddressInfo).port);
  await Promise.all(probes.map((probe) => once(probe.close(), 'close')));
  return ports;
};

/** Whether all nodes have found each other: a leader needs but two of them, and there are no three copies then. */
const isWhole = async (url: string): Promise<boolean> => {
  const link = await openLink({url, run: 'probe', name: 'probe'});
  try {
    const ask = async (what: string, body: string): Promise<{readonly error?: unknown}> =>
      JSON.parse(Buffer.from(await link.request(`$JS.API.STREAM.${what}.PROBE`, body)).toString());
    const stream = {name: 'PROBE', subjects: ['probe'], num_replicas: NODES.length};
    if ((await ask('CREATE', JSON.stringify(stream))).error !== undefined) return false;
    await ask('DELETE', '');
    return true;
  } finally {
    await link.close();
  }
};

/** Resolves when all nodes of the cluster are there. */
export const startCluster = async (): Promise<Cluster> => {
  for (let tries = 1; ; tries += 1) {
    const cluster = await started();
    if (cluster !== undefined) return cluster;
    if (tries === TRIES) throw new Error(`the nodes of a cluster ended on ${TRIES} sets of ports`);
  }
};

/** Undefined where a node ended: somebody else may have taken a port that was free before. */
const started = async (): Promise<Cluster | undefined> => {
  const binary = await natsBinary();
  const folder = mkdtempSync(join(tmpdir(), 'anchorage-cluster-'));
  const ports = await freePorts(2 * NODES.length);
  const [clients, routes] = [ports.slice(0, NODES.length), ports.slice(NODES.length)];
  const children: ChildProcess[] = NODES.map((node) => {
    const config = join(folder, `${node}.conf`);
    const others = routes.map((port) => `nats://127.0.0.1:${port}`).join(', ');
    const lines = [
      `server_name: node-${node}`,
      `listen: 127.0.0.1:${clients[node]}`,
      `jetstream { store_dir: ${JSON.stringify(join(folder, String(node)))} }`,
      `cluster { name: test, listen: 127.0.0.1:${routes[node]}, routes: [${others}] }`,
    ];
    writeFileSync(config, lines.join('\n'));
    return spawn(binary, ['-c', config, '-l', join(folder, `${node}.log`)], {stdio: 'ignore'});
  });
  const lose = async (node: number): Promise<void> => {
    const child = children[node];
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    child.kill('SIGKILL');
    await once(child, 'exit');
  };
  const cluster: Cluster = {
    url: clients.map((port) => `nats://127.0.0.1:${port}`).join(','),
    lose,
    async remove() {
      for (const node of NODES) await lose(node);
      rmSync(folder, {recursive: true, force: true});
    },
  };
  for (;;) {
    try {
      if (await isWhole(cluster.url)) return cluster;
    } catch {
      // No node listens yet, or there is no leader.
    }
    if (children.some(({exitCode}) => exitCode !== null)) {
      await cluster.remove();
      return undefined;
    }
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
};
