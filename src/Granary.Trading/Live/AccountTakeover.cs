using Granary.Data.Journals;
using Granary.Engine.Brokerage;

namespace Granary.Trading.Live;

/// <summary>
/// Prepares a session while another one still trades its account. The session reads the journal as far as it goes, runs its strategies over
/// it, and follows it. When the other session has left the account, it takes the lease, reads the rest, and trades.
/// </summary>
/// <remarks>Until it has the lease, it writes nothing and does not connect to the venue.</remarks>
internal sealed class AccountTakeover(TimeProvider clock)
{
    // A session that catches up later than this many readings follows one that writes as fast as it reads.
    private const int MostReadings = 5;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(250), Longest = TimeSpan.FromMinutes(2);

    private readonly TaskCompletionSource _ready = new(TaskCreationOptions.RunContinuationsAsynchronously),
        _turn = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Completes when the session has caught up with the journal.</summary>
    public Task Ready => _ready.Task;

    /// <summary>Has the session take the account, which the other one has left.</summary>
    public void Begin() => _turn.TrySetResult();

    /// <summary>Follows the journal until <see cref="Begin"/>, and takes the lease.</summary>
    /// <param name="past">The part of the journal that was read before.</param>
    /// <param name="configuration">Hash of the session's configuration.</param>
    /// <param name="replay">Replays the next part.</param>
    /// <exception cref="JournalException">The journal cannot be read, or continues with a different configuration.</exception>
    /// <exception cref="LeaseException">Another session has the account.</exception>
    /// <exception cref="TimeoutException">The account was not left in time.</exception>
    internal async Task FollowAsync(TradingAccount account, AccountPast past, string configuration, Action<AccountPast> replay,
        CancellationToken cancellationToken)
    {
        var (last, since, readings) = (past.Last, clock.GetTimestamp(), 0);
        while (!_turn.Task.IsCompleted)
        {
            var more = await NextAsync().ConfigureAwait(false);
            if (++readings < MostReadings && more.Events.Count > AccountPast.EntriesPerTask) continue;
            _ready.TrySetResult();
            await Task.WhenAny(_turn.Task, Task.Delay(Pause, clock, cancellationToken)).ConfigureAwait(false);
            cancellationToken.ThrowIfCancellationRequested();
            if (clock.GetElapsedTime(since) > Longest)
                throw new TimeoutException($"the account was not left within {Longest.TotalSeconds:0} s");
        }
        await account.TakeAsync(cancellationToken).ConfigureAwait(false);
        await NextAsync().ConfigureAwait(false);

        async Task<AccountPast> NextAsync()
        {
            var more = await AccountPast.ReadAsync(account.Journal, last, cancellationToken).ConfigureAwait(false);
            if (more.Events.Exists(e => e is DeploymentSwitched
                || e is SessionStarted started && started.Configuration != configuration))
                throw new JournalException($"{account.Journal.Name} continues with another configuration; the session begins again from "
                    + "it");
            last = Math.Max(last, more.Last);
            replay(more);
            return more;
        }
    }
}
