import { useLocation } from 'preact-iso';
import { can } from '../../api/caller';
import { useChanges } from '../../api/changes';
import { api, take, type Schemas } from '../../api/client';
import { useQuery } from '../../api/useQuery';
import { Empty, Loaded } from '../../components/States';
import { DataTable, type Column } from '../../components/Table';
import { bytes, counted, number } from '../../format/numbers';
import { time } from '../../format/times';
import { useTitle } from '../../layout/title';
import { marketAddress } from './addresses';
import { BarFiles } from './BarFiles';

type Market = Schemas['StoredMarketEntry'] & { store: string };

const columns: Column<Market>[] = [
    {
        id: 'symbol',
        title: 'Symbol',
        width: 130,
        value: (m) => m.symbol,
        cell: (m) => <a href={marketAddress(m)}>{m.symbol}</a>,
    },
    { id: 'timeframe', title: 'Bars of', width: 80, value: (m) => m.timeframe, cell: (m) => m.timeframe },
    { id: 'store', title: 'Store', width: 180, value: (m) => m.store, cell: (m) => m.store },
    { id: 'bars', title: 'Bars', width: 100, figure: true, value: (m) => m.bars, cell: (m) => number(m.bars) },
    { id: 'first', title: 'From', width: 150, value: (m) => m.first, cell: (m) => (m.fault ? '–' : time(m.first, m.symbol)) },
    { id: 'last', title: 'To', width: 150, value: (m) => m.last, cell: (m) => (m.fault ? '–' : time(m.last, m.symbol)) },
    { id: 'bytes', title: 'Size', width: 90, figure: true, value: (m) => m.bytes, cell: (m) => bytes(m.bytes) },
    { id: 'fault', title: 'Fault', width: 260, value: (m) => m.fault, cell: (m) => m.fault ?? '' },
];

/** The markets of the stores in the data folder. */
export default function DataView() {
    useTitle('Data');
    const { route } = useLocation();
    const stores = useQuery('data', () => take(api.GET('/api/v1/data')));
    useChanges(['job'], stores.reload);
    return (
        <>
            <h1>Data</h1>
            <p class="lead">The stores of bars and the bar files in the data folder of the server.</p>
            <Loaded query={stores}>
                {(all) => {
                    const markets = all.flatMap((s) => s.markets.map((m) => ({ ...m, store: s.store })));
                    return markets.length === 0 ? (
                        <Empty title="There is no store of bars yet">
                            <p>Import bar files (CSV of Yahoo, Binance, LEAN and others, or tables of your own) to make the first one.</p>
                            {can('submitter') && (
                                <a class="button primary" href="/data/import">
                                    Import files
                                </a>
                            )}
                        </Empty>
                    ) : (
                        <>
                            <div class="actions">
                                <span class="soft">
                                    {counted(all.length, 'store')}, {counted(markets.length, 'market')},{' '}
                                    {counted(
                                        markets.reduce((s, m) => s + m.bars, 0),
                                        'bar',
                                    )}
                                </span>
                                <span class="push" />
                                <a class="button" href="/data/compare">
                                    Compare sources
                                </a>
                                {can('submitter') && (
                                    <a class="button primary" href="/data/import">
                                        Import files
                                    </a>
                                )}
                            </div>
                            <DataTable
                                label="Markets"
                                rows={markets}
                                columns={columns}
                                id={(m) => `${m.store} ${m.symbol} ${m.timeframe}`}
                                sorting={{ id: 'symbol', descending: false }}
                                onOpen={(m) => route(marketAddress(m))}
                            />
                        </>
                    );
                }}
            </Loaded>
            <BarFiles />
        </>
    );
}
