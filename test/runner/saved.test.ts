/** Notebooks carry the outputs of their own code, and say so when it is no longer their own. */
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { faults } from '../../kernel-setup/checks/format.mjs';
import { writeSaveHook } from '../../kernel-setup/jupyter.mjs';
import { kernelInfo } from '../../kernel-setup/kernel/info';
import { asText, stale, withOutputs } from '../../kernel-setup/runner/saved.mjs';
import type { Notebook } from '../../kernel-setup/runner/notebook.mjs';
import { locate } from '../../kernel-setup/setup/paths.mjs';
import { notebookOf, printed, root, run, temporaryFolder, writeNotebook } from './support';

const source = notebookOf(['1 + 1', 'draw()']);
const chart = {
  output_type: 'display_data',
  metadata: { 'image/png': { width: 10 } },
  data: {
    'application/vnd.vegalite.v5+json': { mark: 'point' },
    'image/png': 'AAAA',
    'text/plain': 'a chart',
  },
};

function executed(): Notebook {
  const [first, second] = structuredClone(source.cells);
  const execution = { execution: { 'shell.execute_reply': '2026-01-01T00:00:00Z' } };
  return {
    ...source,
    metadata: { ...source.metadata, language_info: { version: '5.9.3' } },
    cells: [
      {
        ...first!,
        metadata: { ...first!.metadata, ...execution },
        execution_count: 1,
        outputs: [
          {
            output_type: 'execute_result',
            data: { 'text/plain': '2' },
            metadata: {},
            execution_count: 1,
          },
        ],
      },
      {
        ...second!,
        metadata: { ...second!.metadata, ...execution },
        execution_count: 2,
        outputs: [chart],
      },
    ],
  };
}
const saved = withOutputs(source, executed());

describe('saved outputs', () => {
  it('are, with what the kernel says of its language, all that changes in the source', () => {
    expect(saved.cells.map(({ metadata }) => metadata)).toEqual(
      source.cells.map(({ metadata }) => metadata),
    );
    expect(saved.metadata).toEqual({
      ...source.metadata,
      language_info: { version: '5.9.3' },
      'dark-matter': { outputs_of: expect.any(String) as string },
    });
    expect(saved.cells.map(({ execution_count }) => execution_count)).toEqual([1, 2]);
  });

  it('hold a chart’s picture and text, not its specification', () => {
    expect(saved.cells[1]!.outputs).toEqual([
      { ...chart, data: { 'image/png': 'AAAA', 'text/plain': 'a chart' } },
    ]);
  });

  it('keep the specification of a chart with a slider, whose picture is one frame, unless it is huge', () => {
    const type = 'application/vnd.vegalite.v5+json';
    const withSpec = (spec: object): unknown => {
      const run = executed();
      run.cells[1]!.outputs = [{ ...chart, data: { ...chart.data, [type]: spec } }];
      const [output] = withOutputs(source, run).cells[1]!.outputs as (typeof chart)[];
      return output!.data[type];
    };
    const slider = {
      params: [{ name: 'frame', bind: { input: 'range' } }],
      mark: 'point',
      // Python writes these with other exponents than JavaScript.
      data: { values: [{ a: 0.00001234, b: -1e-7, c: 0.0001, d: 5e-324 }] },
    };
    expect(withSpec(slider)).toEqual(slider);
    expect(withSpec({ ...slider, description: 'x'.repeat(400_000) })).toBeUndefined();
    expect(withSpec({ params: [{ name: 'picked', bind: 'legend' }] })).toBeUndefined();
  });

  it('keep a specification that has no picture', () => {
    const bare = executed();
    bare.cells[1]!.outputs = [{ ...chart, data: { 'application/vnd.vegalite.v5+json': {} } }];
    expect(withOutputs(source, bare).cells[1]!.outputs).toEqual(bare.cells[1]!.outputs);
  });

  it('hold a widget’s picture and text: its view is nothing without its kernel', () => {
    const run = executed();
    const view = 'application/vnd.jupyter.widget-view+json';
    const forms = { 'image/png': 'AAAA', 'text/plain': 'a slider' };
    run.metadata = { ...run.metadata, widgets: { state: {} } };
    run.cells[1]!.outputs = [{ ...chart, data: { [view]: { model_id: 'x' }, ...forms } }];
    const written = withOutputs(source, run);
    expect(written.cells[1]!.outputs).toEqual([{ ...chart, data: forms }]);
    expect(written.metadata).not.toHaveProperty('widgets');
  });

  it('saved twice are the same', () => {
    expect(withOutputs(saved, executed())).toEqual(saved);
  });

  it('are in order until a cell’s code changes, or comes, or goes; prose may change', () => {
    expect(stale(saved)).toBeUndefined();
    const prose = { cell_type: 'markdown', id: 'prose', metadata: {}, source: 'Once' };
    expect(stale({ ...saved, cells: [prose, ...saved.cells] })).toBeUndefined();
    const changed = saved.cells.map((cell, i) => (i === 0 ? { ...cell, source: '1 + 2' } : cell));
    for (const cells of [changed, saved.cells.slice(1), [...saved.cells].reverse()]) {
      expect(stale({ ...saved, cells })).toMatch(/its code changed since its outputs were saved/);
      expect(faults({ ...saved, cells }, root).join()).toMatch(/its code changed/);
    }
  });

  it('that somebody else wrote are told of, and a notebook of the collection that has none', () => {
    expect(stale(executed())).toMatch(/outputs that .*--save.* did not write/);
    expect(stale(source)).toBeUndefined();
    expect(faults(source, root).join()).toMatch(/carries no outputs/);
    expect(faults(saved, root).join()).not.toMatch(/carries no outputs/);
  });
});

it('--save writes the outputs of notebooks that passed into their sources, and leaves the others alone', async () => {
  const folder = temporaryFolder();
  const good = writeNotebook(folder, 'good', ['console.log("kept")']);
  const bad = writeNotebook(folder, 'bad', ['console.log("lost"); throw new Error("no")']);
  const before = readFileSync(bad, 'utf8');
  expect((await run(good, bad, '--save', '--jobs', '2', '--out', join(folder, 'out'))).code).toBe(
    1,
  );
  const after = JSON.parse(readFileSync(good, 'utf8')) as Notebook;
  expect(printed(after.cells[0]!.outputs as never)).toBe('kept\n');
  expect(stale(after)).toBeUndefined();
  expect(readFileSync(bad, 'utf8')).toBe(before);
}, 180_000);

/** Opens a notebook as Jupyter's server does, changes it, and saves it with our configuration. */
const jupyter = `
import json, os, sys
from jupyter_server.services.contents.largefilemanager import LargeFileManager
from traitlets.config import PyFileConfigLoader
folder, config, change = sys.argv[1:]
manager = LargeFileManager(root_dir=folder, config=PyFileConfigLoader(os.path.basename(config), os.path.dirname(config)).load_config())
model = manager.get("kept.ipynb", content=True)
change = json.loads(change)
model["content"]["metadata"]["language_info"] = change["language"]
if change.get("cells"):
    model["content"]["cells"] = change["cells"]
manager.save(model, "kept.ipynb")
`;

describe('a notebook that --save wrote', () => {
  /** As nbformat writes it: text in lines. */
  const inLines = <T>(notebook: T): T =>
    JSON.parse(JSON.stringify(notebook), (key, value: unknown) =>
      (key === 'source' || key === 'text/plain') && typeof value === 'string' ? [value] : value,
    ) as T;
  const language_info = kernelInfo({ language: 'typescript', version: '1', typescript: '5.9.3' })[
    'language_info'
  ];
  const ran = executed();
  // One of each: a chart whose specification goes, and one with a slider, whose stays.
  const slider = {
    params: [{ name: 'frame', bind: { input: 'range' } }],
    mark: 'point',
    // Python writes these with other exponents than JavaScript.
    data: { values: [{ a: 0.00001234, b: -1e-7, c: 0.0001, d: 5e-324 }] },
  };
  const sliding = { ...chart.data, 'application/vnd.vegalite.v5+json': slider };
  // And a widget, whose view goes.
  const view = { 'application/vnd.jupyter.widget-view+json': { model_id: 'x' } };
  const widget = { ...chart, data: { ...view, 'image/png': 'AAAA', 'text/plain': 'a slider' } };
  ran.cells[1]!.outputs = [chart, { ...chart, data: sliding }, widget];
  const run = inLines({ ...ran, metadata: { ...source.metadata, language_info } });
  const written = asText(withOutputs(inLines(source), run));

  /** What JupyterLab leaves of it, which says its language anew and may have run all cells. */
  function savedByJupyter(cells?: Notebook['cells']): string {
    const folder = temporaryFolder();
    const path = join(folder, 'kept.ipynb');
    writeFileSync(path, written);
    const config = writeSaveHook({ root }, folder);
    const change = JSON.stringify({ language: language_info, cells });
    execFileSync(locate().python, ['-c', jupyter, folder, config, change]);
    return readFileSync(path, 'utf8');
  }

  it('is the same, byte for byte, when JupyterLab has opened and saved it', () => {
    expect(savedByJupyter()).toBe(written);
  });

  it('is the same when JupyterLab has run all of its cells: no specifications, no times', () => {
    expect(JSON.stringify(run)).toMatch(
      /vnd\.vegalite.*shell\.execute_reply|shell\.execute_reply.*vnd\.vegalite/,
    );
    expect(savedByJupyter(run.cells)).toBe(written);
  });
});

it('another kernel’s notebook is left as it is', () => {
  const program = `
import json, runpy, sys
model = json.loads(sys.argv[2])
runpy.run_path(sys.argv[1])["pre_save"](model=model, path="x.ipynb")
print(json.dumps(model))`;
  const other = { ...executed(), metadata: { kernelspec: { name: 'python3' } } };
  const model = { type: 'notebook', content: other };
  const hook = join(root, 'kernel-setup', 'runner', 'save_hook.py');
  const printedModel = execFileSync(locate().python, ['-c', program, hook, JSON.stringify(model)], {
    encoding: 'utf8',
  });
  expect(JSON.parse(printedModel)).toEqual(model);
});

it('--save with parameters is refused before anything runs', async () => {
  expect(await run('00', '--save', '-p', 'seed=1')).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('give no -p') as string,
  });
});
