/** A network between one process and a server that can be cut: a TCP proxy. */
import {once} from 'node:events';
import {type AddressInfo, connect, createServer, type Socket} from 'node:net';
import type {ExecutionContext} from 'ava';

export interface Network {
  /** Of the server, through this network, with the same token. */
  readonly url: string;
  /** Connections that are there. */
  connections(): number;
  /** Ends every connection, and every new one at once, until `mend`. */
  cut(): void;
  /** Is cut by the next message to the server that has this text in it, before that comes through. */
  cutBy(text: string): void;
  /** Nothing comes through in either direction, and nobody is told. What is sent meanwhile is lost with its connection. */
  swallow(): void;
  /** What the server sends stays on its way until `mend`; what goes to it comes through. */
  hold(): void;
  /** New connections are let through; those that were swallowed are ended, and what was held comes. */
  mend(): void;
}

/** Until the test ends. */
export const networkTo = async (
  t: Pick<ExecutionContext, 'teardown'>,
  serverUrl: string,
): Promise<Network> => {
  const {hostname, port, username: token} = new URL(serverUrl);
  const ends = new Set<Socket>();
  const fromServer = new Set<Socket>();
  let state: 'whole' | 'cut' | 'swallowing' = 'whole';
  let fatal: string | undefined;
  const end = (): void => {
    for (const socket of ends) socket.destroy();
  };
  const cut = (): void => {
    state = 'cut';
    fatal = undefined;
    end();
  };
  const pass = (from: Socket, to: Socket, isToServer: boolean): void => {
    ends.add(from);
    if (!isToServer) fromServer.add(from);
    from.setNoDelay(true);
    from.on('data', (data) => {
      if (isToServer && fatal !== undefined && data.includes(fatal)) cut();
      if (state === 'whole') to.write(data);
    });
    from.on('error', () => undefined); // its `close` follows
    from.on('close', () => {
      ends.delete(from);
      fromServer.delete(from);
      to.destroy();
    });
  };
  const proxy = createServer((near) => {
    if (state === 'cut') {
      near.on('error', () => undefined);
      near.destroy();
      return;
    }
    const far = connect({host: hostname, port: Number(port)});
    pass(near, far, true);
    pass(far, near, false);
  });
  proxy.listen(0, '127.0.0.1');
  await once(proxy, 'listening');
  t.teardown(() => {
    end();
    proxy.close();
  });
  return {
    url: `nats://${token === '' ? '' : `${token}@`}127.0.0.1:${(proxy.address() as AddressInfo).port}`,
    connections: () => ends.size / 2,
    cut,
    cutBy(text) {
      fatal = text;
    },
    swallow() {
      state = 'swallowing';
    },
    hold() {
      for (const socket of fromServer) socket.pause();
    },
    mend() {
      if (state === 'swallowing') end();
      for (const socket of fromServer) socket.resume();
      state = 'whole';
    },
  };
};
