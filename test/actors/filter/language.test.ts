import test from 'ava';
import {languageOf} from '../../../actors/filter/language.js';

for (const [language, text] of Object.entries({
  english: 'It is what it is, and there is nothing that you can do for them with this.',
  german: 'Das ist nicht zu ändern, und es wird auch von mir nicht mit der Hand gemacht.',
  french: 'Les enfants sont dans la maison avec des amis, mais elle est aussi pour vous.',
  spanish: 'Los niños están en la casa, pero no es muy grande y hay que salir con sus padres.',
  italian: 'Questo non è il libro che ho letto, ma anche gli altri sono della biblioteca.',
  portuguese: 'Você não está em casa, mas isso também é do seu pai e foi uma boa coisa.',
  dutch: 'Het is niet de bedoeling dat je met een fiets naar het werk gaat, maar ook deze week.',
  cyrillic: 'Это не так просто, как кажется.',
  han: '这不是一个简单的问题，我们需要仔细考虑。',
  kana: 'これは簡単な問題ではありません。',
  hangul: '이것은 간단한 문제가 아닙니다. 잘 생각해 보세요.',
  arabic: 'هذا ليس سؤالا بسيطا كما يبدو',
})) {
  test(`a text of ${language} is known by its letters or its words`, (t) => {
    t.is(languageOf(text), language);
  });
}

test('of numbers, names, a few words and code there is no saying', (t) => {
  for (const text of [
    '=238 =30 =32 =119',
    'Paris',
    'It is 4.',
    '```js\nfor (const a of the) if (a is that) and(this);\n```',
  ])
    t.is(languageOf(text), undefined, text);
});

test('a text of words that two languages share is neither’s', (t) => {
  t.is(languageOf('para que como es para que como es para que como'), undefined);
});
