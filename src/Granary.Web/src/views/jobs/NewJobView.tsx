import { useLocation } from 'preact-iso';
import { useEffect } from 'preact/hooks';
import { useSearch } from '../../api/useSearch';
import { SelectField } from '../../components/Field';
import { Loaded } from '../../components/States';
import { useTitle } from '../../layout/title';
import { JobForm, valuesIn } from './JobForm';
import { isBatchKind, useKinds } from './kinds';

/** A job of any kind, from a form; batches, imports and studies have pages of their own. */
export default function NewJobView() {
    useTitle('New job');
    const { route } = useLocation();
    const { search, set } = useSearch();
    const kinds = useKinds();
    const found = kinds.data?.find((k) => k.name === search.kind);
    const elsewhere = !found
        ? undefined
        : isBatchKind(found)
          ? `/batches/new?as=${found.name}`
          : found.name === 'import'
            ? '/data/import'
            : found.name === 'study'
              ? '/studies/new'
              : undefined;
    useEffect(() => {
        if (elsewhere) route(elsewhere, true);
    }, [elsewhere, route]);
    return (
        <>
            <p class="eyebrow">
                <a href="/jobs">Jobs</a>
            </p>
            <h1>New job</h1>
            <Loaded query={kinds}>
                {(all) => (
                    <>
                        <div class="row fields">
                            <SelectField
                                label="Kind of job"
                                value={found?.name ?? ''}
                                hint={found?.summary}
                                options={[
                                    ...(found ? [] : [{ value: '', label: 'Choose a kind' }]),
                                    ...all.map((k) => ({ value: k.name, label: k.name })),
                                ]}
                                onValue={(kind) => set({ kind })}
                            />
                        </div>
                        {found && !elsewhere && (
                            <JobForm
                                key={found.name}
                                kind={found.name}
                                schema={found.schema}
                                action="Start the job"
                                initial={valuesIn(search, found.schema)}
                                onStarted={(job) => route(`/jobs/${encodeURIComponent(job.id)}?then=results`)}
                            />
                        )}
                    </>
                )}
            </Loaded>
        </>
    );
}
