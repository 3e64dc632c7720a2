/** Somebody who speaks to the server of a run and is not this project: NATS's text protocol over a plain socket. */
import {randomUUID} from 'node:crypto';
import {once} from 'node:events';
import {connect} from 'node:net';

/** What a stranger says beside the message, such as another protocol version; nothing unless given. */
export type Headers = Readonly<Record<string, string>>;

/**
 * Publishes, with the token that the address has, if any; resolves when the subject's stream has it: a server that is busy takes what
 * came by several connections in any order.
 */
export const publishAsStranger = async (
  url: string,
  subject: string,
  data: Uint8Array,
  headers: Headers = {},
): Promise<void> => {
  const {hostname, port, username: auth_token} = new URL(url);
  const socket = connect({host: hostname, port: Number(port)});
  try {
    await once(socket, 'connect');
    const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
    const head = Buffer.from(`NATS/1.0\r\n${lines.join('')}\r\n`);
    const options = {verbose: false, headers: true, no_responders: true, auth_token};
    const inbox = `_INBOX.${randomUUID()}`;
    socket.write(`CONNECT ${JSON.stringify(options)}\r\nSUB ${inbox} 1\r\n`);
    socket.write(`HPUB ${subject} ${inbox} ${head.length} ${head.length + data.length}\r\n`);
    socket.write(Buffer.concat([head, data, Buffer.from('\r\n')]));
    let said = '';
    for await (const part of socket) {
      said += String(part);
      if (said.includes('-ERR') || said.includes('NATS/1.0 503')) throw new Error(said);
      if (/^MSG .*\r\n.*"stream":.*\r\n/m.test(said)) return;
    }
    throw new Error(`the server at ${url} ended the connection: ${said}`);
  } finally {
    socket.destroy();
  }
};
