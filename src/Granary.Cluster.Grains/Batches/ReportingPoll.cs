using Granary.Cluster.Batches;
using Granary.Cluster.Grains.Telemetry;

namespace Granary.Cluster.Grains.Batches;

/// <summary>
/// Asks the reporting grain of a run without waiting for the answer, which comes when the run has changed, at the latest after a timer
/// period.
/// </summary>
/// <param name="ask">Asks the grain, with the revision of the last answer.</param>
/// <param name="changed">Called when the answer differs from the last one.</param>
/// <param name="failed">Called when there was no answer; the next call asks again.</param>
internal sealed class ReportingPoll(Func<long, Task<ReportingStatus>> ask, Action changed, Action<Exception> failed)
{
    private Task _asking = Task.CompletedTask;
    private bool _hasBegun;

    /// <summary>The last answer; null before the first.</summary>
    public ReportingStatus? Answer { get; private set; }

    /// <summary>Asks, unless an answer is awaited.</summary>
    public void Ask()
    {
        if (_asking.IsCompleted) _asking = AskAsync(Answer?.Revision ?? -1);
    }

    // The call that starts the reporting is part of the trace; those that ask for its progress are not.
    private async Task AskAsync(long seen)
    {
        try
        {
            var before = Answer;
            Answer = await (_hasBegun ? Untraced.CallAsync(() => ask(seen)) : ask(seen));
            _hasBegun = true;
            if (Answer with { Leaders = before?.Leaders } != before) changed();
        }
        catch (Exception e)
        {
            _hasBegun = false;
            failed(e);
        }
    }

    /// <summary>Discards the last answer and a pending one, because the run begins again.</summary>
    public async Task ForgetAsync()
    {
        await _asking;
        (Answer, _hasBegun) = (null, false);
    }
}
