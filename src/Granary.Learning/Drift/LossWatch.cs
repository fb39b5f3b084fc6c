namespace Granary.Learning.Drift;

/// <summary>
/// Monitors the squared errors of a model's predictions with <see cref="AdaptiveWindow"/>. Labels that overlap in time have correlated
/// errors. A prediction is therefore counted only if the label of the last counted one was known before it.
/// </summary>
internal sealed class LossWatch
{
    private readonly AdaptiveWindow _window = new();
    private readonly List<(long Time, double Loss)> _sinceChange = [];
    private long _known = long.MinValue;

    /// <summary>The number of counted predictions.</summary>
    public int Count { get; private set; }

    /// <summary>Adds a prediction whose label is known, in order of time.</summary>
    /// <param name="time">When the features were known, UTC ticks.</param>
    /// <param name="labelTime">When the label was known, UTC ticks.</param>
    /// <param name="prediction">The probability of label 1, or the expected label; values that are not finite are ignored.</param>
    /// <param name="label">0 or 1, or a number.</param>
    /// <returns>The change that this prediction revealed; null for none.</returns>
    public LossChange? Add(long time, long labelTime, double prediction, double label)
    {
        if (time < _known || !double.IsFinite(prediction)) return null;
        _known = labelTime;
        Count++;
        var loss = (prediction - label) * (prediction - label);
        _sinceChange.Add((time, loss));
        if (_window.Add(loss) != DriftSignal.Drift) return null;
        var first = _sinceChange.Count - _window.Width;
        var change = new LossChange(labelTime, _sinceChange[first].Time, Mean(0, first), Mean(first, _sinceChange.Count));
        _sinceChange.Clear();
        return change;
    }

    private double Mean(int from, int to)
    {
        var sum = 0.0;
        for (var i = from; i < to; i++) sum += _sinceChange[i].Loss;
        return sum / (to - from);
    }
}
