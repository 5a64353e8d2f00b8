/** The playground's page: its controls, its two tabs, and the worker that trains. */
import {
  type DataName,
  type FromWorker,
  type LandscapePicture,
  type Mechanism,
  type ToWorker,
  type Twins,
  type TwinsPicture,
  type Wish,
} from './messages';
import { planePainter } from './plane';
import { editablePoints } from './points';
import { paintInputs, spherePainter } from './sphere';
import { mechanisms, methods } from './words';

const byId = <E extends HTMLElement = HTMLElement>(id: string): E =>
  document.getElementById(id) as E;
const input = (id: string): HTMLInputElement => byId<HTMLInputElement>(id);
const valueOf = (id: string): string => byId<HTMLSelectElement>(id).value;
const say = (id: string, text: string): void => {
  byId(id).textContent = text;
};

type Tab = 'landscape' | 'twins';
const TABS: readonly Tab[] = ['landscape', 'twins'];
const POINTS = 160;
const base = new URL('./', (document.currentScript as HTMLScriptElement).src).href;
const still = matchMedia('(prefers-reduced-motion: reduce)');

let tab: Tab = 'landscape';
let attempt = 0;
let seed = 0;
const paused: Record<Tab, boolean> = { landscape: false, twins: false };
let inputs = new Float32Array();
let landscape: LandscapePicture | undefined;
let sphere: TwinsPicture | undefined;
/** Which tab the next drawn points are for. */
const drawnFor: Tab[] = [];

const points = editablePoints(byId<HTMLCanvasElement>('plane'), changed, (text) =>
  say('plane-told', text),
);
const paintPlane = planePainter(byId<HTMLCanvasElement>('plane'));
const paintSphere = spherePainter(byId<HTMLCanvasElement>('sphere'));

// The worker -------------------------------------------------------------------------------------

function newWorker(): Worker | undefined {
  const note =
    'The playground needs a web server: run “python3 -m http.server” in this page’s folder, and open http://localhost:8000.';
  if (location.protocol === 'file:') {
    for (const each of TABS) say(`${each}-told`, note);
    return undefined;
  }
  const made = new Worker(`${base}worker.js`);
  made.addEventListener('message', ({ data }: MessageEvent<FromWorker>) => receive(data));
  made.addEventListener('error', ({ message }) => say(`${tab}-told`, message));
  return made;
}

const worker = newWorker();
const tell = (message: ToWorker): void => worker?.postMessage(message);

function wish(): Wish {
  const common = {
    attempt,
    paused: paused[tab] || document.hidden,
    interval: still.matches ? 1000 : 33,
  };
  if (tab === 'landscape')
    return {
      tab,
      ...common,
      points: points.get(),
      settings: {
        mechanism: valueOf('mechanism') as Mechanism,
        width: 2 ** (2 + Number(valueOf('width'))),
        rate: 10 ** Number(valueOf('rate')),
        blur: Number(valueOf('blur')),
      },
    };
  return {
    tab,
    ...common,
    points: inputs,
    settings: {
      method: valueOf('method') as Twins,
      held: input('held').checked && valueOf('method') !== 'agreement',
      rate: 10 ** Number(valueOf('twins-rate')),
      noise: Number(valueOf('noise')),
    },
  };
}

function send(): void {
  const next = wish();
  if (next.points.length > 0) tell({ type: 'wish', wish: next });
}

let awaited = false;
/** Tells the worker, once a frame. */
function changed(): void {
  paint();
  if (awaited) return;
  awaited = true;
  requestAnimationFrame(() => {
    awaited = false;
    send();
  });
}

function receive(message: FromWorker): void {
  if (message.type === 'drawn') {
    const forTab = drawnFor.shift();
    if (forTab === 'twins') inputs = new Float32Array(message.points);
    else points.set(message.points);
    changed();
  } else if (message.type === 'landscape') {
    landscape = message;
    painted();
    landscapeFigures(message);
  } else if (message.type === 'twins') {
    sphere = message;
    painted();
    twinsFigures(message);
  } else if (message.type === 'rests') {
    say(
      `${tab}-told`,
      'Training has ended: nothing changed for a long while. Change something to go on.',
    );
  } else {
    say(`${tab}-told`, message.text);
  }
}

// What is seen -----------------------------------------------------------------------------------

function paint(): void {
  if (tab === 'landscape')
    paintPlane({
      points: points.get(),
      chosen: points.chosen(),
      surprise: landscape?.surprise,
      samples: input('samples').checked,
    });
  else {
    if (sphere && sphere.embeddings.length / 3 === inputs.length / 2)
      paintSphere(sphere.embeddings, inputs);
    paintInputs(byId<HTMLCanvasElement>('inputs'), inputs);
  }
}

/** Paints what came, and counts it. */
function painted(): void {
  paint();
  const { dataset } = byId('play');
  dataset['pictures'] = String(Number(dataset['pictures'] ?? 0) + 1);
}

const minus = (text: string): string => text.replace('-', '−');

function landscapeFigures({ surprise, logLikelihood, truth, ...standing }: LandscapePicture): void {
  say('likelihood', minus(logLikelihood.toFixed(2)));
  say('truth', minus(truth.toFixed(2)));
  say('missing', minus((truth - logLikelihood).toFixed(2)));
  const flat = Math.max(...surprise) - Math.min(...surprise) < 0.5;
  const verdict = flat ? 'Collapsed: the energy is the same everywhere, so it says nothing. ' : '';
  const pace = Number.isNaN(standing.loss)
    ? ''
    : `Step ${standing.step}, ${standing.stepsPerSecond.toFixed(0)} steps a second.`;
  say('landscape-told', verdict + pace);
}

function twinsFigures({ spread, rank, gap, ...standing }: TwinsPicture): void {
  say('spread', spread.toFixed(2));
  say('rank', rank.toFixed(2));
  say('gap', minus(gap.toFixed(3)));
  const verdict = spread < 0.1 ? 'Collapsed: all points have one embedding. ' : '';
  say(
    'twins-told',
    `${verdict}Step ${standing.step}, ${standing.stepsPerSecond.toFixed(0)} steps a second.`,
  );
}

const percent = (value: number): string => Number(value.toPrecision(2)).toString();
const outputs: Record<string, (value: number) => string> = {
  width: (value) => `${2 ** (2 + value)} ${valueOf('mechanism') === 'kmeans' ? 'codes' : 'units'}`,
  rate: (value) => percent(10 ** value),
  blur: (value) => value.toFixed(2),
  'twins-rate': (value) => percent(10 ** value),
  noise: (value) => value.toFixed(2),
};

function describe(): void {
  for (const [id, text] of Object.entries(outputs)) {
    const output = input(id).parentElement!.querySelector('output')!;
    output.textContent = text(Number(valueOf(id)));
  }
  const kmeans = valueOf('mechanism') === 'kmeans';
  input('width').labels![0]!.textContent = kmeans ? 'How many codes' : 'Network width';
  input('rate').disabled = kmeans;
  say('mechanism-why', mechanisms[valueOf('mechanism') as Mechanism]);
  const { by, why } = methods[valueOf('method') as Twins];
  say('held-by', by);
  say('method-why', why);
  input('held').disabled = valueOf('method') === 'agreement';
  for (const each of TABS) {
    const button = byId(`${each}-pause`);
    button.textContent = paused[each] ? 'Go on' : 'Pause';
    button.setAttribute('aria-pressed', String(paused[each]));
  }
}

// Controls ---------------------------------------------------------------------------------------

function ask(data: DataName, forTab: Tab): void {
  drawnFor.push(forTab);
  tell({ type: 'draw', data, n: POINTS, seed });
}

function show(next: Tab, focus: boolean): void {
  tab = next;
  for (const each of TABS) {
    const button = byId(`tab-${each}`);
    button.setAttribute('aria-selected', String(each === next));
    button.tabIndex = each === next ? 0 : -1;
    byId(each).hidden = each !== next;
  }
  if (focus) byId(`tab-${next}`).focus();
  if (next === 'twins' && inputs.length === 0) ask(valueOf('inputs-data') as DataName, 'twins');
  changed();
}

for (const each of TABS) {
  const button = byId(`tab-${each}`);
  button.addEventListener('click', () => show(each, false));
  button.addEventListener('keydown', ({ key }) => {
    if (key === 'ArrowLeft' || key === 'ArrowRight')
      show(each === 'twins' ? 'landscape' : 'twins', true);
  });
  byId(`${each}-pause`).addEventListener('click', () => {
    paused[each] = !paused[each];
    describe();
    changed();
  });
  byId(`${each}-again`).addEventListener('click', () => {
    attempt++;
    paused[each] = false;
    describe();
    changed();
  });
}
const knobs = 'mechanism width rate blur samples method held twins-rate noise'.split(' ');
for (const id of knobs)
  byId(id).addEventListener('input', () => {
    describe();
    changed();
  });
byId('data').addEventListener('input', () => ask(valueOf('data') as DataName, 'landscape'));
byId('data-anew').addEventListener('click', () => {
  seed++;
  ask(valueOf('data') as DataName, 'landscape');
});
byId('inputs-data').addEventListener('input', () =>
  ask(valueOf('inputs-data') as DataName, 'twins'),
);
// Not by `changed`: a hidden page gets no frames.
document.addEventListener('visibilitychange', send);
still.addEventListener('change', changed);

describe();
ask(valueOf('data') as DataName, 'landscape');
if (worker) say('landscape-told', 'Loading the engine …');
