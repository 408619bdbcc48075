/**
 * Time in the shop: five steps a month, beginning on days 1, 7, 13, 19 and 25, so that no step is longer than a week
 * and every monthly decision falls on a step's first instant. Day 0 is 2021-01-01.
 */
export interface Calendar {
  readonly months: number;
  readonly dayCount: number;
  readonly stepCount: number;
  readonly stepStartDay: Int32Array; // (steps + 1)
  readonly stepDays: Int32Array; // (steps)
  readonly stepMonth: Int32Array; // (steps), month of the year 0 … 11
  /** 1 while the shop's public sale is on. */
  readonly stepSale: Uint8Array; // (steps)
  /** "2021-01-01" and so on. */
  readonly dayText: readonly string[]; // (days)
}

const firstYear = 2021;
export const stepsPerMonth = 5;
export const secondsPerDay = 86_400;

const monthLengths = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/** Public sales: the 13th to the 24th of March, June and September, and the last twelve days of November. */
const saleSteps: readonly (readonly [month: number, part: number])[] = [
  [2, 2],
  [2, 3],
  [5, 2],
  [5, 3],
  [8, 2],
  [8, 3],
  [10, 3],
  [10, 4],
];

export function createCalendar(months: number): Calendar {
  const stepCount = months * stepsPerMonth;
  const stepStartDay = new Int32Array(stepCount + 1);
  const stepDays = new Int32Array(stepCount);
  const stepMonth = new Int32Array(stepCount);
  const stepSale = new Uint8Array(stepCount);
  const dayText: string[] = [];
  for (let month = 0, day = 0; month < months; month++) {
    const year = firstYear + Math.floor(month / 12);
    const length = monthLength(year, month % 12);
    for (let date = 1; date <= length; date++) {
      dayText.push(`${year}-${twoDigits((month % 12) + 1)}-${twoDigits(date)}`);
    }
    for (let part = 0; part < stepsPerMonth; part++) {
      const step = month * stepsPerMonth + part;
      stepStartDay[step] = day + part * 6;
      stepDays[step] = part < 4 ? 6 : length - 24;
      stepMonth[step] = month % 12;
      stepSale[step] = saleSteps.some(([m, p]) => m === month % 12 && p === part) ? 1 : 0;
    }
    day += length;
    stepStartDay[(month + 1) * stepsPerMonth] = day;
  }
  return { months, dayCount: dayText.length, stepCount, stepStartDay, stepDays, stepMonth, stepSale, dayText };
}

function monthLength(year: number, month: number): number {
  const leap = (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
  return monthLengths[month]! + (month === 1 && leap ? 1 : 0);
}

/** ISO 8601 with offset from seconds since the first instant; the calendar must reach that day. */
export function timestampText(calendar: Calendar, second: number): string {
  const day = Math.floor(second / secondsPerDay);
  const rest = second - day * secondsPerDay;
  const hours = Math.floor(rest / 3600);
  const minutes = Math.floor(rest / 60) % 60;
  return `${calendar.dayText[day]}T${twoDigits(hours)}:${twoDigits(minutes)}:${twoDigits(rest % 60)}+00:00`;
}

function twoDigits(value: number): string {
  return value < 10 ? `0${value}` : String(value);
}
