using Granary.Contracts.Sessions;
using Granary.Data.Journals;
using Granary.Engine;
using Granary.Simulation.Batches;
using Granary.Simulation.Json;
using Granary.Simulation.RunFolders;
using Granary.Simulation.Weights;
using Granary.Trading.Live;

namespace Granary.Trading.Sessions;

/// <summary>
/// Concurrent live sessions in this process, one for each account. A session that was running when the process ended is continued from its
/// journal at the next start.
/// </summary>
/// <remarks>
/// <c>RUNS/.sessions</c> has a file for each account, with the request and the state of its last session. The account store has the
/// journals.
/// </remarks>
internal sealed class LocalSessions : ISessionService, IAsyncDisposable
{
    /// <summary>The folder of the accounts' journals inside the folder of the runs.</summary>
    public const string AccountsFolder = ".accounts";

    private readonly SessionServices _services;
    private readonly Lock _lock = new();
    private readonly SemaphoreSlim _starting = new(1, 1);
    private readonly Dictionary<string, LocalSession> _sessions = new(StringComparer.Ordinal);

    /// <summary>Opens the sessions of a folder of runs, and continues those that had not ended.</summary>
    /// <exception cref="InputException">The file of a session cannot be read.</exception>
    public LocalSessions(SessionServices services)
    {
        _services = services;
        foreach (var stored in SessionFile.ReadAll(services.Runs))
            _sessions.Add(stored.View.Id, LocalSession.Continue(stored, services));
    }

    /// <inheritdoc/>
    public async ValueTask<SessionView> StartAsync(SessionStart start, CancellationToken cancellationToken = default)
    {
        var production = new ProductionReader(_services.Catalogues).Read(start.File, start.Text, start.Folder);
        LiveSession.Check(start.ToRequest(_services.Catalogues), production);
        var account = start.Account ?? production.Spec.Name;
        await _starting.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            var known = Find(account);
            if (known?.View is { Phase: SessionPhase.Running } running)
                throw new LeaseException($"the account {account} is traded by a session of this server, started "
                    + $"by {running.StartedBy} at {running.StartedAt:yyyy-MM-dd HH:mm:ss}Z; stop that session first, or give this one "
                    + "another account");
            // The earlier session writes the file of the account no more.
            known?.SaveUnsaved();
            var now = _services.Clock.GetUtcNow();
            var view = new SessionView(account, JobId.New(production.Spec.Name + "-live", now), SessionPhase.Running, start.StartedBy,
                now, Environment.MachineName, Environment.MachineName, null, null, null, 0, []);
            var session = await LocalSession.StartAsync(new StoredSession(start with { Account = account }, view, []), _services)
                .ConfigureAwait(false);
            lock (_lock) _sessions[account] = session;
            return session.View;
        }
        catch (Exception e) when (e is JournalException or IOException)
        {
            throw new ServiceUnavailableException(e.Message, e);
        }
        finally
        {
            _starting.Release();
        }
    }

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<SessionView>> ListAsync(CancellationToken cancellationToken = default)
    {
        lock (_lock)
            return new([.. _sessions.Values.Select(s => s.View).OrderByDescending(v => v.StartedAt)
                .ThenBy(v => v.Id, StringComparer.Ordinal)]);
    }

    /// <inheritdoc/>
    public ValueTask<SessionView?> FindAsync(string id, CancellationToken cancellationToken = default)
    {
        WeightsValidation.CheckPortfolio(id);
        return new(Find(id)?.View);
    }

    /// <inheritdoc/>
    public ValueTask<SessionStart?> StartOfAsync(string id, CancellationToken cancellationToken = default)
    {
        WeightsValidation.CheckPortfolio(id);
        return new(Find(id)?.Start);
    }

    /// <inheritdoc/>
    public ValueTask<IReadOnlySet<string>?> StrategiesAsync(string id, CancellationToken cancellationToken = default)
    {
        WeightsValidation.CheckPortfolio(id);
        return new(Find(id) is { View.Phase: SessionPhase.Running } session
            ? session.Start.StrategiesOf(_services.Catalogues) : null);
    }

    /// <inheritdoc/>
    public ValueTask<SessionStrategy?> StrategyAsync(string id, string strategy, CancellationToken cancellationToken = default)
    {
        WeightsValidation.CheckPortfolio(id);
        return new(Find(id)?.Strategy(strategy));
    }

    /// <inheritdoc/>
    public async ValueTask<SessionStrategy?> StopStrategyAsync(string id, string strategy, string who, string why,
        CancellationToken cancellationToken = default)
    {
        WeightsValidation.CheckPortfolio(id);
        if (Find(id) is not { } session || session.Strategy(strategy) is not { } found) return null;
        if (!found.CanStop) return found;
        await session.CommandAsync(SessionStrategies.StopOrder(strategy, who, why), cancellationToken).ConfigureAwait(false);
        return session.Strategy(strategy) ?? found;
    }

    /// <inheritdoc/>
    public async ValueTask<SessionView?> CommandAsync(string id, IssuedCommand command, CancellationToken cancellationToken = default)
    {
        WeightsValidation.CheckPortfolio(id);
        return Find(id) is { } session ? await session.CommandAsync(command, cancellationToken).ConfigureAwait(false) : null;
    }

    /// <inheritdoc/>
    public async ValueTask<RunFile?> OpenFileAsync(string id, string name, CancellationToken cancellationToken = default) =>
        await FindAsync(id, cancellationToken).ConfigureAwait(false) is { } view && view.Files.Contains(name)
            ? RunFile.Open(Path.Combine(_services.Runs, view.Run), name) : null;

    /// <summary>Interrupts the sessions without marking them as ended: the next start continues them.</summary>
    public async ValueTask DisposeAsync()
    {
        await _starting.WaitAsync().ConfigureAwait(false);
        LocalSession[] all;
        lock (_lock) all = [.. _sessions.Values];
        await Task.WhenAll(all.Select(s => s.DisposeAsync().AsTask())).ConfigureAwait(false);
        _starting.Dispose();
    }

    private LocalSession? Find(string account)
    {
        lock (_lock) return _sessions.GetValueOrDefault(account);
    }
}
