import { useEffect } from 'preact/hooks';
import { can } from '../../api/caller';
import { api, take, type Schemas } from '../../api/client';
import { usePages } from '../../api/usePages';
import { useSearch } from '../../api/useSearch';
import { TextField } from '../../components/Field';
import { Empty, Failed, Loading } from '../../components/States';
import { DataTable, type Column } from '../../components/Table';
import { Unbroken } from '../../components/Unbroken';
import { bytes, counted, number } from '../../format/numbers';
import { time } from '../../format/times';

type Entry = Schemas['BarFileEntry'];
type Page = { items: Entry[]; total: number; waiting: number; next: string | null };

/** The form of a new batch on a market of a file. */
export const batchOn = (f: Pick<Entry, 'source' | 'symbol' | 'timeframe'>): string =>
    `/batches/new?${new URLSearchParams({ source: f.source, symbol: f.symbol, ...(f.timeframe ? { timeframe: f.timeframe } : {}) })}`;

const columns: Column<Entry>[] = [
    {
        id: 'symbol',
        title: 'Symbol',
        width: 150,
        value: (f) => f.symbol,
        cell: (f) => (can('submitter') && f.severity !== 'Error' ? <a href={batchOn(f)}>{f.symbol}</a> : f.symbol),
    },
    { id: 'timeframe', title: 'Bars of', width: 80, value: (f) => f.timeframe, cell: (f) => f.timeframe ?? '–' },
    { id: 'bars', title: 'Bars', width: 90, figure: true, value: (f) => f.bars, cell: (f) => number(f.bars) },
    { id: 'first', title: 'From', width: 140, value: (f) => f.first, cell: (f) => time(f.first) },
    { id: 'last', title: 'To', width: 140, value: (f) => f.last, cell: (f) => time(f.last) },
    { id: 'bytes', title: 'Size', width: 86, figure: true, value: (f) => f.bytes, cell: (f) => bytes(f.bytes) },
    {
        id: 'findings',
        title: 'Odd',
        width: 360,
        value: (f) => f.findings,
        cell: (f) =>
            f.odd ? (
                <span class={f.severity === 'Error' ? 'loss' : ''} title={f.odd}>
                    {f.findings > 1 ? `${counted(f.findings, 'finding')}: ` : ''}
                    {f.odd}
                </span>
            ) : (
                ''
            ),
    },
    {
        id: 'file',
        title: 'File',
        width: 260,
        value: (f) => f.file,
        cell: (f) => <Unbroken>{`${f.file}${f.format ? ` (${f.format})` : ''}`}</Unbroken>,
    },
];

const pageSize = 200;

/** The bar files of the data folder that batches can use; the server sorts them, and reads new ones in the background. */
export function BarFiles() {
    const { search, set } = useSearch();
    const sort = search.files ?? 'file';
    const find = search.file ?? '';
    const { rows, problem, more, reload } = usePages<Entry>(
        `files|${sort}|${find}`,
        async (cursor) => {
            const query = { sort, limit: pageSize, ...(find ? { search: find } : {}), ...(cursor ? { cursor } : {}) };
            return (await take(api.GET('/api/v1/data/files', { params: { query } }))) as Page;
        },
        find === '' ? 0 : 150,
    );
    const waiting = (rows as Page | undefined)?.waiting ?? 0;
    useEffect(() => {
        if (waiting === 0) return;
        const timer = setTimeout(reload, 1000);
        return () => clearTimeout(timer);
    }, [waiting, rows, reload]);
    return (
        <section>
            <h2>Bar files</h2>
            <p class="lead">
                Files in the data folder that a batch can use as they are, in any known format.{' '}
                {can('submitter') && 'Choose a symbol to begin a batch on it.'}
            </p>
            <div class="filters">
                <TextField
                    label="Find a file"
                    type="search"
                    value={find}
                    onValue={(file) => set({ file })}
                    placeholder="a part of its path or symbol"
                />
            </div>
            {problem && <Failed problem={problem} />}
            {!rows && !problem && <Loading height={300} />}
            {rows && (
                <p class="note" role="status">
                    {counted(rows.total, 'market')} in files.{' '}
                    {waiting > 0 && `${counted(waiting, 'file')} ${waiting === 1 ? 'is' : 'are'} being read; the list grows.`}
                </p>
            )}
            {rows?.total === 0 && waiting === 0 && (
                <Empty title={find ? 'No file matches' : 'The data folder has no bar files'}>
                    {find ? (
                        <button type="button" onClick={() => set({ file: '' })}>
                            Show all files
                        </button>
                    ) : (
                        <p>Put files into it (CSV of Yahoo, Binance, LEAN and others, or tables of your own), or import some.</p>
                    )}
                </Empty>
            )}
            {rows && rows.items.length > 0 && (
                <DataTable
                    label="Bar files"
                    rows={rows.items}
                    columns={columns}
                    id={(f) => `${f.file} ${f.symbol}`}
                    sorting={{ id: sort.replace(/^-/, ''), descending: sort.startsWith('-') }}
                    total={rows.total}
                    onMore={more}
                    onSort={(s) => s && set({ files: `${s.descending ? '-' : ''}${s.id}` })}
                />
            )}
        </section>
    );
}
