/**
 * A small Jupyter client for the tests: starts the kernel as Jupyter does, and speaks to it over
 * its five sockets.
 */
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { createHmac, randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import * as zmq from 'zeromq';
import { placeBelow } from '../../kernel-setup/install/places.mjs';
import { kernelSpec } from '../../kernel-setup/kernelspec.mjs';

export const root = resolve(__dirname, '..', '..');

/** That of .venv; undefined where there is none. */
export const { python } = placeBelow(join(root, '.venv'));

export type Json = Record<string, any>;

export interface Received {
  readonly type: string;
  readonly header: Json;
  readonly parent: Json;
  readonly metadata: Json;
  readonly content: Json;
  readonly buffers: readonly Buffer[];
  /** The topic, on iopub. */
  readonly topic: string;
}

export interface Answer {
  readonly reply: Received;
  /** All that came on iopub for the request, up to and without its idle status. */
  readonly outputs: readonly Received[];
}

let built = false;

/** Compiles the kernel, once in a run and incrementally: tests see its sources. */
export function buildKernel(): void {
  if (built) return;
  const { status, stdout } = spawnSync(
    process.execPath,
    [join(root, 'node_modules/typescript/bin/tsc'), '-p', join(root, 'kernel-setup')],
    { encoding: 'utf8' },
  );
  if (status !== 0) throw new Error(`the kernel does not compile:\n${stdout}`);
  built = true;
}

interface Connection {
  readonly key: string;
  readonly ports: Readonly<Record<'shell' | 'control' | 'iopub' | 'stdin' | 'hb', number>>;
  readonly file: string;
  readonly folder: string;
}

/** So many ports that are free: all are held before any is let go, so no two are the same. */
async function freePorts(n: number): Promise<number[]> {
  const servers = Array.from({ length: n }, () => createServer());
  for (const server of servers)
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const ports = servers.map((server) => (server.address() as { port: number }).port);
  for (const server of servers) await new Promise((done) => server.close(done));
  return ports;
}

export async function newConnection(): Promise<Connection> {
  const [shell = 0, control = 0, iopub = 0, stdin = 0, hb = 0] = await freePorts(5);
  const ports = { shell, control, iopub, stdin, hb };
  const folder = mkdtempSync(join(tmpdir(), 'kernel-'));
  const file = join(folder, 'connection.json');
  const key = randomUUID();
  const fields = Object.fromEntries(
    Object.entries(ports).map(([name, port]) => [`${name}_port`, port]),
  );
  writeFileSync(
    file,
    JSON.stringify({
      ...fields,
      ip: '127.0.0.1',
      key,
      transport: 'tcp',
      signature_scheme: 'hmac-sha256',
    }),
  );
  return { key, ports, file, folder };
}

/** The command by which Jupyter starts the kernel. */
export function command(connectionFile: string, flags: readonly string[] = []): string[] {
  const [node = '', ...argv] = kernelSpec(root).argv as string[];
  return [
    node,
    ...flags,
    ...argv.map((argument) => argument.replace('{connection_file}', connectionFile)),
  ];
}

export class TestKernel {
  readonly session: string = randomUUID();
  /** Everything that was heard on iopub, in order. */
  readonly heard: Received[] = [];
  private readonly shell = new zmq.Dealer({
    routingId: this.session,
    linger: 0,
    sendHighWaterMark: 0,
    receiveHighWaterMark: 0,
  });
  private readonly controlSocket = new zmq.Dealer({ routingId: this.session, linger: 0 });
  private readonly stdin = new zmq.Dealer({ routingId: this.session, linger: 0 });
  private readonly iopub = new zmq.Subscriber({ linger: 0, receiveHighWaterMark: 0 });
  private readonly hb = new zmq.Request({ linger: 0 });
  private readonly waiting = new Set<() => void>();
  private readonly replies: Received[] = [];
  /** Answers `prompt()`; undefined leaves it waiting. */
  onInput: (request: Received) => string | undefined = () => undefined;

  private constructor(
    readonly process: ChildProcess,
    readonly connection: Connection,
    readonly stderr: string[],
  ) {}

  static async start(
    options: { cwd?: string; flags?: readonly string[]; env?: NodeJS.ProcessEnv } = {},
  ): Promise<TestKernel> {
    buildKernel();
    const connection = await newConnection();
    const [node = '', ...argv] = command(connection.file, options.flags);
    const child = spawn(node, argv, {
      cwd: options.cwd ?? join(root, 'notebooks'),
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, ...options.env },
    });
    const stderr: string[] = [];
    child.stderr?.on('data', (chunk: Buffer) => stderr.push(String(chunk)));
    child.stdout?.on('data', (chunk: Buffer) => stderr.push(String(chunk)));
    const kernel = new TestKernel(child, connection, stderr);
    await kernel.connect();
    return kernel;
  }

  private async connect(): Promise<void> {
    const at = (name: keyof Connection['ports']): string =>
      `tcp://127.0.0.1:${this.connection.ports[name]}`;
    this.iopub.connect(at('iopub'));
    this.iopub.subscribe('');
    this.shell.connect(at('shell'));
    this.controlSocket.connect(at('control'));
    this.stdin.connect(at('stdin'));
    this.hb.connect(at('hb'));
    void this.listen(this.iopub, (message) => this.heard.push(message));
    void this.listen(this.shell, (message) => this.replies.push(message));
    void this.listen(this.controlSocket, (message) => this.replies.push(message));
    void this.listen(this.stdin, (message) => {
      const value = message.type === 'input_request' ? this.onInput(message) : undefined;
      if (value !== undefined) void this.send(this.stdin, 'input_reply', { value }, message.header);
    });
    // Subscribed before anything is asked, so no output is missed.
    await this.until(
      () => this.heard.some(({ type }) => type === 'iopub_welcome'),
      'iopub_welcome',
    );
  }

  private async listen(
    socket: AsyncIterable<Buffer[]>,
    handle: (message: Received) => void,
  ): Promise<void> {
    try {
      for await (const frames of socket) {
        handle(parse(frames));
        for (const wake of this.waiting) wake();
      }
    } catch {
      // closed
    }
  }

  /** Waits until `condition` holds; it is asked after each message. */
  async until(condition: () => boolean, what: string, timeout = 30_000): Promise<void> {
    const end = Date.now() + timeout;
    while (!condition()) {
      if (Date.now() > end)
        throw new Error(
          `no ${what} within ${timeout} ms; the kernel wrote: ${this.stderr.join('')}; heard: ${this.heard
            .slice(-5)
            .map(({ type, content }) => `${type} ${JSON.stringify(content).slice(0, 300)}`)
            .join('\n')}`,
        );
      if (this.process.exitCode !== null || this.process.signalCode !== null)
        throw new Error(`the kernel died while waiting for ${what}: ${this.stderr.join('')}`);
      await new Promise<void>((done) => {
        const wake = (): void => {
          clearTimeout(timer);
          this.waiting.delete(wake);
          done();
        };
        const timer = setTimeout(wake, 200);
        this.waiting.add(wake);
      });
    }
  }

  header(type: string): Json {
    return {
      msg_id: randomUUID(),
      msg_type: type,
      session: this.session,
      username: 'test',
      date: new Date().toISOString(),
      version: '5.4',
    };
  }

  frames(
    header: Json,
    content: unknown,
    parent: Json = {},
    buffers: readonly Buffer[] = [],
    metadata: Json = {},
  ): (string | Buffer)[] {
    const parts = [header, parent, metadata, content].map((part) => JSON.stringify(part));
    const hmac = createHmac('sha256', this.connection.key);
    for (const part of parts) hmac.update(part);
    return ['<IDS|MSG>', hmac.digest('hex'), ...parts, ...buffers];
  }

  private async send(
    socket: zmq.Dealer,
    type: string,
    content: unknown,
    parent: Json = {},
  ): Promise<string> {
    const header = this.header(type);
    await socket.send(this.frames(header, content, parent));
    return header['msg_id'] as string;
  }

  /** Sends frames as they are on the shell channel. */
  async raw(frames: (string | Buffer)[]): Promise<void> {
    await this.shell.send(frames);
  }

  /** Sends on the shell channel what has more to it than a content; gives the message's id. */
  async postWith(
    type: string,
    content: unknown,
    { metadata = {}, buffers = [] }: { metadata?: Json; buffers?: readonly Buffer[] },
  ): Promise<string> {
    const header = this.header(type);
    await this.raw(this.frames(header, content, {}, buffers, metadata));
    return header['msg_id'] as string;
  }

  /** Sends without waiting; gives the message's id. */
  post(type: string, content: unknown, channel: 'shell' | 'control' = 'shell'): Promise<string> {
    return this.send(channel === 'shell' ? this.shell : this.controlSocket, type, content);
  }

  /** The reply and the outputs of a message that was sent. */
  async answer(id: string, timeout = 30_000): Promise<Answer> {
    const reply = await this.replyTo(id, timeout);
    const own = (): Received[] => this.heard.filter(({ parent }) => parent['msg_id'] === id);
    await this.until(
      () =>
        own().some(
          ({ type, content }) => type === 'status' && content['execution_state'] === 'idle',
        ),
      'idle',
      timeout,
    );
    return {
      reply,
      outputs: own().filter(
        ({ type, content }) => type !== 'status' || content['execution_state'] !== 'idle',
      ),
    };
  }

  async replyTo(id: string, timeout = 30_000): Promise<Received> {
    const find = (): Received | undefined =>
      this.replies.find(({ parent }) => parent['msg_id'] === id);
    await this.until(() => find() !== undefined, `reply to ${id}`, timeout);
    return find()!;
  }

  async request(
    type: string,
    content: unknown = {},
    channel: 'shell' | 'control' = 'shell',
  ): Promise<Answer> {
    return this.answer(await this.post(type, content, channel));
  }

  postCell(code: string, options: Json = {}): Promise<string> {
    return this.post('execute_request', {
      code,
      silent: false,
      store_history: true,
      user_expressions: {},
      allow_stdin: false,
      stop_on_error: true,
      ...options,
    });
  }

  async execute(code: string, options: Json = {}, timeout = 30_000): Promise<Answer> {
    return this.answer(await this.postCell(code, options), timeout);
  }

  /** Runs code that must succeed, and gives what it printed and its result as text. */
  async run(code: string): Promise<string> {
    const answer = await this.execute(code);
    if (answer.reply.content['status'] !== 'ok')
      throw new Error(`${code}: ${JSON.stringify(answer.reply.content)}`);
    return text(answer);
  }

  interrupt(): Promise<Answer> {
    return this.request('interrupt_request', {}, 'control');
  }

  async heartbeat(payload: string): Promise<string> {
    await this.hb.send(payload);
    const [echo] = await this.hb.receive();
    return String(echo);
  }

  /** The process's end: its exit code or signal. */
  async ended(timeout = 15_000): Promise<number | string> {
    const { process: child } = this;
    const end = Date.now() + timeout;
    while (child.exitCode === null && child.signalCode === null) {
      if (Date.now() > end) throw new Error(`the kernel still runs after ${timeout} ms`);
      await new Promise((done) => setTimeout(done, 50));
    }
    return child.exitCode ?? child.signalCode ?? '';
  }

  close(): void {
    for (const socket of [this.shell, this.controlSocket, this.stdin, this.iopub, this.hb])
      socket.close();
    this.process.kill('SIGKILL');
    rmSync(this.connection.folder, { recursive: true, force: true });
  }
}

export function parse(frames: readonly Buffer[]): Received {
  const start = frames.findIndex((frame) => String(frame) === '<IDS|MSG>');
  const [header, parent, metadata, content] = frames
    .slice(start + 2, start + 6)
    .map((frame) => JSON.parse(String(frame)) as Json);
  return {
    type: String(header?.['msg_type']),
    header: header!,
    parent: parent!,
    metadata: metadata!,
    content: content!,
    buffers: frames.slice(start + 6),
    topic: String(frames[0]),
  };
}

/** What a cell printed to stdout, and its result as text. */
export function text({ outputs }: Answer): string {
  return outputs
    .map(({ type, content }) =>
      type === 'stream' && content['name'] === 'stdout'
        ? String(content['text'])
        : type === 'execute_result'
          ? String(content['data']['text/plain'])
          : '',
    )
    .join('');
}

/** The types of a cell's outputs, in order, without statuses. */
export function kinds({ outputs }: Answer): string[] {
  return outputs.map(({ type }) => type).filter((type) => type !== 'status');
}

/** The one output of `type`. */
export function only({ outputs }: Answer, type: string): Json {
  const found = outputs.filter((output) => output.type === type);
  if (found.length !== 1) throw new Error(`${found.length} outputs of type ${type}, 1 expected`);
  return found[0]!.content;
}
