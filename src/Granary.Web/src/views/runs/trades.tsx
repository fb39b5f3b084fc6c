import { json } from '../../api/client';
import type { ListField } from '../../components/listFilter';
import type { Column } from '../../components/Table';
import { number, price, signedPercent, tone } from '../../format/numbers';
import { time } from '../../format/times';

/** A trade of a strategy or of the portfolio, as the run's files have it. */
export interface Trade {
    symbol: string;
    side: 'long' | 'short';
    quantity: number;
    entryTime: string;
    entryPrice: number;
    exitTime?: string;
    exitPrice?: number;
    pnlNet?: number;
    return?: number;
    bars?: number;
    exitReason?: string;
    /** The largest moves against the trade and for it, fractions of the entry price; undefined where they are not known. */
    mae?: number;
    mfe?: number;
}

/** The columns of trades after the entry; their ids are the keys that the server sorts by. */
export const tradeColumns: Column<Trade>[] = [
    { id: 'side', title: 'Side', width: 56, value: (t) => t.side, cell: (t) => t.side },
    { id: 'entryPrice', title: 'Entry price', width: 92, figure: true, value: (t) => t.entryPrice, cell: (t) => price(t.entryPrice) },
    { id: 'exitTime', title: 'Exit', width: 134, value: (t) => t.exitTime, cell: (t) => time(t.exitTime, t.symbol) },
    { id: 'exitPrice', title: 'Exit price', width: 92, figure: true, value: (t) => t.exitPrice, cell: (t) => price(t.exitPrice) },
    {
        id: 'return',
        title: 'Return',
        width: 76,
        figure: true,
        value: (t) => t.return,
        cell: (t) => <span class={tone(t.return)}>{signedPercent(t.return)}</span>,
    },
    {
        id: 'pnlNet',
        title: 'Net profit',
        width: 88,
        figure: true,
        value: (t) => t.pnlNet,
        cell: (t) => <span class={tone(t.pnlNet)}>{number(t.pnlNet, 2)}</span>,
    },
    {
        id: 'mfe',
        title: 'At best',
        width: 76,
        figure: true,
        hint: 'Run-up: the largest move in the trade’s favour while it was open, of the entry price (MFE)',
        value: (t) => t.mfe,
        cell: (t) => signedPercent(t.mfe),
    },
    {
        id: 'mae',
        title: 'At worst',
        width: 80,
        figure: true,
        hint: 'Drawdown: the largest move against the trade while it was open, of the entry price (MAE)',
        value: (t) => t.mae,
        cell: (t) => signedPercent(t.mae === undefined ? undefined : -t.mae),
    },
    { id: 'bars', title: 'Bars', width: 54, figure: true, value: (t) => t.bars, cell: (t) => number(t.bars) },
    { id: 'exitReason', title: 'Exit by', width: 98, value: (t) => t.exitReason, cell: (t) => t.exitReason ?? '' },
];

/** Why trades end, as the files have it. */
const reasons = [
    ...['signal', 'stop', 'target', 'trailing-stop', 'max-bars', 'time', 'open', 'margin-call', 'limit', 'liquidation', 'handover'],
    ...['operator', 'data-ended', 'delisted', 'left-universe', 'ruined'],
];

/** The fields that narrow a list of trades. */
export const tradeFields = (symbols: readonly string[]): ListField[] => [
    ...(symbols.length > 1 ? [{ key: 'symbol', title: 'Symbol', choices: symbols.length > 30 ? undefined : symbols }] : []),
    { key: 'side', title: 'Side', choices: ['long', 'short'] },
    { key: 'exitReason', title: 'Exit by', choices: reasons },
];

/** What a user can write into the field of conditions of trades. */
export const tradeHint = 'pnlNet>0, bars<=10';

/** Pages of a list that a chart loads: more rows than any chart shows. */
const mostPages = 50;

/** Rows that a page has of a list, and how many the list has. */
export interface Taken<T> {
    rows: T[];
    total: number;
    /** The number of the first row in the list, from 0. */
    first: number;
}

/**
 * All rows of a list, page by page, or those around a time where there are more than a chart loads.
 * @param at The time, ISO 8601; without it the first rows are loaded.
 */
export async function takeAll<T>(path: string, at?: string): Promise<Taken<T>> {
    const page = (rest: string) => json<{ items: T[]; total: number; next?: string | null; position?: number }>(`${path}${rest}`);
    const begin = await page('&limit=1000');
    let first = 0;
    let answer = begin;
    if (at !== undefined && begin.total > mostPages * 1000) {
        const { position = 0 } = await page(`&limit=1&at=${encodeURIComponent(at)}`);
        first = Math.max(0, position - mostPages * 500);
        answer = await page(`&limit=1000&cursor=${first}`);
    }
    const rows = [...answer.items];
    for (let n = 1; n < mostPages && answer.next != null; n++) {
        answer = await page(`&limit=1000&cursor=${answer.next}`);
        rows.push(...answer.items);
    }
    return { rows, total: begin.total, first };
}

/** The rows that a chart has of a list, as a sentence; undefined if it has all. */
export const lackOf = (name: string, taken: Taken<unknown> | undefined): string | undefined =>
    taken === undefined || taken.rows.length === taken.total
        ? undefined
        : `The chart has the ${name} ${number(taken.first + 1)} to ${number(taken.first + taken.rows.length)} of ${number(taken.total)}. Choose a range or one of the trades to see others.`;
