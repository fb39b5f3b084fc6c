using Granary.Contracts.Sessions;
using Granary.Data.Journals;
using Granary.Engine;
using Granary.Engine.Market;
using Granary.Simulation.Json;

namespace Granary.Trading.Live;

/// <summary>
/// The retry policy of interrupted sessions: whether and when a session is restarted on its journal. For the first 20 attempts without a
/// new bar, delays double from 100 ms up to 5 s; later ones double up to a minute.
/// </summary>
/// <param name="isLoss">Whether an exception is a temporary loss that only this host recognizes; null for none.</param>
internal sealed class SessionRestarts(TimeProvider clock, Func<Exception, bool>? isLoss = null)
{
    // After this many failures without a new bar, a fault that is not known to be temporary ends the session.
    private const int Most = SessionRetry.ShortPauses;
    // For the first attempts, the restarted session itself executes a stop.
    private const int StopsAfter = 3;
    private static readonly TimeSpan First = TimeSpan.FromMilliseconds(100), Soon = TimeSpan.FromSeconds(5),
        Longest = TimeSpan.FromMinutes(1);

    private long _bars = -1;
    private TimeSpan _pause = First;
    private volatile SessionRetry? _last;
    private LiveStatus? _lastStatus;

    /// <summary>Returns the pending retry; null if the session has shown a status since it was interrupted.</summary>
    /// <param name="status">Its newest status.</param>
    public SessionRetry? Waiting(LiveStatus? status) => ReferenceEquals(status, _lastStatus) ? _last : null;

    /// <param name="status">The session's newest status; null before its first.</param>
    /// <returns>The next attempt; null if the session has failed permanently, for example because of an invalid configuration.</returns>
    public SessionRetry? After(Exception fault, LiveStatus? status)
    {
        var bars = status?.Bars ?? 0;
        var attempts = bars > _bars ? 1 : (_last?.Attempts ?? 0) + 1;
        _pause = attempts == 1 ? First : TimeSpan.FromTicks(Math.Min(2 * _pause.Ticks, (attempts <= Most ? Soon : Longest).Ticks));
        (_bars, _lastStatus) = (Math.Max(_bars, bars), status);
        return _last = fault is not (InputException or BarDataException) && (MayPass(fault) || attempts < Most)
            ? new SessionRetry(attempts, clock.GetUtcNow() + _pause, ReasonOf(fault)) : null;
    }

    /// <summary>
    /// Waits for the next attempt. An operator's stop ends the wait early, because a session that cannot run cannot execute it.
    /// </summary>
    /// <param name="stopAsked">Completes with an operator's stop.</param>
    /// <returns>The stop; null if the next attempt is due.</returns>
    public async Task<IssuedCommand?> WaitAsync(Task<IssuedCommand> stopAsked, CancellationToken cancellationToken)
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

    /// <summary>Returns why a session waits. It takes its account over without its operator, so no one has to stop anything.</summary>
    public static string ReasonOf(Exception fault) => fault is LeaseException { Held: { } held }
        ? $"{held}; this session goes on when that one has ended or lost its connection" : fault.Message;

    /// <summary>Returns the final message of a session.</summary>
    public static string Describe(Exception fault) =>
        fault is InputException or BarDataException ? fault.Message : $"{fault.GetType().Name}: {fault.Message}";

    /// <summary>Returns the message of a session that was stopped while it waited.</summary>
    /// <param name="reason">The reason for the wait.</param>
    public static string Describe(IssuedCommand stop, string reason) => $"{stop.Who} stopped the session while it could not run "
        + $"({reason.TrimEnd('.')}); positions stay open, and a new session continues from the journal";

    private bool MayPass(Exception fault) =>
        // An IOException is mostly a full disk: the wait ends when there is room.
        fault is LeaseException or JournalException or ServiceUnavailableException or BarStoreException or OperationCanceledException
            or IOException
        || isLoss?.Invoke(fault) == true;
}
