/**
 * Opens a folder of pictures and dies in the middle, as of Ctrl-C or a power cut: `node
 * openAndDie.mjs FOLDER CACHE AFTER`, after so many files; never, where that is left out. Prints
 * the red values of the pictures.
 */
import { data } from 'dark-matter';

const [folder, cache, after = Infinity] = process.argv.slice(2);
const pictures = await data.imageFolder(folder, {
  side: 1,
  cache,
  progress: ({ done }) => {
    if (done >= Number(after)) process.kill(process.pid, 'SIGKILL');
  },
});
console.log([...pictures.bytes()].filter((_, i) => i % 3 === 0).join());
