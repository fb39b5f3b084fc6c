using Granary.Application.Jobs;
using Granary.Application.Json;
using Granary.Data.Journals;
using Granary.Engine.Market;

namespace Granary.Application.Live;

/// <summary>Decides whether a session that was interrupted is restarted on its journal, and after which pause.</summary>
/// <param name="isLoss">Whether an exception is a loss that only this host knows and that passes; null for none.</param>
public sealed class SessionRestarts(Func<Exception, bool>? isLoss = null)
{
    // After this many failures without a new bar, the session has no progress.
    private const int Most = 20;
    private static readonly TimeSpan Shortest = TimeSpan.FromMilliseconds(100), Longest = TimeSpan.FromSeconds(5);

    private int _failures;
    private long _bars = -1;
    private TimeSpan _pause = Shortest;

    /// <param name="bars">Bars that the session has taken so far.</param>
    /// <returns>The pause before the next try; null where the session has failed: a wrong configuration does not pass.</returns>
    public TimeSpan? PauseAfter(Exception fault, long bars)
    {
        (_failures, _pause) = bars > _bars ? (1, Shortest) : (_failures + 1, _pause < Longest ? _pause * 2 : Longest);
        _bars = bars;
        if (fault is InputException or BarDataException) return null;
        return MayPass(fault) || _failures < Most ? _pause : null;
    }

    /// <summary>The sentence that a session ends with.</summary>
    public static string Describe(Exception fault) =>
        fault is InputException or BarDataException ? fault.Message : $"{fault.GetType().Name}: {fault.Message}";

    private bool MayPass(Exception fault) =>
        fault is LeaseException or JournalException or ServiceUnavailableException or BarStoreException or OperationCanceledException
        || isLoss?.Invoke(fault) == true;
}
