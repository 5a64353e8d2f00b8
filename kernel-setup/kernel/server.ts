/**
 * The protocol: reads requests from the sockets, answers what needs no JavaScript of the user's,
 * and hands the rest to the executor: cells in their order, messages of comms as they come. Runs in a
 * worker (serverThread.ts).
 */
import type { MessagePort } from 'node:worker_threads';
import type { Router } from 'zeromq';
import { ExecutorLink, type Reply } from './executorLink';
import { History } from './sessionHistory';
import { kernelInfo } from './info';
import { log } from './log';
import { Outbox } from './outbox';
import { closeSockets, type Sockets } from './sockets';
import { slot, type Output, type ServerOptions, type ToServer } from './threads';
import { checkContent, notebookOf } from './requests';
import { decode, encode, newHeader, toJson, type Message, type Signer } from './wire';

/** Requests read ahead of their execution; beyond them the client's own queue fills. */
const longestQueue = 10_000;

/** Requests that the executor answers, by type; all others are answered here. */
const forExecutor = new Set([
  'execute_request',
  'complete_request',
  'inspect_request',
  'is_complete_request',
  'comm_info_request',
  'comm_open',
  'comm_msg',
  'comm_close',
]);

type Route = Pick<Message, 'identities' | 'header'>;

export class Server {
  private readonly session = newHeader('', '').msg_id;
  private readonly history = new History();
  private readonly outbox: Outbox;
  private readonly executor: ExecutorLink;
  private readonly queue: Message[] = [];
  /** What is being answered on the shell channel: at most one that is no comm's. */
  private readonly active = new Set<Message>();
  private readonly aborted = new WeakSet<Message>();
  private wake: () => void = () => {};
  private count = 0;
  /** The cell that runs, to whose client prompts go. */
  private current: Message | undefined;
  /** What the user is asked for: an answer to `prompt()`, or a line for `process.stdin`. */
  private prompting: 'answer' | 'line' | undefined;

  constructor(
    private readonly sockets: Sockets,
    private readonly signer: Signer,
    private readonly port: MessagePort,
    private readonly options: ServerOptions,
    private readonly exit: () => void,
  ) {
    const { shared } = options;
    this.executor = new ExecutorLink(port, shared);
    this.outbox = new Outbox({
      send: (output) => this.publish(output),
      giveUp: () => void (sockets.iopub.noDrop = false),
      sent: (characters) => {
        Atomics.sub(shared, slot.outputWaiting, characters);
        Atomics.notify(shared, slot.outputWaiting);
      },
    });
    port.on('message', (message: ToServer) => this.fromExecutor(message));
  }

  start(): void {
    this.status('starting', {});
    void this.read(this.sockets.shell, (message) => this.enqueue(message));
    void this.read(this.sockets.control, (message) => this.control(message));
    void this.read(this.sockets.stdin, (message) => this.stdin(message));
    void this.echo();
    void this.greet();
    void this.serve();
  }

  /** SIGINT and interrupt_request mean the same. */
  interrupt(): void {
    void this.executor.interrupt();
  }

  // What comes in

  private async read(
    socket: Router,
    handle: (message: Message) => void | Promise<void>,
  ): Promise<void> {
    for await (const frames of socket) {
      const message = decode(this.signer, frames);
      log(message ? 'receives' : 'drops a message that is malformed or not signed', () => ({
        type: message?.header.msg_type,
        id: message?.header.msg_id,
        content: message?.content,
        fault: message?.fault,
      }));
      if (message) await handle(message);
    }
  }

  private async echo(): Promise<void> {
    for await (const frames of this.sockets.hb) await this.sockets.hb.send(frames).catch(() => {});
  }

  /**
   * Each subscriber is told that it now hears the kernel (JEP 65), under the topic it subscribed
   * to.
   */
  private async greet(): Promise<void> {
    for await (const [frame] of this.sockets.iopub) {
      if (frame?.[0] !== 1) continue;
      const subscription = frame.subarray(1).toString();
      this.outbox.push({ kind: 'iopub_welcome', parent: {}, content: toJson({ subscription }) });
    }
  }

  private async enqueue(message: Message): Promise<void> {
    if (this.mayOvertake(message)) void this.shell(message);
    else {
      this.queue.push(message);
      this.wake();
    }
    while (this.queue.length + this.active.size >= longestQueue)
      await new Promise((resolve) => setTimeout(resolve, 10));
  }

  /**
   * Messages of comms do not wait for cells: a slider may be moved while a cell trains. They come
   * after what may have opened their comm.
   */
  private mayOvertake({ header: { msg_type: type }, content }: Message): boolean {
    if (type === 'comm_open') return this.queue.length === 0;
    return (
      (type === 'comm_msg' || type === 'comm_close') &&
      !this.queue.some(
        ({ header, content: { comm_id: id } }) =>
          header.msg_type === 'comm_open' && id === content['comm_id'],
      )
    );
  }

  private async serve(): Promise<void> {
    for (;;) {
      const message = this.queue.shift();
      if (message) await this.shell(message);
      else await new Promise<void>((resolve) => (this.wake = resolve));
    }
  }

  // The shell channel, in order

  private async shell(message: Message): Promise<void> {
    this.active.add(message);
    this.status('busy', message.header);
    try {
      if (this.aborted.has(message))
        await this.reply(this.sockets.shell, message, toJson({ status: 'aborted' }));
      else await this.answer(this.sockets.shell, message);
    } finally {
      this.active.delete(message);
      this.status('idle', message.header);
      // Front ends show the last status that they heard.
      const [other] = this.active;
      if (other) this.status('busy', other.header);
    }
  }

  private async answer(socket: Router, message: Message): Promise<void> {
    const { msg_type: type } = message.header;
    const fault = message.fault ? `${type}: ${message.fault}` : checkContent(type, message.content);
    if (fault)
      return this.reply(
        socket,
        message,
        toJson({ status: 'error', ename: 'BadRequest', evalue: fault, traceback: [] }),
      );
    if (type === 'execute_request') return this.execute(message);
    if (forExecutor.has(type)) {
      const { content } = await this.executor.ask({
        header: message.header,
        content: message.content,
        count: 0,
        buffers: message.buffers,
      });
      if (type.endsWith('_request')) await this.reply(socket, message, content);
      return;
    }
    await this.answerHere(socket, message);
  }

  private async answerHere(socket: Router, message: Message): Promise<void> {
    switch (message.header.msg_type) {
      case 'kernel_info_request':
        return this.reply(socket, message, toJson(kernelInfo(this.options)));
      case 'history_request':
        return this.reply(socket, message, toJson(this.history.reply(message.content)));
      case 'interrupt_request':
        this.interrupt();
        return this.reply(socket, message, toJson({ status: 'ok' }));
      case 'shutdown_request':
        return this.shutdown(socket, message);
      default:
      // As the specification asks: what is not understood is ignored.
    }
  }

  private async execute(message: Message): Promise<void> {
    const { header, content } = message;
    const {
      code,
      silent,
      store_history: store,
      stop_on_error: stop,
    } = content as {
      code: string;
      silent?: boolean;
      store_history?: boolean;
      stop_on_error?: boolean;
    };
    const remembered = silent !== true && store !== false;
    const count = this.count + 1;
    if (remembered) {
      this.count = count;
      this.history.add(count, code);
    }
    if (silent !== true)
      this.outbox.push({
        kind: 'execute_input',
        parent: header,
        content: toJson({ code, execution_count: count }),
      });
    this.current = message;
    const notebook = notebookOf(message.metadata);
    const reply = await this.executor.ask({ header, content, count, notebook });
    this.current = undefined;
    this.prompting = undefined;
    if (remembered && reply.result !== undefined) this.history.result(count, reply.result);
    if (reply.failed && stop !== false) await this.abortQueued();
    await this.reply(this.sockets.shell, message, reply.content);
  }

  /** After an error, the cells that were sent before its reply are not run. */
  private async abortQueued(): Promise<void> {
    // What has reached the socket by now is to reach the queue; nothing sent in answer to the reply
    // can.
    await new Promise((resolve) => setTimeout(resolve, 5));
    for (const message of this.queue)
      if (message.header.msg_type === 'execute_request') this.aborted.add(message);
  }

  // The control channel, at once

  private async control(message: Message): Promise<void> {
    this.status('busy', message.header);
    if (!forExecutor.has(message.header.msg_type))
      await this.answerHere(this.sockets.control, message);
    this.status('idle', message.header);
  }

  private async shutdown(socket: Router, message: Message): Promise<void> {
    const content = toJson({ status: 'ok', restart: message.content['restart'] === true });
    this.outbox.push({ kind: 'shutdown_reply', parent: message.header, content });
    await this.reply(socket, message, content);
    this.status('idle', message.header);
    await this.outbox.flush();
    this.exit();
  }

  // Prompts

  private async stdin(message: Message): Promise<void> {
    if (!this.prompting || message.header.msg_type !== 'input_reply') return;
    const { value } = message.content;
    const text = typeof value === 'string' ? value : '';
    if (this.prompting === 'answer') return this.answerPrompt(text);
    this.prompting = undefined;
    this.port.postMessage({ type: 'line', text });
  }

  private async ask(prompt: string, password: boolean, line: boolean): Promise<void> {
    const { current } = this;
    if (!current) return line ? undefined : this.answerPrompt('');
    this.prompting = line ? 'line' : 'answer';
    await this.outbox.flush();
    await this.send(this.sockets.stdin, current, 'input_request', toJson({ prompt, password }));
  }

  private answerPrompt(value: string): void {
    this.prompting = undefined;
    this.options.inputPort.postMessage(value);
    Atomics.store(this.options.shared, slot.inputReady, 1);
    Atomics.notify(this.options.shared, slot.inputReady);
  }

  // What goes out

  private fromExecutor(message: ToServer): void {
    if (message.type === 'output') this.outbox.push(message);
    else if (message.type === 'reply') this.executor.replied(message as Reply);
    else if (message.type === 'input')
      void this.ask(message.prompt, message.password, message.line === true);
    else if (message.type === 'waits') this.executor.waits(message.beside);
    else if (message.type === 'signal') this.interrupt();
    else if (message.type === 'leaving') void this.leave();
  }

  /** Sends what waits and closes the sockets. */
  private async leave(): Promise<void> {
    log('the process is about to exit');
    await this.outbox.flush();
    closeSockets(this.sockets);
    // Their readers end in their own time.
    await new Promise((resolve) => setTimeout(resolve, 10));
    Atomics.store(this.options.shared, slot.leaving, 1);
    Atomics.notify(this.options.shared, slot.leaving);
  }

  private status(state: 'starting' | 'busy' | 'idle', parent: Output['parent']): void {
    this.outbox.push({ kind: 'status', parent, content: toJson({ execution_state: state }) });
  }

  private publish({
    kind,
    parent,
    content,
    metadata,
    buffers,
  }: Omit<Output, 'type'>): Promise<void> {
    log('publishes', () => ({ kind, parent: parent.msg_id, content }));
    const identities = [
      kind === 'iopub_welcome'
        ? (JSON.parse(content) as { subscription: string }).subscription
        : kind,
    ];
    return this.sockets.iopub.send(
      encode(this.signer, {
        identities,
        header: newHeader(kind, this.session),
        parent,
        content,
        metadata,
        buffers,
      }),
    );
  }

  /**
   * Output first, reply after: a client that has the reply has seen, or will see, all that came
   * before.
   */
  private async reply(socket: Router, message: Message, content: string): Promise<void> {
    await this.outbox.flush();
    await this.send(
      socket,
      message,
      message.header.msg_type.replace(/_request$/, '_reply'),
      content,
    );
  }

  private async send(
    socket: Router,
    { identities, header }: Route,
    type: string,
    content: string,
  ): Promise<void> {
    log('sends', () => ({ type, to: header.msg_id, content }));
    const frames = encode(this.signer, {
      identities,
      header: newHeader(type, this.session),
      parent: header,
      content,
    });
    // A client that has gone is no reason to stop.
    await (this.sends = this.sends.then(() => socket.send(frames)).catch(() => {}));
  }

  private sends: Promise<void> = Promise.resolve();
}
