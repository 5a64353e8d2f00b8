/**
 * How wide text is, and where its lines break: Vega asks when it lays out axes, legends and titles.
 */

/**
 * Advance widths of DejaVu Sans for the characters from space to tilde, in thousandths of the font
 * size.
 */
const advances = [
  318, 401, 460, 838, 636, 950, 780, 275, 390, 390, 500, 838, 318, 361, 318, 337, 636, 636, 636,
  636, 636, 636, 636, 636, 636, 636, 337, 337, 838, 838, 838, 531, 1000, 684, 686, 698, 770, 632,
  575, 775, 752, 295, 295, 656, 557, 863, 748, 787, 603, 787, 695, 635, 611, 732, 684, 989, 685,
  611, 685, 390, 337, 390, 838, 500, 500, 613, 635, 550, 635, 615, 352, 635, 634, 278, 278, 579,
  278, 974, 634, 612, 635, 635, 411, 521, 392, 634, 592, 818, 592, 592, 525, 636, 337, 636, 838,
];
/** Letters outside of ASCII, about the mean of those inside. */
const otherAdvance = 640;
/** DejaVu Sans Bold's widths over the regular's, on average. */
const boldFactor = 1.104;
const defaultFontSize = 11;

/** What Vega tells of a text when it asks for its width. */
interface TextItem {
  readonly fontSize?: number;
  readonly fontWeight?: string | number;
}

/** The width of a line of text in pixels. */
export function textWidth(item: TextItem, text: string): number {
  const fontSize = item.fontSize ?? defaultFontSize;
  const bold = item.fontWeight === 'bold' || Number(item.fontWeight) >= 600;
  let thousandths = 0;
  for (const letter of String(text))
    thousandths += advances[letter.codePointAt(0)! - 32] ?? otherAdvance;
  return (thousandths / 1000) * fontSize * (bold ? boldFactor : 1);
}

/**
 * The lines of a text that is broken between words so that each is at most `width` pixels, where
 * its words allow.
 */
export function wrap(text: string, width: number, item: TextItem): string[] {
  const lines: string[] = [];
  for (const word of text.split(/\s+/).filter((part) => part !== '')) {
    const line = lines.at(-1);
    if (line !== undefined && textWidth(item, `${line} ${word}`) <= width)
      lines[lines.length - 1] = `${line} ${word}`;
    else lines.push(word);
  }
  return lines;
}
