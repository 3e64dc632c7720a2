/** Bytes to and from the stand-in of the Hub, and what can go wrong with them. */
import type {IncomingMessage, ServerResponse} from 'node:http';
import {refuse} from './hub-replies.js';

/** What the next requests meet; each is used up. */
export interface Faults {
  /** Answers to any request whose path holds the text, in place of what it asks for. */
  statuses: {
    readonly path: string;
    readonly status: number;
    readonly headers?: Record<string, string>;
    readonly body?: string;
  }[];
  /** Bytes after which the connection is cut while a file is sent. */
  cuts: number[];
  /** Sends files whole, whatever part was asked for. */
  ignoresRange: boolean;
  /** Sends other bytes than it lists. */
  altered: boolean;
  /** Lists these paths besides. */
  listed: string[];
  /** Cuts an upload so many times. */
  cutUploads: number;
}

export const receive = (
  faults: Faults,
  request: IncomingMessage,
  response: ServerResponse,
  then: (bytes: Buffer) => unknown,
): void => {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => {
    chunks.push(chunk);
    if (request.method !== 'PUT' || faults.cutUploads === 0) return;
    faults.cutUploads -= 1;
    request.socket.destroy();
  });
  request.on('end', () => {
    if (!request.socket.destroyed) then(Buffer.concat(chunks));
    else response.destroy();
  });
};

export const sendFile = (
  faults: Faults,
  request: IncomingMessage,
  response: ServerResponse,
  stored: Buffer | undefined,
): ServerResponse => {
  if (stored === undefined) return refuse(response, 404, 'EntryNotFound', 'Entry not found');
  const bytes = faults.altered ? Buffer.from(stored.map((byte) => byte ^ 1)) : stored;
  const [, first, last] = /^bytes=(\d+)-(\d*)$/.exec(request.headers.range ?? '') ?? [];
  const isPart = first !== undefined && !faults.ignoresRange;
  const from = isPart ? Number(first) : 0;
  const to = isPart && last ? Math.min(Number(last), bytes.length - 1) : bytes.length - 1;
  if (isPart) response.statusCode = 206;
  if (isPart) response.setHeader('content-range', `bytes ${from}-${to}/${bytes.length}`);
  response.setHeader('content-length', to - from + 1);
  response.setHeader('accept-ranges', 'bytes');
  if (request.method === 'HEAD') return response.end();
  const body = bytes.subarray(from, to + 1);
  const cut = faults.cuts[0];
  if (cut === undefined || cut >= body.length) return response.end(body);
  faults.cuts.shift();
  response.write(body.subarray(0, cut), () => response.destroy());
  return response;
};
