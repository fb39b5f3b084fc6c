using Granary.Cluster.Portfolios;
using Granary.Contracts.Sessions;
using Granary.Data.Journals;
using Granary.Server.Jobs;
using Granary.Simulation.Batches;
using Granary.Simulation.Catalogues;
using Granary.Simulation.Json;
using Granary.Simulation.RunFolders;
using Granary.Simulation.Weights;
using Granary.Trading.Live;

namespace Granary.Cluster.Grains.Services;

/// <summary>Session service of a silo's HTTP API: starts, shows and commands the live sessions of the cluster.</summary>
/// <param name="grains">The grain factory of a silo, or of a client of the cluster.</param>
/// <param name="batches">Reads the files of runs.</param>
/// <param name="catalogues">Catalogues of the process, with its strategy classes and brokers.</param>
internal sealed class ClusterSessions(IGrainFactory grains, IJobService batches, GranaryCatalogues catalogues) : ISessionService
{
    private ISessionGrain Grain(string id) => grains.GetGrain<ISessionGrain>(id);

    /// <inheritdoc/>
    public async ValueTask<SessionView> StartAsync(SessionStart start, CancellationToken cancellationToken = default)
    {
        var production = new ProductionReader(catalogues).Read(start.File, start.Text, start.Folder);
        var account = start.Account ?? production.Spec.Name;
        LiveSession.Check(start.ToRequest(catalogues), production);
        try
        {
            // The call is not repeated: if its answer is lost, the caller must look whether the session runs.
            return await Grain(account).StartAsync(start with { Account = account }).WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (JournalException e)
        {
            throw new ServiceUnavailableException(e.Message, e);
        }
        catch (Exception e) when (LostCall.Is(e))
        {
            throw new ServiceUnavailableException($"the cluster did not say whether the session "
                + $"of {account} has begun ({e.Message.TrimEnd('.')}); look at it before it is started again", e);
        }
    }

    /// <inheritdoc/>
    public async ValueTask<IReadOnlyList<SessionView>> ListAsync(CancellationToken cancellationToken = default)
    {
        var ids = await GrainCalls.TryAsync(grains.GetGrain<ISessionListGrain>(ISessionListGrain.Key).AllAsync, cancellationToken)
            .ConfigureAwait(false);
        var all = new List<SessionView>();
        foreach (var part in ids.Chunk(32))
            all.AddRange((await Task.WhenAll(part.Select(id => FindAsync(id, cancellationToken).AsTask()))
                .ConfigureAwait(false)).OfType<SessionView>());
        return all;
    }

    /// <inheritdoc/>
    public async ValueTask<SessionView?> FindAsync(string id, CancellationToken cancellationToken = default)
    {
        WeightsValidation.CheckPortfolio(id);
        return await GrainCalls.TryAsync(Grain(id).SessionAsync, cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async ValueTask<SessionStart?> StartOfAsync(string id, CancellationToken cancellationToken = default)
    {
        WeightsValidation.CheckPortfolio(id);
        return await GrainCalls.TryAsync(Grain(id).StartOfAsync, cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async ValueTask<IReadOnlySet<string>?> StrategiesAsync(string id, CancellationToken cancellationToken = default)
    {
        WeightsValidation.CheckPortfolio(id);
        var known = await GrainCalls.TryAsync(Grain(id).StrategiesAsync, cancellationToken).ConfigureAwait(false);
        return known?.ToHashSet(StringComparer.Ordinal);
    }

    /// <inheritdoc/>
    public async ValueTask<SessionStrategy?> StrategyAsync(string id, string strategy, CancellationToken cancellationToken = default)
    {
        WeightsValidation.CheckPortfolio(id);
        return await GrainCalls.TryAsync(stop => Grain(id).StrategyAsync(strategy, stop), cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async ValueTask<SessionStrategy?> StopStrategyAsync(string id, string strategy, string who, string why,
        CancellationToken cancellationToken = default)
    {
        WeightsValidation.CheckPortfolio(id);
        return await SentAsync(id, () => Grain(id).StopStrategyAsync(strategy, who, why), cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async ValueTask<SessionView?> CommandAsync(string id, IssuedCommand command, CancellationToken cancellationToken = default)
    {
        WeightsValidation.CheckPortfolio(id);
        return await SentAsync(id, () => Grain(id).CommandAsync(command), cancellationToken).ConfigureAwait(false);
    }

    // The call is not repeated: if its answer is lost, the journal shows whether the command is in force.
    private static async Task<T> SentAsync<T>(string id, Func<Task<T>> command, CancellationToken cancellationToken)
    {
        try
        {
            return await command().WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (LostCall.Is(e))
        {
            throw new ServiceUnavailableException($"the cluster did not say whether the session "
                + $"of {id} has the command ({e.Message.TrimEnd('.')}); its journal does, or give it again", e);
        }
    }

    /// <inheritdoc/>
    public async ValueTask<RunFile?> OpenFileAsync(string id, string name, CancellationToken cancellationToken = default) =>
        await FindAsync(id, cancellationToken).ConfigureAwait(false) is { } view && view.Files.Contains(name)
            ? await batches.OpenFileAsync(view.Run, name, cancellationToken).ConfigureAwait(false) : null;
}
