/** Python's datetime.strftime in the C locale, of a local time without a zone. */
const DAYS = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'];
const MONTHS = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
];
const DAY_MS = 86_400_000;

type Pad = '0' | '_' | '-';
type Part = string | {readonly number: number; readonly width: number; readonly pad: Pad};

/** @param format `%` and a letter, between them perhaps a flag of glibc (`-` no padding, `_` spaces, `0`, `^` capitals, `#`). */
export function strftime(time: Date, format: string): string {
  return format.replace(
    /%([-_0^#]*)(\d*)([EO]?)([a-zA-Z%+])/g,
    (directive, flags: string, width, modifier, letter) => {
      const part = partOf(letter, time, modifier);
      if (part === undefined) return directive;
      const pad = (/[-_0](?=[^-_0]*$)/.exec(flags)?.[0] ?? undefined) as Pad | undefined;
      const text = typeof part === 'string' ? part : numbered(part, pad, width);
      const cased = flags.includes('^')
        ? text.toUpperCase()
        : flags.includes('#')
          ? swapped(text, letter)
          : text;
      const fill = typeof part === 'string' && pad !== '0' ? ' ' : (pad ?? '0') === '_' ? ' ' : '0';
      return cased.padStart(Number(width || 0), pad === '-' ? '' : fill);
    },
  );
}

function numbered({number, width, pad}: Exclude<Part, string>, flag: Pad | undefined, asked: string): string {
  const how = flag ?? pad;
  if (how === '-') return String(number);
  return String(number).padStart(Number(asked || width), how === '_' ? ' ' : '0');
}

const swapped = (text: string, letter: string): string =>
  letter === 'p' || letter === 'Z' ? text.toLowerCase() : text.toUpperCase();

function partOf(letter: string, time: Date, modifier: string): Part | undefined {
  const number = (value: number, width = 2, pad: Pad = '0'): Part => ({number: value, width, pad});
  const all = (format: string): string => strftime(time, format);
  const [year, month, date] = [time.getFullYear(), time.getMonth(), time.getDate()];
  const [weekday, hour] = [time.getDay(), time.getHours()];
  const yearDay = Math.round((Date.UTC(year, month, date) - Date.UTC(year, 0, 1)) / DAY_MS);
  if (modifier === 'E' && !'cCxXyY'.includes(letter)) return undefined;
  if (modifier === 'O' && !'deHImMSuUVwWy'.includes(letter)) return undefined;
  switch (letter) {
    case 'a':
      return DAYS[weekday]?.slice(0, 3);
    case 'A':
      return DAYS[weekday];
    case 'b':
    case 'h':
      return MONTHS[month]?.slice(0, 3);
    case 'B':
      return MONTHS[month];
    case 'c':
      return all('%a %b %e %H:%M:%S %Y');
    case 'C':
      return number(Math.floor(year / 100));
    case 'd':
      return number(date);
    case 'D':
    case 'x':
      return all('%m/%d/%y');
    case 'e':
      return number(date, 2, '_');
    case 'f':
      return number(time.getMilliseconds() * 1000, 6);
    case 'F':
      return all('%Y-%m-%d');
    case 'g':
      return number(isoWeek(time).year % 100);
    case 'G':
      return number(isoWeek(time).year, 1);
    case 'H':
      return number(hour);
    case 'I':
      return number(hour % 12 || 12);
    case 'j':
      return number(yearDay + 1, 3);
    case 'k':
      return number(hour, 2, '_');
    case 'l':
      return number(hour % 12 || 12, 2, '_');
    case 'm':
      return number(month + 1);
    case 'M':
      return number(time.getMinutes());
    case 'n':
      return '\n';
    case 'p':
      return hour < 12 ? 'AM' : 'PM';
    case 'P':
      return hour < 12 ? 'am' : 'pm';
    case 'r':
      return all('%I:%M:%S %p');
    case 'R':
      return all('%H:%M');
    case 's':
      return number(Math.floor(time.getTime() / 1000), 1);
    case 'S':
      return number(time.getSeconds());
    case 't':
      return '\t';
    case 'T':
    case 'X':
      return all('%H:%M:%S');
    case 'u':
      return number(weekday || 7, 1);
    case 'U':
      return number(Math.floor((yearDay + 7 - weekday) / 7));
    case 'V':
      return number(isoWeek(time).week);
    case 'w':
      return number(weekday, 1);
    case 'W':
      return number(Math.floor((yearDay + 7 - ((weekday + 6) % 7)) / 7));
    case 'y':
      return number(year % 100);
    case 'Y':
      return number(year, 1);
    // A time without a zone has neither an offset nor a name of it.
    case 'z':
    case 'Z':
      return '';
    case '%':
      return '%';
    default:
      return undefined;
  }
}

/** ISO 8601: a week belongs to the year of its Thursday. */
function isoWeek(time: Date): {year: number; week: number} {
  const monday = (time.getDay() + 6) % 7;
  const thursday = new Date(time.getFullYear(), time.getMonth(), time.getDate() - monday + 3);
  const year = thursday.getFullYear();
  const days = Math.round(
    (Date.UTC(year, thursday.getMonth(), thursday.getDate()) - Date.UTC(year, 0, 1)) / DAY_MS,
  );
  return {year, week: Math.floor(days / 7) + 1};
}
