import { useMemo } from 'preact/hooks';
import type { Schemas } from '../../api/client';
import { useSearch } from '../../api/useSearch';
import { Badge } from '../../components/Badge';
import { ServerList } from '../../components/ServerList';
import { StrategyName } from '../../components/StrategyName';
import type { Column } from '../../components/Table';
import { counted } from '../../format/numbers';
import { time } from '../../format/times';
import { priceOf, quantityOf } from './digits';

type Session = Schemas['SessionView'];

/** An order as orders.csv has it. */
export interface Order {
    clientId: string;
    strategy: string;
    symbol: string;
    role: string;
    side: string;
    type: string;
    quantity: number;
    price?: number;
    filled: number;
    state: string;
    ended?: string;
    reason?: string;
    created: string;
}

/** The states in which an order can still fill, and those in which it no longer can. */
const openStates = ['new', 'submitted', 'partiallyfilled', 'unknown'];
const endedStates = ['filled', 'cancelled', 'rejected', 'expired', 'closed'];

const orderColumns = (session: Session): Column<Order>[] => [
    { id: 'symbol', title: 'Symbol', width: 110, value: (o) => o.symbol, cell: (o) => o.symbol },
    { id: 'side', title: 'Side', width: 70, value: (o) => o.side, cell: (o) => o.side },
    { id: 'type', title: 'Type', width: 90, value: (o) => o.type, cell: (o) => o.type },
    {
        id: 'quantity',
        title: 'Quantity',
        width: 110,
        figure: true,
        value: (o) => o.quantity,
        cell: (o) => quantityOf(session, o.symbol, o.quantity),
    },
    {
        id: 'filled',
        title: 'Filled',
        width: 110,
        figure: true,
        value: (o) => o.filled,
        cell: (o) => quantityOf(session, o.symbol, o.filled),
    },
    { id: 'price', title: 'Price', width: 110, figure: true, value: (o) => o.price, cell: (o) => priceOf(session, o.symbol, o.price) },
    {
        id: 'state',
        title: 'State',
        width: 110,
        value: (o) => o.state,
        cell: (o) => (o.state === 'unknown' ? <Badge kind="no">unknown</Badge> : (o.ended ?? o.state)),
    },
    { id: 'created', title: 'Made', width: 150, value: (o) => o.created, cell: (o) => time(o.created, o.symbol) },
    { id: 'role', title: 'Role', width: 80, value: (o) => o.role, cell: (o) => o.role },
    { id: 'reason', title: 'Reason', width: 160, value: (o) => o.reason, cell: (o) => <span title={o.reason}>{o.reason ?? ''}</span> },
    { id: 'strategy', title: 'Strategy', width: 250, value: (o) => o.strategy, cell: (o) => <StrategyName id={o.strategy} /> },
];

/** The orders of a session: those that can still fill, or all. */
export function Orders(props: {
    session: Session;
    symbols: readonly string[] | undefined;
    version: string;
    isPanel: boolean;
    cancel: ((order: Order) => void) | undefined;
}) {
    const { session, symbols = noSymbols, cancel, isPanel } = props;
    const { search, set } = useSearch();
    const all = !isPanel && search.orders === 'all';
    const columns = useMemo(() => [...orderColumns(session), ...(cancel ? [cancelColumn(cancel)] : [])], [session, cancel]);
    const fields = useMemo(
        () => [
            { key: 'symbol', title: 'Symbol', choices: symbols.length > 30 || symbols.length === 0 ? undefined : symbols },
            { key: 'side', title: 'Side', choices: ['buy', 'sell'] },
            { key: 'state', title: 'State', choices: all ? [...openStates, ...endedStates] : openStates },
            { key: 'reason', title: 'Reason' },
            { key: 'strategy', title: 'Strategy' },
        ],
        [symbols, all],
    );
    return (
        <>
            <div class="actions">
                <h2>Orders</h2>
                {!isPanel && (
                    <span class="tools" role="group" aria-label="Which orders">
                        <button type="button" aria-pressed={!all} onClick={() => set({ orders: '' })}>
                            Open
                        </button>
                        <button type="button" aria-pressed={all} onClick={() => set({ orders: 'all' })}>
                            All
                        </button>
                    </span>
                )}
            </div>
            <ServerList
                name="orders"
                label="Orders"
                path={`/sessions/${encodeURIComponent(session.id)}/orders`}
                condition={all ? '' : endedStates.map((state) => `state!=${state}`).join(',')}
                columns={columns}
                fields={fields}
                date="created"
                sort="-created"
                note={(total) => `${counted(total, 'order')}.`}
                empty={all ? 'The session has made no such order.' : 'No order is open at the broker.'}
                hint="type=limit, quantity>10"
                file={`${session.id}-orders`}
                version={props.version}
                isPanel={isPanel}
            />
        </>
    );
}

const noSymbols: string[] = [];

// Strategies manage their own entries.
const isCancellable = (o: Order) => o.strategy === 'operator' && !o.clientId.includes('-x') && openStates.includes(o.state);

function cancelColumn(cancel: (order: Order) => void): Column<Order> {
    return {
        id: 'cancel',
        title: 'Action',
        width: 90,
        cell: (o) =>
            isCancellable(o) && (
                <button type="button" class="plain" aria-label={`Cancel entry ${o.symbol}`} onClick={() => cancel(o)}>
                    Cancel
                </button>
            ),
    };
}
