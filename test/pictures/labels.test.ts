import { describe, expect, it } from 'vitest';
import { csvLine, readCsv, shortFloat } from '../../lib/pictures/csv';
import { readLabels } from '../../lib/pictures/labelsFile';

const files = ['a/1.png', 'a/2.png', 'b/2.png', 'Ärger, "groß".jpg'];

describe('labels.csv', () => {
  it('is matched by path, or by a name that only one picture has', () => {
    const { rows, labels, classes, remarks } = readLabels(
      'label,file\ncat,./a/1.png\ndog,b\\2.png\ncat,"Ärger, ""groß"".jpg"\n',
      files,
    );
    expect([...rows]).toEqual([0, 2, 3]);
    expect([...labels].map((at) => classes[at])).toEqual(['cat', 'dog', 'cat']);
    expect(remarks).toEqual([]);
    expect([...readLabels('file,label\n1.png,x\nb/2.png,y', files).rows]).toEqual([0, 2]);
  });

  it('may come from a spreadsheet: a byte order mark, semicolons, CRLF, decomposed letters', () => {
    const text = `\uFEFFFile;Label\r\na/1.png;cat\r\n${'"Ärger, ""groß"".jpg"'.normalize('NFD')};dog\r\n\r\n`;
    expect([...readLabels(text, files).rows]).toEqual([0, 3]);
  });

  it('that names missing pictures is used without them, and says which', () => {
    const { rows, remarks } = readLabels(
      'file,label\na/1.png,x\na/2.png,y\nlost.png,x\n2.png,x\na/9.png,y\nc.png,x\nb/2.png,\n',
      files,
      'labels.csv',
    );
    expect([...rows]).toEqual([0, 1]);
    expect(remarks).toEqual([
      'labels.csv: 4 of 7 rows name no picture of the folder and are left out: lost.png, 2.png, a/9.png and 1 more.',
      'labels.csv: 1 of 7 rows have no label and are left out.',
    ]);
  });

  it.each([
    ['', "the columns (none) given, 'file' and 'label' expected"],
    ['name,label\na/1.png,x\n', "the columns 'name', 'label' given"],
    ['file,label\na/1.png,x\n', "only the label 'x'"],
    ['file,label\nlost.png,x\ngone.png,y\n', 'lost.png, gone.png. labels: no label'],
    ['file,label\na/1.png,x\na/1.png,y\n', "a/1.png has the labels 'x' and 'y', one expected"],
    ['file,label\n"a/1.png,x\n', 'a quote that begins in line 2 does not end'],
  ])('%j is refused in a sentence', (text, message) => {
    expect(() => readLabels(text, files)).toThrow(message);
    expect(() => readLabels(text, files)).toThrow(
      expect.objectContaining({ name: 'CannotLearn' }) as Error,
    );
  });
});

describe('CSV', () => {
  it('gives back what was written, whatever is in the fields', () => {
    const fields = ['plain', 'a,b', 'say "yes"', 'two\nlines', '', ' space', 'ünï; tab\t'];
    expect(readCsv(csvLine(fields.map((_, i) => `c${i}`)) + csvLine(fields), 'x').rows).toEqual([
      fields,
    ]);
  });

  it('writes a float32 in few digits that give it back', () => {
    for (const value of [0.1, -1 / 3, 1e-20, 123456.789, 3.4e38].map(Math.fround))
      expect(Math.fround(Number(String(shortFloat(value))))).toBe(value);
    expect(String(shortFloat(Math.fround(0.1)))).toBe('0.100000001');
  });
});
