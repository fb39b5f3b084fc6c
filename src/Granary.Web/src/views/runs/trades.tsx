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
}

/** The columns of trades after the entry; their ids are the keys that the server sorts by. */
export const tradeColumns: Column<Trade>[] = [
    { id: 'side', title: 'Side', width: 70, value: (t) => t.side, cell: (t) => t.side },
    { id: 'entryPrice', title: 'Entry price', width: 110, figure: true, value: (t) => t.entryPrice, cell: (t) => price(t.entryPrice) },
    { id: 'exitTime', title: 'Exit', width: 140, value: (t) => t.exitTime, cell: (t) => time(t.exitTime, t.symbol) },
    { id: 'exitPrice', title: 'Exit price', width: 110, figure: true, value: (t) => t.exitPrice, cell: (t) => price(t.exitPrice) },
    {
        id: 'return',
        title: 'Return',
        width: 90,
        figure: true,
        value: (t) => t.return,
        cell: (t) => <span class={tone(t.return)}>{signedPercent(t.return)}</span>,
    },
    {
        id: 'pnlNet',
        title: 'Net profit',
        width: 100,
        figure: true,
        value: (t) => t.pnlNet,
        cell: (t) => <span class={tone(t.pnlNet)}>{number(t.pnlNet, 2)}</span>,
    },
    { id: 'bars', title: 'Bars', width: 70, figure: true, value: (t) => t.bars, cell: (t) => number(t.bars) },
    { id: 'exitReason', title: 'Exit by', width: 110, value: (t) => t.exitReason, cell: (t) => t.exitReason ?? '' },
];
