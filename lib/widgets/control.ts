/**
 * The channel over which a front end that comes later, such as a page that is loaded anew, asks for
 * all widgets that are there.
 */
import type { Comm, Comms } from '../plot/display';
import type { Packed } from './buffers';

/** The widgets that have not been closed, by their ids. */
const open = new Map<string, () => Packed>();
const known = new WeakSet<Comms>();

/** From now on the widget is among those that a front end may ask for. Returns its removal. */
export function enrol(comms: Comms, id: string, stateOf: () => Packed): () => void {
  if (!known.has(comms)) comms.register('jupyter.widget.control', answer);
  known.add(comms);
  open.set(id, stateOf);
  return () => void open.delete(id);
}

function answer(comm: Comm): void {
  comm.onMessage = ({ method }) => {
    if (method !== 'request_states') return;
    const all = [...open].map(([id, stateOf]) => ({ id, ...stateOf() }));
    const states = all.map(({ id, state }) => [
      id,
      {
        model_name: state['_model_name'],
        model_module: state['_model_module'],
        model_module_version: state['_model_module_version'],
        state,
      },
    ]);
    comm.send(
      {
        method: 'update_states',
        states: Object.fromEntries(states),
        buffer_paths: all.flatMap(({ id, paths }) => paths.map((path) => [id, ...path])),
      },
      all.flatMap(({ buffers }) => buffers),
    );
  };
}
