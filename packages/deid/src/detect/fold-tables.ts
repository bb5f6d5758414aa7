/** Named HTML entities that occur in exported notes. */
export const ENTITIES: Readonly<Record<string, string>> = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  apos: "'",
  nbsp: '\u00A0',
  ndash: '\u2013',
  mdash: '\u2014',
  lsquo: '\u2018',
  rsquo: '\u2019',
  ldquo: '\u201C',
  rdquo: '\u201D',
  hellip: '\u2026',
  shy: '\u00AD',
  oslash: '\u00F8',
  Oslash: '\u00D8',
  aelig: '\u00E6',
  AElig: '\u00C6',
  szlig: '\u00DF',
  thorn: '\u00FE',
  THORN: '\u00DE',
  eth: '\u00F0',
  ETH: '\u00D0',
}

/** Combining marks by what HTML entities call them: `eacute` is e and an acute. */
export const MARKS: Readonly<Record<string, string>> = {
  acute: '\u0301',
  grave: '\u0300',
  circ: '\u0302',
  tilde: '\u0303',
  uml: '\u0308',
  ring: '\u030A',
  cedil: '\u0327',
  caron: '\u030C',
  breve: '\u0306',
  ogon: '\u0328',
}

/** Letters without a Unicode decomposition, typographic punctuation, and Cyrillic and Greek look-alikes of Latin letters. */
export const HOMOGLYPHS: Readonly<Record<string, string>> = {
  ...pairs('\u2018\u2019\u201A\u201B\u02BC\u2032\u00B4', "'"),
  ...pairs('\u201C\u201D\u201E\u201F\u2033', '"'),
  ...pairs('\u2010\u2011\u2012\u2013\u2014\u2015\u2212\u00AD\uFE58\uFE63', '-'),
  ...pairs('\u00A0\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200A\u202F\u205F\u3000', ' '),
  ...pairs('\u2028\u2029\u0085', '\n'),
  ...pairs('\u2044\u2215', '/'),
  ...aligned('\u00D8\u00F8\u0141\u0142\u0110\u0111\u00D0\u00F0\u0131\u0126\u0127', 'OoLlDdDdiHh'),
  '\u00DF': 'ss',
  '\u00C6': 'Ae',
  '\u00E6': 'ae',
  '\u0152': 'Oe',
  '\u0153': 'oe',
  '\u00DE': 'Th',
  '\u00FE': 'th',
  ...aligned('\u0430\u0435\u043E\u0440\u0441\u0443\u0445\u0456\u0458\u0455\u04BB\u051B\u0501', 'aeopcyxijshqd'),
  ...aligned('\u0410\u0412\u0415\u041A\u041C\u041D\u041E\u0420\u0421\u0422\u0425\u0406\u0408\u0405', 'ABEKMHOPCTXIJS'),
  ...aligned(
    '\u0391\u0392\u0395\u0396\u0397\u0399\u039A\u039C\u039D\u039F\u03A1\u03A4\u03A5\u03A7\u03BF',
    'ABEZHIKMNOPTYXo',
  ),
}

function pairs(characters: string, plain: string): Record<string, string> {
  return Object.fromEntries(Array.from(characters, (character) => [character, plain]))
}

function aligned(characters: string, plain: string): Record<string, string> {
  return Object.fromEntries(Array.from(characters, (character, i) => [character, plain.charAt(i)]))
}
