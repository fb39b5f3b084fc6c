import { api, take, type Schemas } from '../../api/client';
import { useQuery, useVersion, type Query } from '../../api/useQuery';

/** The configuration of a session, loaded again when its weights or its entries change. */
export function useConfiguration(session: Schemas['SessionView']): Query<Schemas['SessionConfiguration']> {
    const { id, run, status } = session;
    const configuration = useQuery(`configuration ${id} ${run}`, () =>
        take(api.GET('/api/v1/sessions/{id}/configuration', { params: { path: { id } } })),
    );
    useVersion(configuration, status?.weightsVersion ?? 0);
    useVersion(configuration, status?.stopped ?? 0);
    return configuration;
}
