/** The playground's page: its controls, its two tabs, and the worker that trains. */
import {
  HALF,
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
import { lowToHigh } from './colors';
import { curve } from './curve';
import { editablePoints } from './points';
import { paintInputs, spherePainter } from './sphere';
import { mechanisms, methods } from './words';

const byId = <E extends HTMLElement = HTMLElement>(id: string): E =>
  document.getElementById(id) as E;
const input = (id: string): HTMLInputElement => byId<HTMLInputElement>(id);
/** Of a control with this id, or of the chosen one of those with this name. */
const valueOf = (id: string): string =>
  (
    document.querySelector<HTMLInputElement>(`input[name=${id}]:checked`) ??
    byId<HTMLSelectElement>(id)
  ).value;
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

/** In the next frame, however often it is asked for until then. */
function oncePerFrame(act: () => void): () => void {
  let due = false;
  return () => {
    if (due) return;
    due = true;
    requestAnimationFrame(() => {
      due = false;
      act();
    });
  };
}

/** Paints, and tells the worker. */
const changed = oncePerFrame(() => {
  paint();
  send();
});

const points = editablePoints(byId<HTMLCanvasElement>('plane'), changed, (text) =>
  say('plane-told', text),
);
const paintPlane = planePainter(byId<HTMLCanvasElement>('plane'));
const paintSphere = spherePainter(byId<HTMLCanvasElement>('sphere'));
const curves: Record<Tab, ReturnType<typeof curve>> = {
  landscape: curve(byId<HTMLCanvasElement>('likelihood-curve')),
  twins: curve(byId<HTMLCanvasElement>('spread-curve')),
};

// The worker -------------------------------------------------------------------------------------

function newWorker(): Worker | undefined {
  const note =
    'The playground needs a web server: run “python3 -m http.server” in this page’s folder, and open http://localhost:8000.';
  if (location.protocol === 'file:') {
    for (const each of TABS) say(`${each}-verdict`, note);
    return undefined;
  }
  const made = new Worker(`${base}worker.js`);
  made.addEventListener('message', ({ data }: MessageEvent<FromWorker>) => receive(data));
  made.addEventListener('error', ({ message }) => say(`${tab}-verdict`, message));
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

function receive(message: FromWorker): void {
  if (message.type === 'drawn') {
    const forTab = drawnFor.shift();
    if (forTab === 'twins') inputs = new Float32Array(message.points);
    else points.set(message.points);
    if (forTab === 'landscape' && document.getElementById('hint')) hint();
    changed();
  } else if (message.type === 'landscape') {
    landscape = message;
    paintSoon();
  } else if (message.type === 'twins') {
    sphere = message;
    paintSoon();
  } else if (message.type === 'rests') {
    say(`${tab}-told`, 'The training has ended. Change something to go on.');
  } else {
    say(`${tab}-verdict`, message.text);
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
      paintSphere(sphere.embeddings, inputs, turn());
    paintInputs(byId<HTMLCanvasElement>('inputs'), inputs);
  }
}

/** The sphere turns slowly, or its depth could not be seen; not for those who want less motion. */
const turn = (): number => 0.6 + (still.matches ? 0 : (0.15 * performance.now()) / 1000);

/** Paints the newest picture in the next frame: what came in between is not waited for. */
const paintSoon = oncePerFrame(() => {
  paint();
  if (tab === 'landscape' && landscape) landscapeFigures(landscape);
  if (tab === 'twins' && sphere) twinsFigures(sphere);
  const { dataset } = byId('play');
  dataset['pictures'] = String(Number(dataset['pictures'] ?? 0) + 1);
});

const minus = (text: string): string => text.replace('-', '−');

const pace = ({ step, stepsPerSecond }: { step: number; stepsPerSecond: number }): string =>
  `Step ${step}, ${stepsPerSecond.toFixed(0)} a second`;

function landscapeFigures(picture: LandscapePicture): void {
  const { surprise, logLikelihood, truth, loss } = picture;
  say('likelihood', minus(logLikelihood.toFixed(2)));
  say('truth', minus(truth.toFixed(2)));
  say('missing', minus((truth - logLikelihood).toFixed(2)));
  const flat = Math.max(...surprise) - Math.min(...surprise) < 0.5;
  say('landscape-verdict', flat ? 'Collapsed: the energy is the same everywhere.' : '');
  say('landscape-told', Number.isNaN(loss) ? '' : pace(picture));
  curves.landscape.add(logLikelihood);
  const goal = { at: truth, name: 'best possible' };
  curves.landscape.paint({ low: truth - 2.5, high: truth + 0.8, goal });
}

function twinsFigures(picture: TwinsPicture): void {
  const { spread, rank, gap } = picture;
  say('spread', spread.toFixed(2));
  say('rank', rank.toFixed(2));
  say('gap', minus(gap.toFixed(3)));
  say('twins-verdict', spread < 0.1 ? 'Collapsed: all points have one embedding.' : '');
  say('twins-told', pace(picture));
  curves.twins.add(spread);
  curves.twins.paint({ low: 0, high: 1.2, goal: { at: 0, name: 'collapse' } });
}

const percent = (value: number): string => Number(value.toPrecision(2)).toString();
/** How each slider's value is written beside it. */
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
  input('width').labels![0]!.textContent = kmeans ? 'Number of codes' : 'Network width';
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

function ask(data: DataName | 'own', forTab: Tab): void {
  if (data === 'own') {
    points.set(Float32Array.of(0, 0));
    return changed();
  }
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
    curves[each].clear();
    paused[each] = false;
    describe();
    changed();
  });
}
const knobs = 'width rate blur samples held twins-rate noise'.split(' ').map(byId);
/** These begin a training anew. */
const choices = [...document.querySelectorAll<HTMLElement>('.play input[type=radio], #width')];
for (const choice of choices) choice.addEventListener('input', () => curves[tab].clear());
for (const knob of [...knobs, ...choices])
  knob.addEventListener('input', () => {
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

/** Below the lowest point, until the plane is first touched. */
function hint(): void {
  const at = points.get();
  let lowest = 0;
  for (let i = 0; i < at.length / 2; i++) if (at[2 * i + 1]! < at[2 * lowest + 1]!) lowest = i;
  const { style } = byId('hint');
  style.left = `${(50 * (at[2 * lowest]! + HALF)) / HALF}%`;
  style.top = `${(50 * (HALF - at[2 * lowest + 1]!)) / HALF}%`;
  byId('hint').hidden = false;
}
for (const event of ['pointerdown', 'keydown'])
  byId('plane').addEventListener(event, () => byId('hint').remove(), { once: true });

document.querySelector<HTMLElement>('.play .legend i')!.style.background =
  `linear-gradient(90deg, ${lowToHigh()})`;
describe();
ask(valueOf('data') as DataName, 'landscape');
if (worker) say('landscape-told', 'Loading the engine …');
