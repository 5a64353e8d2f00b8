/**
 * What Node has of the web and its types leave out, for projects without the DOM's library, which
 * has it all. Where that says `any`, so does this.
 */
// oxlint-disable typescript/no-explicit-any

/** As the DOM's library has it: whatever the server sends is the caller's to know. */
interface Response {
  json(): Promise<any>;
}

declare namespace WebAssembly {
  type ImportValue = Exported | number | bigint;
  type Imports = Record<string, Record<string, ImportValue>>;
  type Exported = Function | Global | Memory | Table | Tag;
  type Bytes = ArrayBuffer | ArrayBufferView;

  class Module {
    constructor(bytes: Bytes);
    static customSections(module: Module, name: string): ArrayBuffer[];
    static exports(module: Module): { name: string; kind: string }[];
    static imports(module: Module): { module: string; name: string; kind: string }[];
  }
  class Instance {
    constructor(module: Module, imports?: Imports);
    readonly exports: Record<string, any>;
  }
  class Memory {
    constructor(descriptor: { initial: number; maximum?: number; shared?: boolean });
    readonly buffer: ArrayBuffer;
    grow(pages: number): number;
  }
  class Table {
    constructor(descriptor: {
      element: 'anyfunc' | 'externref';
      initial: number;
      maximum?: number;
    });
    readonly length: number;
    get(index: number): any;
    grow(by: number, value?: any): number;
    set(index: number, value?: any): void;
  }
  class Global<T = any> {
    constructor(descriptor: { value: string; mutable?: boolean }, value?: T);
    value: T;
    valueOf(): T;
  }
  class Tag {
    constructor(descriptor: { parameters: string[] });
  }
  class CompileError extends Error {}
  class LinkError extends Error {}
  class RuntimeError extends Error {}

  function compile(bytes: Bytes): Promise<Module>;
  function instantiate(
    bytes: Bytes,
    imports?: Imports,
  ): Promise<{ module: Module; instance: Instance }>;
  function instantiate(module: Module, imports?: Imports): Promise<Instance>;
  function validate(bytes: Bytes): boolean;
}
