using Granary.Engine;
using Granary.Engine.Market;

namespace Granary.Learning.Drift;

/// <summary>
/// DDM (Gama, Medas, Castillo and Rodrigues 2004) on errors, 1 for a wrong prediction and 0 for a correct one. It compares the error rate
/// plus its standard deviation with their lowest sum so far.
/// </summary>
/// <param name="warmStart">The number of values before the first possible detection.</param>
/// <param name="warningThreshold">The number of lowest standard deviations above the lowest rate at which the detector warns.</param>
/// <param name="driftThreshold">The same for a drift.</param>
[DriftDetector("ddm", "The error rate against its lowest value so far (Gama and others 2004); takes errors, 0 or 1.")]
internal sealed class DriftDetectionMethod(
    [Range(1, 1_000_000_000)] int warmStart = 30,
    [Range(1e-12, 1e12)] double warningThreshold = 2,
    [Range(1e-12, 1e12)] double driftThreshold = 3) : IDriftDetector
{
    private long _count;
    private double _rate, _lowestRate, _lowestDeviation, _lowestSum = double.PositiveInfinity;
    private bool _drifted;

    /// <exception cref="InputException">The value is neither 0 nor 1.</exception>
    public DriftSignal Add(double value)
    {
        if (value is not (0 or 1))
            throw new InputException(
                "ddm takes errors: 1 for a wrong prediction, 0 for a right one; use another detector for numbers");
        if (_drifted) Reset();
        _count++;
        _rate += (value - _rate) / _count;
        if (_count <= warmStart) return DriftSignal.None;
        // Rounding may move the rate slightly outside of [0, 1].
        var deviation = Math.Sqrt(Math.Max(0, _rate * (1 - _rate)) / _count);
        if (_rate + deviation <= _lowestSum) (_lowestRate, _lowestDeviation, _lowestSum) = (_rate, deviation, _rate + deviation);
        var warned = _rate + deviation > _lowestRate + warningThreshold * _lowestDeviation;
        _drifted = _rate + deviation > _lowestRate + driftThreshold * _lowestDeviation;
        return _drifted ? DriftSignal.Drift : warned ? DriftSignal.Warning : DriftSignal.None;
    }

    private void Reset() => (_count, _rate, _lowestRate, _lowestDeviation, _lowestSum, _drifted) =
        (0, 0, 0, 0, double.PositiveInfinity, false);
}
