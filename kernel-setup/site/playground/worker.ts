/** The worker: trains what the page wishes, with the library's own `train`, and posts pictures. */
import { start } from 'dark-matter/core/engine.browser';
import * as tree from 'dark-matter/core/pytree';
import * as random from 'dark-matter/core/random';
import { toys } from 'dark-matter/data/toys';
import * as landscape from './landscape';
import { HALF, type DataName, type FromWorker, type ToWorker, type Wish } from './messages';
import { run, type Learned, type Running } from './running';
import * as twins from './twins';

const post = (message: FromWorker): void => {
  const buffers = Object.values(message).flatMap((value: unknown) =>
    value instanceof Float32Array ? [value.buffer] : [],
  );
  (self as unknown as Worker).postMessage(message, buffers as Transferable[]);
};

let wish: Wish | undefined;
let running: Running<unknown, unknown> | undefined;
/** It came to its end by itself. */
let rests = false;
/** What to go on from in each tab: of a training with this name. */
const kept = new Map<Wish['tab'], { name: string; learned: Learned<unknown, unknown> }>();

/** Trainings with the same name go on from each other; others begin anew. */
function nameOf({ tab, attempt, settings }: Wish): string {
  return tab === 'landscape'
    ? `${tab} ${attempt} ${settings.mechanism} ${settings.width}`
    : `${tab} ${attempt} ${settings.method}`;
}

/** What a training cannot follow while it runs. */
function formOf(now: Wish): string {
  const held = now.tab === 'twins' ? now.settings.held : now.settings.blur;
  return `${nameOf(now)} ${now.paused} ${held}`;
}

let queue = Promise.resolve();
const inTurn = (f: () => Promise<void> | void): void => {
  queue = queue.then(f).catch((error: unknown) => post({ type: 'trouble', text: String(error) }));
};

async function follow(next: Wish): Promise<void> {
  const before = wish;
  wish = next;
  if (before && running && !rests && formOf(before) === formOf(next)) return;
  const learned = await running?.stop();
  running = undefined;
  rests = false;
  if (learned && before) kept.set(before.tab, { name: nameOf(before), learned });
  if (next.paused) return;
  const from = kept.get(next.tab);
  kept.delete(next.tab);
  const same = from?.name === nameOf(next);
  if (from && !same) tree.dispose([from.learned.params, from.learned.state]);
  const start = next.tab === 'landscape' ? trainLandscape : trainTwins;
  running = start(same ? from?.learned : undefined);
}

type Picture = ReturnType<typeof landscape.look> | ReturnType<typeof twins.look>;

/** Posts a picture whenever it is time to. */
function painter(type: 'landscape' | 'twins') {
  let [last, from, since] = [-Infinity, 0, performance.now()];
  return (picture: () => Picture, step: number, loss: number): void => {
    const now = performance.now();
    if (now - last < wish!.interval) return;
    const stepsPerSecond = (1000 * (step - from)) / Math.max(now - since, 1);
    if (now - since > 1000) [from, since] = [step, now];
    last = now;
    post({ type, ...picture(), step, loss, stepsPerSecond } as FromWorker);
  };
}

function ended(trouble?: string): void {
  if (trouble === undefined) rests = true;
  else running = undefined;
  post(trouble === undefined ? { type: 'rests' } : { type: 'trouble', text: trouble });
}

function trainLandscape(from?: Learned<unknown, unknown>): Running<unknown, unknown> {
  const current = () => wish as Wish & { tab: 'landscape' };
  const paint = painter('landscape');
  if (current().settings.mechanism === 'kmeans') return repeatKMeans(current, paint);
  const method = landscape.methodOf(current().settings);
  return run({
    method,
    from,
    batch: (step) => landscape.batchOf(current().points, current().settings.blur, step),
    rate: () => current().settings.rate,
    onStep: ({ params }, { step, loss }) => {
      const { points, settings } = current();
      const energy: landscape.Energy = (u) => method.energy(params, u, u);
      paint(() => landscape.look(energy, points, settings.blur), step, loss());
    },
    onEnd: ended,
  });
}

/** k-means is not trained step by step: it is fitted anew whenever something changed. */
function repeatKMeans(
  current: () => Wish & { tab: 'landscape' },
  paint: ReturnType<typeof painter>,
): Running<unknown, unknown> {
  let seen: Wish | undefined;
  let step = 0;
  const timer = setInterval(() => {
    if (seen === current()) return;
    seen = current();
    const { points, settings } = current();
    const { energy, dispose } = landscape.ofNearestCode(points, settings.width);
    paint(() => landscape.look(energy, points, settings.blur), ++step, NaN);
    dispose();
  }, 30);
  return {
    stop: () => {
      clearInterval(timer);
      return Promise.resolve(undefined);
    },
  };
}

function trainTwins(from?: Learned<unknown, unknown>): Running<unknown, unknown> {
  const current = () => wish as Wish & { tab: 'twins' };
  const paint = painter('twins');
  const method = twins.methodOf(current().settings);
  return run({
    method,
    from,
    batch: (step) => twins.batchOf(current().points, current().settings.noise, step),
    rate: () => current().settings.rate,
    onStep: ({ params }, { step, loss }) => {
      const { points, settings } = current();
      paint(() => twins.look((x) => method.project(params, x), points, settings), step, loss());
    },
    onEnd: ended,
  });
}

/** Points of a toy, brought into the page's square. */
function draw(name: DataName, n: number, seed: number): void {
  const toy = toys[name];
  const key = random.key(seed);
  const points = toy.sample(key, n);
  const scale = (0.92 * HALF) / toy.bounds[1];
  post({ type: 'drawn', points: Float32Array.from(points.dataSync(), (value) => value * scale) });
  points.dispose();
  key.dispose();
}

inTurn(() => start(new URL('./', self.location.href).href));
self.addEventListener('message', ({ data }: MessageEvent<ToWorker>) => {
  inTurn(() => (data.type === 'wish' ? follow(data.wish) : draw(data.data, data.n, data.seed)));
});
