import type { ComponentChildren } from 'preact';
import { useMemo, useState } from 'preact/hooks';
import { can } from '../../api/caller';
import type { Schemas } from '../../api/client';
import { Confirm } from '../../components/Dialog';
import { TextField } from '../../components/Field';
import { LocalList } from '../../components/LocalList';
import { StrategyName } from '../../components/StrategyName';
import { DataTable, type Column } from '../../components/Table';
import { none, number, signedMoney, tone } from '../../format/numbers';
import { time } from '../../format/times';
import { whyPath } from '../why/address';
import { command } from './Commands';
import { priceOf, quantityOf } from './digits';
import { ClosePreview, TradeDialog } from './HandDialogs';
import { Orders, type Order } from './Orders';
import { isRunning } from './StateBadge';

type Session = Schemas['SessionView'];
type Trade = Schemas['AccountTradeRow'];

const sideOf = (side: string) => (side === 'buy' ? 'long' : 'short');

interface Position {
    symbol: string;
    quantity: number;
    last: number | null;
    value: number | null;
    profit: number | null;
}

function positionsOf(session: Session): Position[] {
    const trades = session.status?.account.trades ?? [];
    return Object.entries(session.status?.positions ?? {}).map(([symbol, quantity]) => {
        const own = trades.filter((t) => t.symbol === symbol);
        const last = own[0]?.last ?? null;
        return {
            symbol,
            quantity,
            last,
            value: own.length === 0 ? null : own.reduce((s, t) => s + (t.value ?? 0), 0),
            profit: own.length === 0 ? null : own.reduce((s, t) => s + (t.profit ?? 0), 0),
        };
    });
}

const positionColumns = (session: Session): Column<Position>[] => [
    { id: 'symbol', title: 'Symbol', width: 140, value: (p) => p.symbol, cell: (p) => p.symbol },
    {
        id: 'quantity',
        title: 'Quantity',
        width: 120,
        figure: true,
        value: (p) => p.quantity,
        cell: (p) => quantityOf(session, p.symbol, p.quantity),
    },
    { id: 'last', title: 'Last close', width: 120, figure: true, value: (p) => p.last, cell: (p) => priceOf(session, p.symbol, p.last) },
    { id: 'value', title: 'Value', width: 130, figure: true, value: (p) => p.value, cell: (p) => number(p.value, 2) },
    {
        id: 'profit',
        title: 'Open profit',
        width: 130,
        figure: true,
        value: (p) => p.profit,
        cell: (p) => <span class={tone(p.profit)}>{signedMoney(p.profit)}</span>,
    },
];

/** Positions with their trades, and open orders. */
export function Trades(props: {
    session: Session;
    symbols?: readonly string[];
    /** A new one where the orders have changed. */
    version: string;
    onDone: (session: Session) => void;
    onShow?: (to: { symbol: string; time: number }) => void;
    /** Whether it stands beside other panels, whose choices are not in the address. */
    isPanel?: boolean;
}) {
    const { session, onShow, isPanel = false } = props;
    const [closing, setClosing] = useState<Trade>();
    const [changing, setChanging] = useState<Trade>();
    const [cancelling, setCancelling] = useState<Order>();
    const account = session.status?.account;
    const mayClose = can('admin') && isRunning(session);
    const show = useMemo(() => onShow && ((t: Trade) => onShow({ symbol: t.symbol, time: Date.parse(t.enteredAt) / 1000 })), [onShow]);
    const acts = mayClose ? { close: setClosing, change: setChanging } : undefined;
    const columns = tradeColumns(session, show, acts);
    const positions = positionsOf(session);
    return (
        <>
            <h2>Positions</h2>
            {positions.length === 0 ? (
                <p class="soft">The account has no position.</p>
            ) : (
                <DataTable label="Positions" rows={positions} columns={positionColumns(session)} id={(p) => p.symbol} />
            )}
            <h2>Open trades</h2>
            {(account?.trades?.length ?? 0) === 0 ? (
                <p class="soft">No trade is open.</p>
            ) : (
                <LocalList
                    name="trades"
                    label="Open trades"
                    rows={account?.trades ?? []}
                    columns={columns}
                    id={(t) => t.entry}
                    height={420}
                    isPanel={isPanel}
                    {...(show ? { onOpen: show } : {})}
                />
            )}
            <Orders
                session={session}
                symbols={props.symbols}
                version={props.version}
                isPanel={isPanel}
                cancel={mayClose ? setCancelling : undefined}
            />
            {changing && <TradeDialog session={session} trade={changing} onDone={props.onDone} onClose={() => setChanging(undefined)} />}
            {cancelling && <Cancel session={session} order={cancelling} onDone={props.onDone} onClose={() => setCancelling(undefined)} />}
            {closing && <Close session={session} trade={closing} onDone={props.onDone} onClose={() => setClosing(undefined)} />}
        </>
    );
}

function tradeColumns(
    session: Session,
    show: ((trade: Trade) => void) | undefined,
    acts: { close: (trade: Trade) => void; change: (trade: Trade) => void } | undefined,
): Column<Trade>[] {
    return [
        {
            id: 'symbol',
            title: 'Symbol',
            width: 120,
            value: (t) => t.symbol,
            cell: (t) =>
                show ? (
                    <button type="button" class="plain" title="Show in the chart" onClick={() => show(t)}>
                        {t.symbol}
                    </button>
                ) : (
                    t.symbol
                ),
        },
        { id: 'side', title: 'Side', width: 70, value: (t) => t.side, cell: (t) => sideOf(t.side) },
        {
            id: 'quantity',
            title: 'Quantity',
            width: 110,
            figure: true,
            value: (t) => t.quantity,
            cell: (t) => quantityOf(session, t.symbol, t.quantity),
        },
        {
            id: 'entry',
            title: 'Entry price',
            width: 105,
            figure: true,
            value: (t) => t.entryPrice,
            cell: (t) => priceOf(session, t.symbol, t.entryPrice),
        },
        {
            id: 'last',
            title: 'Last close',
            width: 105,
            figure: true,
            value: (t) => t.last,
            cell: (t) => priceOf(session, t.symbol, t.last),
        },
        {
            id: 'profit',
            title: 'Open profit',
            width: 110,
            figure: true,
            value: (t) => t.profit,
            cell: (t) => <span class={tone(t.profit)}>{signedMoney(t.profit)}</span>,
            hint: 'At the last close, before fees',
        },
        {
            id: 'stop',
            title: 'Stop',
            width: 135,
            figure: true,
            value: (t) => t.stop,
            cell: (t) => (
                <>
                    {t.trails && <span class="soft">trails </span>}
                    {priceOf(session, t.symbol, t.stop)}
                </>
            ),
        },
        {
            id: 'target',
            title: 'Target',
            width: 95,
            figure: true,
            value: (t) => t.target,
            cell: (t) => priceOf(session, t.symbol, t.target),
        },
        {
            id: 'risk',
            title: 'At risk',
            width: 100,
            figure: true,
            value: (t) => t.risk,
            cell: (t) => (t.risk == null ? none : number(t.risk, 2)),
            hint: 'From the last close to the stop, before costs',
        },
        ...(acts
            ? [
                  {
                      id: 'close',
                      title: 'Action',
                      width: 80,
                      cell: (t: Trade) => (
                          <button
                              type="button"
                              class="plain"
                              aria-label={`Close trade ${t.symbol} ${t.strategy}`}
                              onClick={() => acts.close(t)}
                          >
                              Close
                          </button>
                      ),
                  },
                  {
                      id: 'change',
                      title: 'By hand',
                      width: 90,
                      cell: (t: Trade) => (
                          <button
                              type="button"
                              class="plain"
                              aria-label={`Change trade ${t.symbol} ${t.strategy}`}
                              onClick={() => acts.change(t)}
                          >
                              Change
                          </button>
                      ),
                  },
              ]
            : []),
        {
            id: 'why',
            title: 'Why',
            width: 70,
            cell: (t) =>
                t.byHand ? (
                    none
                ) : (
                    <a
                        href={whyPath({ session: session.id, strategy: t.strategy, symbol: t.symbol, at: t.enteredAt, step: -1 })}
                        aria-label={`Why trade ${t.symbol} ${t.strategy}?`}
                    >
                        Why?
                    </a>
                ),
        },
        { id: 'entered', title: 'Entered', width: 150, value: (t) => t.enteredAt, cell: (t) => time(t.enteredAt, t.symbol) },
        { id: 'strategy', title: 'Strategy', width: 250, value: (t) => t.strategy, cell: (t) => <StrategyName id={t.strategy} /> },
    ];
}

function Close(props: { session: Session; trade: Trade; onDone: (session: Session) => void; onClose: () => void }) {
    const { session, trade } = props;
    return (
        <EndByHand {...props} title="Close this trade" action="Close the trade" target={trade.entry}>
            <p>
                A market order closes {quantityOf(session, trade.symbol, trade.quantity)} {trade.symbol} ({sideOf(trade.side)}), entered at{' '}
                {priceOf(session, trade.symbol, trade.entryPrice)}; open profit {trade.profit == null ? none : signedMoney(trade.profit)}.
            </p>
            <ClosePreview session={session} trade={trade} />
        </EndByHand>
    );
}

function Cancel(props: { session: Session; order: Order; onDone: (session: Session) => void; onClose: () => void }) {
    const { session, order } = props;
    return (
        <EndByHand {...props} title="Cancel this entry" action="Cancel the entry" target={order.clientId}>
            <p>
                The entry of {quantityOf(session, order.symbol, order.quantity)} {order.symbol} by hand no longer waits at the broker.
            </p>
        </EndByHand>
    );
}

/** Asks for a reason, and sends the command that closes a trade or cancels an entry. */
function EndByHand(props: {
    session: Session;
    title: string;
    action: string;
    target: string;
    onDone: (session: Session) => void;
    onClose: () => void;
    children: ComponentChildren;
}) {
    const [why, setWhy] = useState('');
    return (
        <Confirm
            title={props.title}
            action={props.action}
            danger
            onClose={props.onClose}
            onConfirm={async () => props.onDone(await command(props.session, { command: 'close', trade: props.target, why }))}
        >
            {props.children}
            <TextField label="Reason, for the journal" value={why} onValue={setWhy} />
        </Confirm>
    );
}
