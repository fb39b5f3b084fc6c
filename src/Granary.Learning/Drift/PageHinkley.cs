using Granary.Engine.Market;

namespace Granary.Learning.Drift;

/// <summary>
/// The Page–Hinkley test (Page 1954) for an increase or decrease of the mean. It sums the deviations from the running mean minus a
/// tolerance, and reports a drift if the distance of the sum from its extreme exceeds a threshold.
/// </summary>
/// <param name="minInstances">The number of values before the first possible drift.</param>
/// <param name="delta">Tolerated change of the mean, in the unit of the values.</param>
/// <param name="threshold">The threshold of the sum, in the unit of the values.</param>
/// <param name="alpha">Weight of the sum's past at each value.</param>
/// <param name="mode">Direction of the changes of the mean that count.</param>
[DriftDetector("page-hinkley", "Sums of deviations from the running mean against a threshold (Page 1954).")]
internal sealed class PageHinkley(
    [Range(1, 1_000_000_000)] int minInstances = 30,
    [Range(0, 1e300)] double delta = 0.005,
    [Range(1e-300, 1e300)] double threshold = 50,
    [Range(1e-12, 1)] double alpha = 1 - 0.0001,
    MeanChange mode = MeanChange.Both) : IDriftDetector
{
    private long _count;
    private double _mean, _increase, _decrease, _lowest = double.PositiveInfinity, _highest = double.NegativeInfinity;
    private bool _drifted;

    public DriftSignal Add(double value)
    {
        if (_drifted) Reset();
        _count++;
        _mean += (value - _mean) / _count;
        var deviation = value - _mean;
        _increase = alpha * _increase + deviation - delta;
        _decrease = alpha * _decrease + deviation + delta;
        _lowest = Math.Min(_lowest, _increase);
        _highest = Math.Max(_highest, _decrease);
        _drifted = _count >= minInstances
            && (mode != MeanChange.Down && _increase - _lowest > threshold || mode != MeanChange.Up && _highest - _decrease > threshold);
        return _drifted ? DriftSignal.Drift : DriftSignal.None;
    }

    private void Reset() => (_count, _mean, _increase, _decrease, _lowest, _highest, _drifted) =
        (0, 0, 0, 0, double.PositiveInfinity, double.NegativeInfinity, false);
}
