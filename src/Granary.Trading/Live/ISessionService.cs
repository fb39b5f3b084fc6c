using System.Text.Json.Serialization;
using Granary.Contracts.Sessions;
using Granary.Engine;
using Granary.Simulation.Json;
using Granary.Simulation.RunFolders;

namespace Granary.Trading.Live;

/// <summary>
/// Live sessions of a server, one for each account. A session has the id of its account and of its portfolio.
/// </summary>
internal interface ISessionService
{
    /// <summary>Starts a session, or resumes the account's journal if it has one.</summary>
    /// <exception cref="InputException">
    /// The configuration, the feed or an option is invalid, or the validation checks are insufficient.
    /// </exception>
    /// <exception cref="Data.Journals.LeaseException">Another session trades the account.</exception>
    /// <exception cref="ServiceUnavailableException">The journal or the cluster does not respond.</exception>
    ValueTask<SessionView> StartAsync(SessionStart start, CancellationToken cancellationToken = default);

    /// <summary>Returns all known sessions, newest first.</summary>
    ValueTask<IReadOnlyList<SessionView>> ListAsync(CancellationToken cancellationToken = default);

    /// <returns>Null if the account never had a session.</returns>
    ValueTask<SessionView?> FindAsync(string id, CancellationToken cancellationToken = default);

    /// <summary>Returns the request that started the account's last session.</summary>
    /// <returns>Null if the account never had a session.</returns>
    ValueTask<SessionStart?> StartOfAsync(string id, CancellationToken cancellationToken = default);

    /// <summary>Returns the ids of the strategies in a running session; null if none is running.</summary>
    ValueTask<IReadOnlySet<string>?> StrategiesAsync(string id, CancellationToken cancellationToken = default);

    /// <summary>Returns the current state of a strategy in a running session.</summary>
    /// <param name="id">The session's id.</param>
    /// <param name="strategy">The strategy's id.</param>
    /// <returns>Null if no session is running, or it has no such strategy.</returns>
    /// <exception cref="ServiceUnavailableException">
    /// The session is opening its account or recovering from a loss, or the cluster does not respond.
    /// </exception>
    ValueTask<SessionStrategy?> StrategyAsync(string id, string strategy, CancellationToken cancellationToken = default);

    /// <summary>
    /// Stops one strategy with a command that is written to the session's journal. Its entries are refused from the next bar on; its open
    /// trades continue to their exits. A disabled or failed strategy is unchanged.
    /// </summary>
    /// <param name="who">The caller's name, for the journal.</param>
    /// <returns>The strategy after the command; null as for <see cref="StrategyAsync"/>.</returns>
    /// <exception cref="ServiceUnavailableException">As for <see cref="StrategyAsync"/>.</exception>
    ValueTask<SessionStrategy?> StopStrategyAsync(string id, string strategy, string who, string why,
        CancellationToken cancellationToken = default);

    /// <summary>Sends a command to a session. When it returns, the command is in the journal and applies from the next bar on.</summary>
    /// <returns>The session's state after the command; null if it does not exist.</returns>
    /// <exception cref="InputException">The session has ended.</exception>
    ValueTask<SessionView?> CommandAsync(string id, IssuedCommand command, CancellationToken cancellationToken = default);

    /// <summary>Opens a file of the session's run after the session has ended.</summary>
    ValueTask<RunFile?> OpenFileAsync(string id, string name, CancellationToken cancellationToken = default);
}
