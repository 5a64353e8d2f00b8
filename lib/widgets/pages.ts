/**
 * How the small widgets look on a page: their modules for the browser, as text, in the colours of
 * JupyterLab's and VS Code's themes.
 */

/** The rules of all of them. */
export const css = `
.dm-control {
  display: inline-flex; align-items: center; gap: 0.7em; margin: 2px 0;
  font: var(--jp-ui-font-size1, 13px)/1.6 var(--jp-ui-font-family, system-ui, sans-serif);
  color: var(--jp-ui-font-color1, var(--vscode-foreground, inherit));
  accent-color: var(--jp-brand-color1, var(--vscode-button-background, #1976d2));
}
[data-jp-theme-light='false'] .dm-control, .vscode-dark .dm-control { color-scheme: dark; }
.dm-control input { width: 240px; margin: 0; accent-color: inherit; }
.dm-control progress { width: 240px; height: 0.9em; accent-color: inherit; }
.dm-control output { min-width: 3em; font-variant-numeric: tabular-nums; }
.dm-control select, .dm-control button {
  font: inherit; color: inherit; padding: 2px 10px; border-radius: 3px;
  border: 1px solid var(--jp-border-color0, var(--vscode-input-border, #8886));
  background: var(--jp-layout-color1, var(--vscode-input-background, Canvas));
}
.dm-control button { padding: 3px 16px; background: var(--jp-layout-color2, var(--vscode-button-secondaryBackground, ButtonFace)); cursor: pointer; }
.dm-control button:hover { filter: brightness(0.95); }
.dm-control button:active { filter: brightness(0.85); }
.dm-control :focus-visible { outline: 2px solid var(--jp-brand-color1, Highlight); outline-offset: 2px; }
`;

/**
 * A module that makes these elements in a row, draws the model's state in them, and does so again
 * when the state has changed.
 */
function page(outer: 'label' | 'div', tags: readonly string[], body: string): string {
  return `export default {
  render({ model, el }) {
    const row = el.appendChild(document.createElement('${outer}'));
    row.className = 'dm-control';
    const [${tags.join(', ')}] = ${JSON.stringify(tags)}.map((tag) => row.appendChild(document.createElement(tag)));
    const send = (name, value) => (model.set(name, value), model.save_changes());
    const draw = () => {
      const { label, value, min, max, step, options, clicks } = Object.fromEntries(
        ['label', 'value', 'min', 'max', 'step', 'options', 'clicks'].map((name) => [name, model.get(name)]));
${body}
    model.on('change', draw);
    draw();
  },
};`;
}

export const pages = {
  slider: page(
    'label',
    ['span', 'input', 'output'],
    `      span.textContent = label;
      Object.assign(input, { type: 'range', min, max, step });
      input.value = value;
      output.textContent = value;
    };
    input.addEventListener('input', () => {
      output.textContent = input.valueAsNumber;
      if (model.get('continuous')) send('value', input.valueAsNumber);
    });
    input.addEventListener('change', () => send('value', input.valueAsNumber));`,
  ),
  select: page(
    'label',
    ['span', 'select'],
    `      span.textContent = label;
      select.replaceChildren(...options.map((option) => new Option(String(option))));
      select.selectedIndex = options.indexOf(value);
    };
    select.addEventListener('change', () => send('value', model.get('options')[select.selectedIndex]));`,
  ),
  button: page(
    'div',
    ['button'],
    `      button.textContent = label;
    };
    button.addEventListener('click', () => send('clicks', model.get('clicks') + 1));`,
  ),
  progress: page(
    'label',
    ['span', 'progress', 'output'],
    `      span.textContent = label;
      Object.assign(progress, { max, value });
      output.textContent = value + ' of ' + max;
    };`,
  ),
} as const;
