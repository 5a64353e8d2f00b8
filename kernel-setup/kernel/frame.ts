/** danfojs data frames and series as HTML tables: danfojs itself prints them as text only. */

interface FrameLike {
  readonly shape: readonly number[];
  readonly columns: readonly unknown[];
  readonly index: readonly unknown[];
  readonly values: readonly unknown[];
  readonly dtypes: readonly string[];
  toString(): string;
}

/** Rows shown at the start and at the end of a long frame. */
const shown = 10;

export function isFrame(value: unknown): value is FrameLike {
  if (typeof value !== 'object' || value === null) return false;
  const name = (value as object).constructor?.name;
  if (name !== 'DataFrame' && name !== 'Series') return false;
  const { shape, columns, index, values, dtypes } = value as Partial<FrameLike>;
  return [shape, columns, index, values, dtypes].every(Array.isArray);
}

export function frameBundle(frame: FrameLike): Readonly<Record<string, unknown>> {
  const { values, index, columns, shape } = frame;
  const cut = values.length > 2 * shown;
  const rows = Array.from({ length: cut ? 2 * shown : values.length }, (_, i) =>
    cut && i >= shown ? values.length - 2 * shown + i : i,
  );
  const body = rows.map((row) => {
    const cells = values[row];
    return `<tr><th>${escapeHtml(index[row])}</th>${(Array.isArray(cells) ? cells : [cells]).map((cell) => `<td>${escapeHtml(cell)}</td>`).join('')}</tr>`;
  });
  if (cut) body.splice(shown, 0, `<tr><td colspan="${columns.length + 1}">…</td></tr>`);
  const head = `<tr><th></th>${columns.map((column) => `<th>${escapeHtml(column)}</th>`).join('')}</tr>`;
  const size = `${shape[0] ?? values.length} rows × ${columns.length} columns`;
  const html = `<table><thead>${head}</thead><tbody>${body.join('')}</tbody></table><p>${size}</p>`;
  return { 'text/html': html, 'text/plain': String(frame) };
}

export function escapeHtml(value: unknown): string {
  const entities: Readonly<Record<string, string>> = {
    '&': '&amp;',
    '<': '&lt;',
    '>': '&gt;',
    '"': '&quot;',
  };
  return String(value).replace(/[&<>"]/g, (character) => entities[character] ?? character);
}
