/**
 * A graph, or a loop's body, while it is recorded: which tensor of the binding has which name in
 * it.
 */
import type { Handle } from '../native';
import { constant, fill, type GraphNode, type Output, type TensorType } from './graph';

interface Named {
  readonly output: Output;
  readonly dtype: number;
}

/** A value from outside of a loop that its body uses: one more argument of the body. */
export interface Captured extends Named {
  /** The body's argument. */
  readonly argument: string;
}

/** Constants of more elements that are all the same become a Fill. */
const FILL_FROM = 64;

export class Frame {
  readonly nodes: GraphNode[] = [];
  readonly captured: Captured[] = [];
  private readonly names = new Map<number, Named>();
  private readonly constants = new Map<Output, GraphNode>();
  /** Small constants seen, so that 2.0 is written once. */
  private readonly seen = new Map<string, Output>();

  constructor(readonly outer?: Frame) {}

  add(node: GraphNode): Output {
    this.nodes.push(node);
    return node.name;
  }

  /** A name that no node has yet. */
  next(prefix: string): string {
    return `${prefix}_${this.nodes.length}`;
  }

  set(id: number, output: Output, dtype: number): void {
    this.names.set(id, { output, dtype });
  }

  setAll(handles: readonly Handle[], node: string): void {
    handles.forEach((handle, i) =>
      this.set(handle.id, i === 0 ? node : `${node}:${i}`, handle.dtype),
    );
  }

  has(id: number): boolean {
    return this.names.has(id) || (this.outer?.has(id) ?? false);
  }

  /**
   * The tensor's name here. What comes from outside of the loop becomes an argument; constants are
   * repeated.
   */
  get(id: number): Named {
    const own = this.names.get(id);
    if (own) return own;
    const { output, dtype } = this.outer!.get(id);
    const literal = this.outer!.constants.get(output);
    if (literal) {
      this.set(id, this.addConstantNode({ ...literal, name: this.next('constant') }), dtype);
    } else {
      const argument = `captured${this.captured.length}`;
      this.captured.push({ argument, output, dtype });
      this.set(id, argument, dtype);
    }
    return this.names.get(id)!;
  }

  /** A constant with the given data. */
  constant(type: TensorType, values: ArrayBufferView): Output {
    const data = new Uint8Array(values.buffer, values.byteOffset, values.byteLength).slice();
    const elements = type.shape.reduce((product, length) => product * length, 1);
    const width = data.length / elements;
    if (elements > FILL_FROM && isUniform(data, width)) {
      const dims = this.constant(
        { dtype: INT32, shape: [type.shape.length] },
        Int32Array.from(type.shape),
      );
      const value = this.constant({ dtype: type.dtype, shape: [] }, data.subarray(0, width));
      return this.add(fill(this.next('fill'), dims, value, type.dtype));
    }
    const key = data.length <= 64 ? `${type.dtype}|${type.shape}|${data}` : undefined;
    const before = key === undefined ? undefined : this.seen.get(key);
    if (before !== undefined) return before;
    const output = this.addConstantNode(constant(this.next('constant'), type, data));
    if (key !== undefined) this.seen.set(key, output);
    return output;
  }

  private addConstantNode(node: GraphNode): Output {
    this.constants.set(node.name, node);
    return this.add(node);
  }
}

const INT32 = 3;

function isUniform(data: Uint8Array, width: number): boolean {
  for (let i = width; i < data.length; i++) if (data[i] !== data[i - width]) return false;
  return true;
}
