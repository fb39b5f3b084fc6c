using Granary.Learning.Drift;

namespace Granary.Learning.Watching;

/// <summary>
/// Watches whether a model's predictions of a strategy's trades come true, and decides by a <see cref="WatchRule"/> when the strategy's
/// weight is cut and when it is whole again. The decisions follow from the outcomes and their order alone. An instance belongs to one
/// strategy and one thread.
/// </summary>
public sealed class PredictionWatch
{
    // Trades on each side of a change.
    private const int Least = 20;

    // Standard deviations of the difference of the means; less is chance.
    private const double Deviations = 3;

    private readonly WatchRule _rule;
    private readonly IDriftDetector _detector;
    private readonly List<double> _errors = [];
    private double _before, _middle;
    private int _reviewed, _wrong;

    /// <exception cref="LearningInputException">The detector or a parameter of it is unknown.</exception>
    public PredictionWatch(WatchRule rule)
    {
        _rule = rule;
        _detector = DriftDetectorCatalogue.BuiltIn.Create(rule.Detector, rule.Parameters);
    }

    /// <summary>Number of outcomes.</summary>
    public int Count { get; private set; }

    /// <summary>Whether the weight is cut.</summary>
    public bool IsCut { get; private set; }

    /// <summary>The part of the strategy's size that is left, 0 to 1.</summary>
    public double Weight => IsCut ? _rule.Weight : 1;

    /// <summary>Adds the outcome of the next trade, in the order of closing.</summary>
    /// <param name="wrong">Whether its prediction was wrong.</param>
    /// <returns>What changed; null for nothing.</returns>
    public WatchStep? Add(bool wrong)
    {
        Count++;
        var error = wrong ? 1.0 : 0;
        _errors.Add(error);
        if (_detector.Add(error) == DriftSignal.Drift && Alert() is { } alert) return alert;
        return IsCut ? Review(wrong) : null;
    }

    private WatchStep? Alert()
    {
        var growth = Growth();
        _errors.Clear();
        if (growth is not var (before, after, recent)) return null;
        // The error that a later alert compares with is that of the bad time; what is to be reached is that before the first.
        if (!IsCut) (_before, _middle) = (before, (before + after) / 2);
        (IsCut, _reviewed, _wrong) = (true, 0, 0);
        return new WatchStep(WatchChange.Alert, before, after, recent);
    }

    // The last growth of the error since the last alert: what lies before a fall is left out, and a change by chance is none.
    private (double Before, double After, int Recent)? Growth()
    {
        for (var from = 0; ;)
        {
            var (cut, deviations) = Change(from);
            if (Math.Abs(deviations) < Deviations) return null;
            if (deviations > 0) return (Mean(from, cut), Mean(cut, _errors.Count), _errors.Count - cut);
            from = cut;
        }
    }

    // Where the errors from a place on have changed most likely: at the largest standardised difference of the means on both sides.
    private (int Cut, double Deviations) Change(int from)
    {
        var n = _errors.Count - from;
        if (n < 2 * Least) return (from, 0);
        var (sum, mean, cut, largest) = (0.0, Mean(from, _errors.Count), from, 0.0);
        var deviation = Math.Sqrt(mean * (1 - mean));
        for (var k = 1; k <= n - Least; k++)
        {
            sum += _errors[from + k - 1];
            if (k < Least) continue;
            var difference = (mean * n - sum) / (n - k) - sum / k;
            var deviations = difference / deviation * Math.Sqrt((double)k * (n - k) / n);
            if (Math.Abs(deviations) > Math.Abs(largest)) (cut, largest) = (from + k, deviations);
        }
        return (cut, largest);
    }

    private double Mean(int from, int to)
    {
        var sum = 0.0;
        for (var i = from; i < to; i++) sum += _errors[i];
        return sum / (to - from);
    }

    private WatchStep? Review(bool wrong)
    {
        _reviewed++;
        if (wrong) _wrong++;
        if (_reviewed < _rule.Review) return null;
        var share = _wrong / (double)_reviewed;
        var reviewed = _reviewed;
        (_reviewed, _wrong) = (0, 0);
        if (share > _middle) return null;
        IsCut = false;
        return new WatchStep(WatchChange.Restored, _before, share, reviewed);
    }
}
