/** What kernel_info_reply says. */
import { protocolVersion, type Content } from './wire';

/** What the cells are written in: JavaScript's know no type errors. */
export type CellLanguage = 'typescript' | 'javascript';

const languages = {
  typescript: {
    name: 'typescript',
    mimetype: 'text/typescript',
    file_extension: '.ts',
    pygments_lexer: 'typescript',
    // `mode` is for JupyterLab, the rest for the classic notebook, whose TypeScript is a variant
    // of JavaScript.
    codemirror_mode: { mode: 'typescript', name: 'javascript', typescript: true },
  },
  javascript: {
    name: 'javascript',
    mimetype: 'text/javascript',
    file_extension: '.js',
    pygments_lexer: 'javascript',
    codemirror_mode: { mode: 'javascript', name: 'javascript' },
  },
};

export function kernelInfo(kernel: {
  readonly language: CellLanguage;
  readonly version: string;
  readonly typescript: string;
}): Content {
  const { language, version, typescript } = kernel;
  return {
    status: 'ok',
    protocol_version: protocolVersion,
    implementation: 'dark-matter',
    implementation_version: version,
    language_info: {
      ...languages[language],
      version: language === 'typescript' ? typescript : process.versions.node,
      nbconvert_exporter: 'script',
    },
    banner: `Dark Matter ${version}: TypeScript ${typescript} on Node ${process.versions.node}`,
    help_links: [
      { text: 'TypeScript', url: 'https://www.typescriptlang.org/docs/' },
      { text: 'Node.js', url: 'https://nodejs.org/api/' },
    ],
    debugger: false,
  };
}
