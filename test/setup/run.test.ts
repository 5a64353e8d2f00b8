import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { Fault, Interrupted } from '../../kernel-setup/setup/fault.mjs';
import { ProgramFailed, run, tryRun } from '../../kernel-setup/setup/run.mjs';
import { fakeProgram, temporaryFolder } from './support';

const node = process.execPath;

describe('run', () => {
  it('gives what the program printed on stdout, and shows every line as it comes', async () => {
    const lines: string[] = [];
    const output = await run(
      node,
      ['-e', 'console.log("a"); console.error("b"); console.log("c")'],
      { onLine: (line) => lines.push(line) },
    );
    expect(output).toBe('a\nc\n');
    expect(lines.sort()).toEqual(['a', 'b', 'c']);
  });

  it('tells the exit code and the output of a program that fails', async () => {
    const failure = run(node, ['-e', 'console.error("it broke"); process.exit(7)'], {
      doing: 'trying',
    });
    await expect(failure).rejects.toThrow(ProgramFailed);
    await expect(failure).rejects.toThrow(/trying failed \(7\):\nit broke/);
  });

  it('tells a fault of the machine as one, with the line that shows it', async () => {
    const failure = run(
      node,
      ['-e', 'console.error("npm error connect ECONNREFUSED 127.0.0.1:9"); process.exit(1)'],
      { doing: 'npm ci' },
    );
    await expect(failure).rejects.toThrow(Fault);
    await expect(failure).rejects.toThrow(
      'The package registry cannot be reached (while: npm ci): npm error connect ECONNREFUSED 127.0.0.1:9',
    );
  });

  it('fails where the program does not exist', async () => {
    await expect(run('/no/such/program', [])).rejects.toThrow(/did not start/);
    expect(await tryRun('/no/such/program', [])).toBeUndefined();
  });

  it('ends the program when interrupted, and returns when it has ended', async () => {
    const controller = new AbortController();
    let pid = 0;
    const running = run(node, ['-e', 'console.log(process.pid); setInterval(() => {}, 1000)'], {
      signal: controller.signal,
      onLine: (line) => {
        pid = Number(line);
        controller.abort();
      },
    });
    await expect(running).rejects.toThrow(Interrupted);
    expect(pid).toBeGreaterThan(0);
    expect(() => process.kill(pid, 0)).toThrow('ESRCH');
  });

  it('starts nothing once interrupted', async () => {
    const mark = join(temporaryFolder(), 'mark');
    const program = fakeProgram(
      join(temporaryFolder(), 'program'),
      `fs.writeFileSync(${JSON.stringify(mark)}, '')`,
    );
    await expect(run(program, [], { signal: AbortSignal.abort() })).rejects.toThrow(Interrupted);
  });
});
