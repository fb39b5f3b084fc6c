import { useLocation } from 'preact-iso';
import { useMemo } from 'preact/hooks';
import type { Schemas } from '../../api/client';
import { useSearch } from '../../api/useSearch';
import { TextField } from '../../components/Field';
import { Empty, Failed, Loading } from '../../components/States';
import { DataTable, type Column } from '../../components/Table';
import { counted } from '../../format/numbers';
import { time, duration } from '../../format/times';
import { useTitle } from '../../layout/title';
import { runPath } from './run';
import { useAllRuns } from './useAllRuns';

type Run = Schemas['RunSummary'];

const columns: Column<Run>[] = [
    {
        id: 'batch',
        title: 'Batch',
        width: 220,
        value: (r) => r.batch,
        cell: (r) => <a href={runPath(r.id)}>{r.batch}</a>,
    },
    { id: 'created', title: 'Finished', width: 150, value: (r) => r.created, cell: (r) => time(r.created) },
    { id: 'seconds', title: 'Took', width: 100, figure: true, value: (r) => r.seconds, cell: (r) => duration(r.seconds) },
    { id: 'digest', title: 'Digest', width: 130, cell: (r) => <code>{r.digest.slice(0, 12)}</code> },
    { id: 'id', title: 'Folder', width: 300, value: (r) => r.id, cell: (r) => r.id },
];

/** Finished runs of the server's folder. */
export default function RunsView() {
    useTitle('Runs');
    const { route } = useLocation();
    const { search, set } = useSearch();
    const { items, complete, problem, reload } = useAllRuns();
    const find = (search.find ?? '').toLowerCase();
    const found = useMemo(() => items?.filter((r) => `${r.batch} ${r.id} ${r.digest}`.toLowerCase().includes(find)), [items, find]);
    if (problem && !found) return <Failed problem={problem} retry={reload} />;
    return (
        <>
            <h1>Runs</h1>
            {!found && <Loading />}
            {items?.length === 0 && (
                <Empty title="There are no runs yet">
                    <a class="button primary" href="/">
                        Make the first one
                    </a>
                </Empty>
            )}
            {found && items && items.length > 0 && (
                <>
                    <div class="row filters">
                        <TextField label="Find" type="search" value={search.find ?? ''} onValue={(text) => set({ find: text })} />
                    </div>
                    <p class="note" role="status">
                        {counted(found.length, 'run')}
                        {complete ? '' : ' so far'}
                    </p>
                    <DataTable
                        label="Runs"
                        rows={found}
                        columns={columns}
                        id={(r) => r.id}
                        sorting={{ id: 'created', descending: true }}
                        onOpen={(r) => route(runPath(r.id))}
                    />
                </>
            )}
        </>
    );
}
