/** In which language a text is, as far as its letters and its commonest words tell. Pure. */

/** Scripts that are told apart by their letters; several languages write most of them. */
const SCRIPTS = {
  latin: /\p{Script=Latin}/gu,
  cyrillic: /\p{Script=Cyrillic}/gu,
  greek: /\p{Script=Greek}/gu,
  arabic: /\p{Script=Arabic}/gu,
  hebrew: /\p{Script=Hebrew}/gu,
  devanagari: /\p{Script=Devanagari}/gu,
  thai: /\p{Script=Thai}/gu,
  hangul: /\p{Script=Hangul}/gu,
  kana: /[\p{Script=Hiragana}\p{Script=Katakana}]/gu,
  han: /\p{Script=Han}/gu,
} as const;

/** Words of each language that are frequent there and rare in the others. */
const WORDS = {
  english:
    'the and of is to that it for with as was are this be have not you they which from would there their what',
  german:
    'der die das und ist nicht ein eine zu den mit von auf für sich auch dem werden oder wird als sind ich wie',
  french:
    'le les des et est une dans pour que qui pas sur avec sont par vous cette il elle nous mais aux ces leur',
  spanish:
    'el los las y es una para que por con del como más pero sus este son está lo también hay ser muy cuando',
  italian:
    'il gli è di che una per non sono con della nel anche più questo come alla dei le si ma ha essere dal',
  portuguese:
    'o os é uma para não com do da em que mais como dos são mas foi ao das pelo você também isso ser seu',
  dutch:
    'het een en van is dat niet op te zijn voor met de aan door ook naar maar bij wordt deze om ik je hij',
} as const;
const languagesOf = new Map<string, string[]>();
for (const [language, words] of Object.entries(WORDS))
  for (const word of words.split(' ')) languagesOf.set(word, [...(languagesOf.get(word) ?? []), language]);

/** Fewer letters or words than these tell nothing. */
const LEAST_LETTERS = 12;
const LEAST_WORDS = 5;
/** The first language has to have so many times the words of the next. */
const CLEAR = 2;
/** What is looked at: the language of more is the language of this. */
const MOST_CHARACTERS = 20_000;

/** `english`, `cyrillic`, …; undefined where it is not clear. Code is in none: it is left out where it is fenced. */
export const languageOf = (text: string): string | undefined => {
  const prose = text.slice(0, MOST_CHARACTERS).replaceAll(/^```[\s\S]*?^```/gm, '');
  const counts = new Map(
    Object.entries(SCRIPTS).map(([script, letters]) => [script, prose.match(letters)?.length ?? 0] as const),
  );
  // Japanese has both: a text with any kana is none of Chinese.
  const kana = counts.get('kana') ?? 0;
  if (kana > 0) {
    counts.set('kana', kana + (counts.get('han') ?? 0));
    counts.delete('han');
  }
  const script = clearest([...counts], LEAST_LETTERS);
  if (script !== 'latin') return script;
  const words = new Map<string, number>();
  for (const word of prose.toLowerCase().match(/[\p{L}']+/gu) ?? [])
    for (const language of languagesOf.get(word) ?? []) words.set(language, (words.get(language) ?? 0) + 1);
  return clearest([...words], LEAST_WORDS);
};

/** What is counted most; undefined where that is too little, or the next is close. */
const clearest = (counts: readonly (readonly [string, number])[], least: number): string | undefined => {
  const [first, second] = counts.toSorted(([, one], [, other]) => other - one);
  if (first === undefined || first[1] < least || first[1] < CLEAR * (second?.[1] ?? 0)) return undefined;
  return first[0];
};
