/** What stands for a file in a browser: `x.browser.ts` beside `x.ts`, mapped in lib/package.json. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { tf } from 'dark-matter';
import { describe, expect, it } from 'vitest';
import { compile } from '../../lib/core/compile.browser';
import * as recorder from '../../lib/core/compile/recorder.browser';
import { nextTurn } from '../../lib/core/turn.browser';
import * as kept from '../../lib/train/kept.browser';
import { progress } from '../../lib/train/progress.browser';
import { root } from '../runner/support';

const lib = join(root, 'lib');
const { browser: mapped } = JSON.parse(readFileSync(join(lib, 'package.json'), 'utf8')) as {
  browser: Record<string, string>;
};
const exportsOf = (file: string): string[] =>
  [
    ...readFileSync(join(lib, file), 'utf8').matchAll(
      /^export (?:async )?(?:const|function|class) (\w+)/gm,
    ),
  ].map(([, name]) => name!);

describe('the browser field of the library', () => {
  it('maps each twin, and nothing else', () => {
    const twins = readdirSync(lib, { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.browser.ts') && !file.startsWith('dist'))
      .map((file) => `./${file}`);
    expect(Object.values(mapped).sort()).toEqual(twins.sort());
    for (const [file, twin] of Object.entries(mapped))
      expect(twin).toBe(file.replace(/\.ts$/, '.browser.ts'));
    expect(Object.keys(mapped).filter((file) => !existsSync(join(lib, file)))).toEqual([]);
  });

  it('a twin has no name that the file lacks, but what starts the engine', () => {
    for (const [file, twin] of Object.entries(mapped)) {
      const text = readFileSync(join(lib, file), 'utf8');
      const foreign = exportsOf(twin).filter(
        (name) => !new RegExp(`^export[^;]*\\b${name}\\b`, 'm').test(text),
      );
      expect([twin, foreign]).toEqual([twin, file === './core/engine.ts' ? ['start'] : []]);
    }
  });
});

describe('the twins', () => {
  it('compile runs the function as it is, and owns what it gives', () => {
    const twice = compile((x: ReturnType<typeof tf.scalar>) => ({ x, y: x.mul(2) }), { name: 'f' });
    const x = tf.scalar(3);
    const found = twice(x as never);
    expect(found.y.dataSync()[0]).toBe(6);
    found.x.dispose();
    expect(x.isDisposed).toBe(false);
    expect(twice.report()).toMatchObject({ name: 'f', calls: 1, traced: 0, traces: [] });
    expect(twice.fingerprint(x as never)).toBeUndefined();
    expect(() => twice.export('folder', x as never)).toThrow('compile(f): export needs the native');
    tf.dispose([x, found.y]);
  });

  it('nothing is traced', () => {
    expect(recorder.isTracing()).toBe(false);
    expect(recorder.traceLoop as unknown as () => void).toThrow('browser');
  });

  it('messages come between two turns', async () => {
    const order: string[] = [];
    queueMicrotask(() => order.push('microtask'));
    await nextTurn();
    order.push('turn');
    expect(order).toEqual(['microtask', 'turn']);
  });

  it('checkpoints are refused, and progress is silent', async () => {
    expect(kept.RunFolder.open as unknown as () => void).toThrow('a browser, which has no disk');
    const view = progress();
    view.update(() => expect.unreachable());
    await view.close({ title: '', done: 0, steps: 1, stepsPerSecond: 0 } as never);
  });
});
