import { useLocation } from 'preact-iso';
import { api, take, type Schemas } from '../../api/client';
import { useQuery } from '../../api/useQuery';
import { Empty, Loaded } from '../../components/States';
import { DataTable, type Column } from '../../components/Table';
import { time, duration } from '../../format/times';
import { useTitle } from '../../layout/title';

type Run = Schemas['RunSummary'];

const columns: Column<Run>[] = [
    {
        id: 'batch',
        title: 'Batch',
        width: 220,
        value: (r) => r.batch,
        cell: (r) => <a href={`/runs/${encodeURIComponent(r.id)}`}>{r.batch}</a>,
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
    const runs = useQuery('runs', () => take(api.GET('/api/v1/runs', { params: { query: { limit: 1000 } } })));
    return (
        <>
            <h1>Runs</h1>
            <Loaded query={runs}>
                {(page) =>
                    page.items.length === 0 ? (
                        <Empty title="There are no runs yet">
                            <a class="button primary" href="/">
                                Make the first one
                            </a>
                        </Empty>
                    ) : (
                        <DataTable
                            label="Runs"
                            rows={page.items}
                            columns={columns}
                            id={(r) => r.id}
                            sorting={{ id: 'created', descending: true }}
                            onOpen={(r) => route(`/runs/${encodeURIComponent(r.id)}`)}
                        />
                    )
                }
            </Loaded>
        </>
    );
}
