using System.Text.Json.Serialization;
using Granary.Contracts.Sessions;
using Granary.Simulation.Json;
using Granary.Simulation.RunFolders;

namespace Granary.Trading.Live;

/// <summary>
/// Live sessions that a server runs, one for each account; the id of a session is its account's, which is its portfolio's too.
/// </summary>
public interface ISessionService
{
    /// <summary>Begins a session, or goes on with the account's journal where it has one.</summary>
    /// <exception cref="InputException">
    /// The configuration, the feed or an option is wrong, or the evidence does not suffice.
    /// </exception>
    /// <exception cref="Data.Journals.LeaseException">Another session trades the account.</exception>
    /// <exception cref="ServiceUnavailableException">The journal or the cluster does not answer.</exception>
    ValueTask<SessionView> StartAsync(SessionStart start, CancellationToken cancellationToken = default);

    /// <summary>All sessions that are known, the newest first.</summary>
    ValueTask<IReadOnlyList<SessionView>> ListAsync(CancellationToken cancellationToken = default);

    /// <returns>null where the account never had a session.</returns>
    ValueTask<SessionView?> FindAsync(string id, CancellationToken cancellationToken = default);

    /// <summary>Returns the ids of the strategies that a running session trades; null where none runs.</summary>
    ValueTask<IReadOnlySet<string>?> StrategiesAsync(string id, CancellationToken cancellationToken = default);

    /// <summary>A strategy of a running session as it stands.</summary>
    /// <param name="id">Of the session.</param>
    /// <param name="strategy">Its id.</param>
    /// <returns>null where no session runs, or it has no such strategy.</returns>
    /// <exception cref="ServiceUnavailableException">
    /// The session is opening its account or comes back from a loss, or the cluster does not answer.
    /// </exception>
    ValueTask<SessionStrategy?> StrategyAsync(string id, string strategy, CancellationToken cancellationToken = default);

    /// <summary>
    /// Stops one strategy, with a command that is put into the session's journal: its entries are refused from the next bar on, and its
    /// open trades go on to their exits. One that is disabled or has failed stays as it is.
    /// </summary>
    /// <param name="who">Name of the caller, for the journal.</param>
    /// <returns>The strategy after the command; null as for <see cref="StrategyAsync"/>.</returns>
    /// <exception cref="ServiceUnavailableException">As for <see cref="StrategyAsync"/>.</exception>
    ValueTask<SessionStrategy?> StopStrategyAsync(string id, string strategy, string who, string why,
        CancellationToken cancellationToken = default);

    /// <summary>Commands a session; when it returns, the command stands in the journal and is in force from the next bar on.</summary>
    /// <returns>How the session stands then; null where there is none.</returns>
    /// <exception cref="InputException">The session is over.</exception>
    ValueTask<SessionView?> CommandAsync(string id, SessionOrder order, CancellationToken cancellationToken = default);

    /// <summary>A file of the session's run, once it is over.</summary>
    ValueTask<RunFile?> OpenFileAsync(string id, string name, CancellationToken cancellationToken = default);
}
