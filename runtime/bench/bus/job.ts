/** What a process that moves messages is told. */

export interface BusJob {
  readonly bench: 'bus';
  /** Of the NATS server that all contenders share. */
  readonly url: string;
  /** The run whose streams our bus uses; the bare loop makes a stream of its own. */
  readonly run: string;
  /** Of one message as it travels, headers aside. */
  readonly bytes: number;
  /** Messages at once between the call that publishes them and the server's word that they are gone. */
  readonly window: number;
  readonly threads: number;
}

/** A way to move messages through a work queue and back into this process. */
export interface Loop {
  /** Resolves when `count` more messages were published, delivered, acknowledged, and the acknowledgement confirmed. */
  move(count: number): Promise<void>;
  close(): Promise<void>;
}
