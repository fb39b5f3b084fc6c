using Granary.Trading.Live;

namespace Granary.Api.Accounts;

/// <summary>The live accounts that the server's options name, and those that the server itself trades.</summary>
/// <param name="sessions">null if the server trades no account.</param>
/// <param name="store">Store of the accounts that the server trades.</param>
internal sealed class LiveAccounts(ApiSettings settings, TimeProvider clock, ISessionService? sessions = null, IAccountStore? store = null)
{
    public async Task<AccountReader> ReaderAsync(CancellationToken cancellationToken) =>
        new([.. settings.Accounts, .. sessions is null ? []
            : (await sessions.ListAsync(cancellationToken).ConfigureAwait(false)).Select(s => AccountReader.Own + s.Id)], clock, store);

    public async Task<AccountStrategies> StrategiesAsync(CancellationToken cancellationToken) =>
        new(await ReaderAsync(cancellationToken).ConfigureAwait(false));

    /// <summary>Sends a command to the sessions of some accounts.</summary>
    /// <returns>Number of sessions that accept the command.</returns>
    public async Task<int> CommandAsync(IssuedCommand command, IReadOnlyCollection<string> accounts, CancellationToken cancellationToken)
    {
        var sent = (await ReaderAsync(cancellationToken).ConfigureAwait(false)).Send(command, accounts);
        foreach (var session in sessions is null ? [] : await sessions.ListAsync(cancellationToken).ConfigureAwait(false))
            if (session.IsRunning && accounts.Contains(session.Id))
            {
                await sessions!.CommandAsync(session.Id, command, cancellationToken).ConfigureAwait(false);
                sent++;
            }
        return sent;
    }
}
