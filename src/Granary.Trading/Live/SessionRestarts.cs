using Granary.Contracts.Sessions;
using Granary.Data.Journals;
using Granary.Engine.Market;
using Granary.Simulation.Json;

namespace Granary.Trading.Live;

/// <summary>
/// The retry policy of interrupted sessions: whether a session is restarted on its journal, and after which pause. Pauses double from a
/// tenth of a second up to five seconds for the first 20 attempts without a new bar, and then up to a minute.
/// </summary>
/// <param name="isLoss">Whether an exception is a loss that only this host knows and that passes; null for none.</param>
public sealed class SessionRestarts(TimeProvider clock, Func<Exception, bool>? isLoss = null)
{
    // After this many failures without a new bar, a fault that is not known to pass ends the session.
    private const int Most = SessionRetry.ShortPauses;
    // A stop is carried out by the session itself where it comes back at once.
    private const int StopsAfter = 3;
    private static readonly TimeSpan First = TimeSpan.FromMilliseconds(100), Soon = TimeSpan.FromSeconds(5),
        Longest = TimeSpan.FromMinutes(1);

    private long _bars = -1;
    private TimeSpan _pause = First;
    private volatile SessionRetry? _last;
    private LiveStatus? _lastStatus;

    /// <summary>What the session waits for; null where it has shown a status since it was interrupted.</summary>
    /// <param name="status">Its newest.</param>
    public SessionRetry? Waiting(LiveStatus? status) => ReferenceEquals(status, _lastStatus) ? _last : null;

    /// <param name="status">The session's newest; null before its first.</param>
    /// <returns>The next try; null where the session has failed: a wrong configuration does not pass.</returns>
    public SessionRetry? After(Exception fault, LiveStatus? status)
    {
        var bars = status?.Bars ?? 0;
        var attempts = bars > _bars ? 1 : (_last?.Attempts ?? 0) + 1;
        _pause = attempts == 1 ? First : TimeSpan.FromTicks(Math.Min(2 * _pause.Ticks, (attempts <= Most ? Soon : Longest).Ticks));
        (_bars, _lastStatus) = (Math.Max(_bars, bars), status);
        return _last = fault is not (InputException or BarDataException) && (MayPass(fault) || attempts < Most)
            ? new SessionRetry(attempts, clock.GetUtcNow() + _pause, fault.Message) : null;
    }

    /// <summary>
    /// Waits for the next try. An operator's stop ends the wait early: a session that cannot run cannot execute the stop.
    /// </summary>
    /// <param name="stopAsked">Completes with an operator's stop.</param>
    /// <returns>The stop; null where the next try begins.</returns>
    public async Task<SessionOrder?> WaitAsync(Task<SessionOrder> stopAsked, CancellationToken cancellationToken)
    {
        using var until = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var pause = Task.Delay(_pause, clock, until.Token);
        if (_last is { Attempts: >= StopsAfter } && await Task.WhenAny(pause, stopAsked) != pause)
        {
            await until.CancelAsync();
            return await stopAsked;
        }
        await pause;
        return null;
    }

    /// <summary>The sentence that a session ends with.</summary>
    public static string Describe(Exception fault) =>
        fault is InputException or BarDataException ? fault.Message : $"{fault.GetType().Name}: {fault.Message}";

    /// <summary>The sentence of a session that was stopped while it waited.</summary>
    /// <param name="reason">What it waited for.</param>
    public static string Describe(SessionOrder stop, string reason) => $"{stop.Who} stopped the session while it could not run "
        + $"({reason.TrimEnd('.')}); positions stay open, and a new session continues from the journal";

    private bool MayPass(Exception fault) =>
        fault is LeaseException or JournalException or ServiceUnavailableException or BarStoreException or OperationCanceledException
        || isLoss?.Invoke(fault) == true;
}
