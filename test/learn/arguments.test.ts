import { describe, expect, it } from 'vitest';
import { HELP, parseArguments } from '../../kernel-setup/learn/arguments.mjs';
import { methodNames } from '../../lib/pictures/learner';

describe('the arguments of learn', () => {
  it('are a folder, ten minutes, 32 pixels, seed 0, and results beside the user', () => {
    expect(parseArguments(['my photos/'], '/home/me')).toEqual({
      folder: '/home/me/my photos',
      out: '/home/me/my photos-learned',
      method: undefined,
      minutes: 10,
      steps: undefined,
      labels: undefined,
      side: 32,
      seed: 0,
    });
  });

  it('may be given, relative to where the user is', () => {
    const args = '/p/写真 --method byol --steps 50 --out o --labels l.csv --side 64 --seed 7';
    expect(parseArguments(args.split(' '), '/home/me')).toMatchObject({
      folder: '/p/写真',
      out: '/home/me/o',
      method: 'byol',
      steps: 50,
      labels: '/home/me/l.csv',
      side: 64,
      seed: 7,
    });
  });

  it.each([
    [[], 'FOLDER: none given'],
    [['a', 'b'], 'a, b given, one folder of pictures expected (put quotes'],
    [['a', '--minutes', 'ten'], '--minutes: "ten" given'],
    [['a', '--minutes', '0'], '--minutes: "0" given'],
    [['a', '--side', '8'], '--side: "8" given, a whole number from 16 to 128'],
    [['a', '--seed', '1.5'], '--seed: "1.5" given, a whole number of at least 0'],
    [['a', '--steps', '5', '--minutes', '5'], '--steps: given with --minutes'],
    [['a', '--mehtod', 'x'], "Unknown option '--mehtod'"],
    [['a', '--out', 'a'], 'lies in the folder of the pictures'],
    [['a', '--out', 'a/b/c'], 'lies in the folder of the pictures'],
    [['..'], 'lies in the folder of the pictures'],
  ] as const)('%j are refused, by name', (args, message) => {
    expect(() => parseArguments([...args], '/home/me')).toThrow(message);
  });

  it('the help tells every method', () => {
    for (const name of methodNames) expect(HELP).toContain(name);
  });
});
