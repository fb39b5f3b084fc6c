using Granary.Engine;
using Granary.Learning.Drift;

namespace Granary.Learning.Watching;

/// <summary>
/// Monitors a model's predictions of a strategy's trades. By its <see cref="WatchRule"/> it decides when the strategy's weight is reduced
/// and restored. Decisions depend only on the outcomes and their order. Each strategy needs its own instance; instances are not
/// thread-safe.
/// </summary>
internal sealed class PredictionWatch
{
    // The minimum number of trades on each side of a change.
    private const int Least = 20;

    // In standard deviations of the difference of the means; smaller changes count as chance.
    private const double Deviations = 3;

    private readonly WatchRule _rule;
    private readonly IDriftDetector _detector;
    private readonly List<double> _errors = [];
    private double _before, _middle;
    private int _reviewed, _wrong;

    /// <exception cref="InputException">The detector or one of its parameters is unknown.</exception>
    public PredictionWatch(WatchRule rule)
    {
        _rule = rule;
        _detector = DriftDetectorCatalogue.BuiltIn.Create(rule.Detector, rule.Parameters);
    }

    /// <summary>The number of outcomes.</summary>
    public int Count { get; private set; }

    /// <summary>Whether the weight is reduced.</summary>
    public bool IsCut { get; private set; }

    /// <summary>The current fraction of the strategy's size, 0 to 1.</summary>
    public double Weight => IsCut ? _rule.Weight : 1;

    /// <summary>Adds the outcome of the next closed trade.</summary>
    /// <param name="wrong">Whether its prediction was wrong.</param>
    /// <returns>The change; null for none.</returns>
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
        // A later alert compares with the error after the first one; the target for restoration is the error before the first.
        if (!IsCut) (_before, _middle) = (before, (before + after) / 2);
        (IsCut, _reviewed, _wrong) = (true, 0, 0);
        return new WatchStep(WatchChange.Alert, before, after, recent);
    }

    // The last increase of the error since the last alert: data before a decrease is ignored, and insignificant changes are not reported.
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

    // The most likely position of a change: the largest standardised difference of the means on both sides.
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
