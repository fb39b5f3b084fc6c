import { LocationProvider, Route, Router } from 'preact-iso';
import { Layout } from './layout/Layout';
import { NotFound } from './layout/NotFound';
import { views } from './views/registry';

/** The dashboard: the layout around the view that the address names. */
export function App() {
    return (
        <LocationProvider scope={/^\/(?!api\/|openapi\/|errors\/|health\/|shares\/|sign-in)/}>
            <Layout>
                <Router>
                    {views.map((v) => (
                        <Route key={v.path} path={v.path} component={v.component} />
                    ))}
                    <Route default component={NotFound} />
                </Router>
            </Layout>
        </LocationProvider>
    );
}
