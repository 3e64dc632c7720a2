/** The members of one epoch in one process: what is sent lies in a mailbox until it is received. */
import type {Exchange} from '../../runtime/learning/shards/shard-exchange.js';

export interface Message {
  readonly from: number;
  readonly to: number;
  readonly tag: string;
}

export interface MemoryOptions {
  /** Messages that never come: who waits for one is told that its sender left. */
  readonly loses?: (message: Message) => boolean;
  /** Told of every message that is sent. */
  readonly onSent?: (message: Message, values: Float32Array) => void;
}

/** One exchange a member. A tag that is used twice is refused, as is one received twice. */
export function memoryExchanges(members: number, {loses, onSent}: MemoryOptions = {}): Exchange[] {
  interface Letter {
    readonly values: Promise<Float32Array>;
    readonly deliver: (values: Float32Array) => void;
    readonly lose: () => void;
    sent: boolean;
    received: boolean;
  }
  const letters = new Map<string, Letter>();
  const letterOf = ({from, to, tag}: Message): Letter => {
    const key = `${from}>${to} ${tag}`;
    const known = letters.get(key);
    if (known !== undefined) return known;
    let deliver: Letter['deliver'] = () => undefined;
    let lose: Letter['lose'] = () => undefined;
    const values = new Promise<Float32Array>((resolve, reject) => {
      deliver = resolve;
      lose = () => reject(new Error(`member ${from} left before ${tag}`));
    });
    values.catch(() => undefined);
    const letter = {values, deliver, lose, sent: false, received: false};
    letters.set(key, letter);
    return letter;
  };
  const send = (message: Message, values: Float32Array): void => {
    const letter = letterOf(message);
    if (letter.sent) throw new Error(`${message.tag} was sent twice`);
    letter.sent = true;
    onSent?.(message, values);
    if (loses?.(message)) letter.lose();
    else letter.deliver(values.slice());
  };
  const sendAll = async (from: number, tag: string, values: Float32Array): Promise<void> => {
    for (let to = 0; to < members; to++) if (to !== from) send({from, to, tag}, values);
  };
  return Array.from({length: members}, (_, self) => ({
    members,
    self,
    async send(to, tag, values) {
      send({from: self, to, tag}, values);
    },
    broadcast: (tag, values) => sendAll(self, tag, values),
    share: (tag, values) => sendAll(self, tag, values),
    async receive(from, tag) {
      const letter = letterOf({from, to: self, tag});
      if (letter.received) throw new Error(`${tag} was received twice`);
      letter.received = true;
      return letter.values;
    },
  }));
}
