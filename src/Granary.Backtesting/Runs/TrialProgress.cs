using System.Diagnostics;
using Granary.Simulation.Passes;

namespace Granary.Backtesting.Runs;

/// <summary>
/// Turns the progress of the rounds of a search into one of all trials. The total is estimated from the work of the trials up to now.
/// </summary>
/// <param name="capacity">Number of strategies with all trials.</param>
internal sealed class TrialProgress(IProgress<BatchProgress> to, int capacity) : IProgress<BatchProgress>
{
    private readonly Stopwatch _clock = Stopwatch.StartNew();
    private long _before, _now;
    private int _done, _running;

    /// <summary>The best results so far, in words; null if there are none.</summary>
    public string? Best { get; set; }

    /// <summary>Ends a pass.</summary>
    /// <param name="trials">Number of strategies that the pass has completed.</param>
    public void End(int trials)
    {
        _before += _now;
        _done += trials;
        (_now, _running) = (0, 0);
    }

    public void Report(BatchProgress value)
    {
        (_now, _running) = (value.Evaluations, value.StrategiesDone);
        var (evaluations, elapsed) = (_before + _now, _clock.Elapsed);
        // The work of a pass is known, that of the strategies after it is as much for each of them.
        var known = _done + value.Strategies;
        var total = Math.Max(evaluations, known == 0 ? 0 : (long)((_before + value.Total) / (double)known * Math.Max(capacity, known)));
        var rate = evaluations / Math.Max(1e-9, elapsed.TotalSeconds);
        to.Report(value with
        {
            Strategies = Math.Max(capacity, known),
            StrategiesDone = _done + _running,
            Evaluations = evaluations,
            Total = total,
            BarsPerSecond = rate,
            Elapsed = elapsed,
            Remaining = rate > 0 && total > evaluations ? TimeSpan.FromSeconds((total - evaluations) / rate) : null,
            Best = Best,
        });
    }
}
