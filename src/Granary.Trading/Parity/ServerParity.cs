using Granary.Contracts.Deployments;
using Granary.Engine;
using Granary.Simulation.Catalogues;
using Granary.Trading.Deployments;
using Granary.Trading.Live;

namespace Granary.Trading.Parity;

/// <summary>Compares the accounts of a server, also while their sessions run, and keeps the records with its deployments.</summary>
internal sealed class ServerParity(ISessionService sessions, IAccountStore accounts, DeploymentBook book, GranaryCatalogues catalogues,
    TimeProvider clock)
{
    /// <inheritdoc cref="AccountParity.CompareAsync"/>
    public async Task<IReadOnlyList<ParityRecord>> CompareAsync(ParityRequest request, Action<DateOnly>? progress = null,
        Func<ParityRecord, Task>? compared = null, CancellationToken cancellationToken = default)
    {
        var start = await sessions.StartOfAsync(request.Account, cancellationToken).ConfigureAwait(false)
            ?? throw new InputException($"there is no session of the account '{request.Account}' here; GET /sessions lists the accounts");
        return await new AccountParity(accounts, catalogues, clock).CompareAsync(request, start, book, progress, compared,
            cancellationToken).ConfigureAwait(false);
    }
}
