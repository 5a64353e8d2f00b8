/**
 * When the kernel dies, its client sees it; when its client dies, so does the kernel; and never
 * before.
 */
import { spawn } from 'node:child_process';
import { afterEach, describe, expect, it } from 'vitest';
import { TestKernel, buildKernel, command, newConnection } from './client';

let kernel: TestKernel;
afterEach(() => kernel?.close());

const heardText = (): string =>
  kernel.heard
    .filter(({ type }) => type === 'stream')
    .map(({ content }) => content['text'] as string)
    .join('');

/** Starts a cell that ends the process, and gives the process's exit code or signal. */
async function fatal(code: string, flags: readonly string[] = []): Promise<number | string> {
  kernel = await TestKernel.start({ flags });
  await kernel.run('1');
  await kernel.postCell(code);
  return kernel.ended(60_000);
}

describe('a dead kernel is no success: the process ends without a reply', () => {
  it('process.exit: what was printed arrives, with the cell that did it', async () => {
    expect(await fatal('console.log("last words"); process.exit(3)')).toBe(3);
    expect(heardText()).toMatch(/last words\nprocess\.exit\(3\) in In\[2\]: the kernel has ended/);
  });

  it('process.exit(0) is a dead kernel too', async () => {
    expect(await fatal('process.exit()')).toBe(0);
    expect(heardText()).toContain('process.exit() in In[2]');
    expect(
      kernel.heard.some(
        ({ type, content }) =>
          type === 'status' && content['execution_state'] === 'idle' && content['n'] === 2,
      ),
    ).toBe(false);
  });

  it('process.abort', async () => {
    expect(await fatal('console.log("before"); process.abort()')).toBe('SIGABRT');
    expect(heardText()).toMatch(/before\nprocess\.abort\(\) in In\[2\]/);
  });

  it('out of memory', { timeout: 120_000 }, async () => {
    expect(
      await fatal('const hoard: unknown[] = []; for (;;) hoard.push(new Array(1e5).fill({}))', [
        '--max-old-space-size=200',
      ]),
    ).toBe('SIGABRT');
  });
});

/** Whether a process lives: one that only waits to be buried does not. */
function lives(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

async function within(seconds: number, condition: () => boolean): Promise<boolean> {
  for (const end = Date.now() + 1000 * seconds; Date.now() < end;) {
    if (condition()) return true;
    await new Promise((done) => setTimeout(done, 100));
  }
  return condition();
}

/**
 * A client of its own process, which starts a kernel as jupyter_client does and prints its process
 * id.
 */
async function startUnderClient(): Promise<{
  client: ReturnType<typeof spawn>;
  pid: number;
  connection: string;
}> {
  buildKernel();
  const connection = await newConnection();
  const script = `
    const { spawn } = require('node:child_process');
    const [node, ...argv] = ${JSON.stringify(command(connection.file))};
    const child = spawn(node, argv, { stdio: 'ignore', detached: true, env: { ...process.env, JPY_PARENT_PID: String(process.pid) } });
    console.log(child.pid);
    setInterval(() => {}, 1000);`;
  const client = spawn(process.execPath, ['-e', script], { stdio: ['ignore', 'pipe', 'inherit'] });
  const pid = await new Promise<number>((done) =>
    client.stdout!.once('data', (data: Buffer) => done(Number(data))),
  );
  return { client, pid, connection: connection.file };
}

describe('the kernel and its client', () => {
  it('a client that is SIGKILLed leaves no kernel after 10 s', { timeout: 60_000 }, async () => {
    const { client, pid } = await startUnderClient();
    await new Promise((done) => setTimeout(done, 1500));
    expect(lives(pid)).toBe(true);
    client.kill('SIGKILL');
    expect(await within(10, () => !lives(pid))).toBe(true);
  });

  it('a kernel whose client lives does not end by itself', { timeout: 60_000 }, async () => {
    const { client, pid } = await startUnderClient();
    expect(await within(6, () => !lives(pid))).toBe(false);
    client.kill('SIGKILL');
    await within(10, () => !lives(pid));
  });

  it(
    'a kernel that nobody claims, or that cannot see who does, lives on',
    { timeout: 60_000 },
    async () => {
      kernel = await TestKernel.start({ env: { JPY_PARENT_PID: '4194000' } });
      await new Promise((done) => setTimeout(done, 2500));
      expect(await kernel.run('1')).toBe('1');
    },
  );

  it('a port that is taken is told, and ends the process', async () => {
    kernel = await TestKernel.start();
    const [node = '', ...argv] = command(kernel.connection.file);
    const second = spawn(node, argv, { stdio: ['ignore', 'ignore', 'pipe'] });
    let stderr = '';
    second.stderr.on('data', (data: Buffer) => (stderr += String(data)));
    await new Promise((done) => second.once('exit', done));
    expect(stderr).toMatch(/cannot listen at tcp:\/\/127\.0\.0\.1/);
  });
});
