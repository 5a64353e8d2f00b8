/**
 * KaTeX's MathML as browsers lay it out. They follow MathML Core, which puts no space round the name
 * of a function, takes a minus for a difference wherever it is not the first of its row, and runs on
 * whatever stands in a token: `\underset{i}{\operatorname{mean}}` would read "meani". Nor do they know
 * KaTeX's `mathvariant`: a curly L is a letter of its own.
 */

/** U+2061, function application: KaTeX writes it after the name of a function. */
const applied = '<mo>\u2061</mo>';
const thinSpace = '<mspace width="0.1667em"/>';
/** TeX puts no space between a function and its bracket, nor where a row ends. */
const noSpaceAfter = String.raw`(?!<\/|<mo[^>]*>[([{]|<mrow><mo fence="true">|<m(?:space|text))`;
/** What a function is multiplied with when it follows at once. */
const factor = String.raw`</(?:mi|mn|msub|msup|msubsup|mfrac)>|<mo[^>]*>[)\]}]</mo>`;

const plain = [...'ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789'];
/** @type {Record<string, string[]>} */
const alphabets = {
  script: [...'𝒜ℬ𝒞𝒟ℰℱ𝒢ℋℐ𝒥𝒦ℒℳ𝒩𝒪𝒫𝒬ℛ𝒮𝒯𝒰𝒱𝒲𝒳𝒴𝒵'],
  'double-struck': [...'𝔸𝔹ℂ𝔻𝔼𝔽𝔾ℍ𝕀𝕁𝕂𝕃𝕄ℕ𝕆ℙℚℝ𝕊𝕋𝕌𝕍𝕎𝕏𝕐ℤ𝟘𝟙𝟚𝟛𝟜𝟝𝟞𝟟𝟠𝟡'],
};

/**
 * @param {string} html as KaTeX gives it, with `output: 'mathml'`
 * @returns {string}
 */
export const laidOut = (html) =>
  html
    .replace(/ mathvariant="(script|double-struck)">([A-Z\d])</g, (whole, name, letter) => {
      const found = alphabets[name]?.[plain.indexOf(letter)];
      return found ? `>${found}<` : whole;
    })
    .replace(new RegExp(`<mo>(<mi[^>]*>[^<]*</mi>)${applied}</mo>`, 'g'), '$1')
    .replace(/<mi>(<(munder|mover|munderover)>.*?<\/\2>)<\/mi>/gs, `<mrow>$1</mrow>${applied}`)
    .replace(new RegExp(applied + noSpaceAfter, 'g'), applied + thinSpace)
    .replace(new RegExp(`(${factor})(?=<mi[^>]*>[^<]*</mi>${applied})`, 'g'), `$1${thinSpace}`)
    .replace(
      /(<mo(?![^>]*fence="true")[^>]*>[^<)\]}|∥!′]<\/mo>(?:<mtext>\s*<\/mtext>|<mspace[^>]*>)*)<mo>−<\/mo>/g,
      '$1<mo form="prefix">−</mo>',
    );
