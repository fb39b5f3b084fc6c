using Granary.Engine.Numerics;

namespace Granary.Learning.Search;

/// <summary>
/// Density of observed points in all dimensions at once: a mixture of one kernel for each point, and of one that covers the space. A
/// kernel is a product of normal distributions that are cut at the ends of the intervals, and of probabilities of choices.
/// </summary>
/// <remarks>
/// Bergstra et al. 2011, with the prior and the bounds of the kernels' widths of Optuna 3.1. The width follows Scott's rule from the
/// spread of the points, as in Falkner, Klein and Hutter, "BOHB" (2018). It is at most Optuna's, which takes a fifth of the interval
/// for the spread. A discrete value has the probability of its length in the interval.
/// </remarks>
internal sealed class ParzenEstimator
{
    // The largest spread, as a share of the interval.
    private const double MaxSpread = 0.2;

    private readonly Axis[] _axes;
    private readonly int _points;
    private readonly double[] _weights, _logWeights;
    private readonly double[][] _places, _logMasses;
    private readonly double[] _sigmas;

    /// <param name="points">The observations, by dimension.</param>
    /// <param name="weights">By observation; the prior has the weight 1.</param>
    public ParzenEstimator(Axis[] axes, IReadOnlyList<IReadOnlyList<double>> points, ReadOnlySpan<double> weights)
    {
        _axes = axes;
        _points = points.Count;
        _weights = new double[_points + 1];
        weights.CopyTo(_weights);
        _weights[_points] = 1;
        var total = 0.0;
        foreach (var weight in _weights) total += weight;
        for (var k = 0; k <= _points; k++) _weights[k] /= total;
        _logWeights = [.. _weights.Select(PortableMath.Log)];
        _places = new double[axes.Length][];
        _logMasses = new double[axes.Length][];
        _sigmas = new double[axes.Length];
        var several = axes.Count(a => a.Count > 1);
        var scott = PortableMath.Exp(-PortableMath.Log(Math.Max(_points, 1)) / (several + 4));
        for (var d = 0; d < axes.Length; d++) Fit(d, points, scott);
    }

    private void Fit(int d, IReadOnlyList<IReadOnlyList<double>> points, double scott)
    {
        var axis = _axes[d];
        var (places, masses) = (new double[_points + 1], new double[_points + 1]);
        (_places[d], _logMasses[d]) = (places, masses);
        if (axis.Choices > 0)
        {
            for (var k = 0; k < _points; k++) places[k] = points[k][d];
            return;
        }
        for (var k = 0; k < _points; k++) places[k] = axis.PlaceOf(points[k][d]);
        places[_points] = 0.5 * (axis.Low + axis.High);
        if (axis.Count == 1) return;
        var range = axis.High - axis.Low;
        var spread = Math.Min(MaxSpread * range, SpreadOf(places));
        _sigmas[d] = Math.Clamp(scott * spread, range / Math.Min(100.0, _points + 2), range);
        for (var k = 0; k <= _points; k++)
        {
            var sigma = SigmaOf(d, k);
            masses[k] = NormalMass.Log((axis.Low - places[k]) / sigma, (axis.High - places[k]) / sigma);
        }
    }

    // The weighted standard deviation of the observations; infinite for fewer than two.
    private double SpreadOf(double[] places)
    {
        if (_points < 2) return double.PositiveInfinity;
        double total = 0, sum = 0, squares = 0;
        for (var k = 0; k < _points; k++)
        {
            total += _weights[k];
            sum += _weights[k] * places[k];
        }
        for (var k = 0; k < _points; k++) squares += _weights[k] * (places[k] - sum / total) * (places[k] - sum / total);
        return Math.Sqrt(squares / total);
    }

    /// <summary>Draws a point.</summary>
    public double[] Draw(ref PortableRandom random)
    {
        var k = 0;
        for (var left = random.NextDouble() - _weights[0]; left >= 0 && k < _points; left -= _weights[k]) k++;
        var values = new double[_axes.Length];
        for (var d = 0; d < values.Length; d++)
        {
            var axis = _axes[d];
            values[d] = axis.Choices > 0 ? DrawChoice(axis, d, k, ref random)
                : axis.Count == 1 ? axis.ValueOf(0)
                : axis.ValueAt(DrawPlace(axis, d, k, ref random));
        }
        return values;
    }

    // The centre of a kernel is inside the interval and the kernel is at most as wide, so that a third of the draws are inside.
    private double DrawPlace(Axis axis, int d, int k, ref PortableRandom random)
    {
        while (true)
        {
            var place = _places[d][k] + SigmaOf(d, k) * random.NextGaussian();
            if (place >= axis.Low && place <= axis.High) return place;
        }
    }

    private double DrawChoice(Axis axis, int d, int k, ref PortableRandom random)
    {
        if (k < _points && random.NextDouble() * (axis.Choices + _points + 1) >= axis.Choices) return _places[d][k];
        return random.Next(axis.Choices);
    }

    /// <summary>The logarithm of the density at a point.</summary>
    public double LogDensity(ReadOnlySpan<double> values)
    {
        Span<double> logs = _points < 512 ? stackalloc double[_points + 1] : new double[_points + 1];
        _logWeights.CopyTo(logs);
        for (var d = 0; d < _axes.Length; d++)
        {
            var axis = _axes[d];
            if (axis.Count == 1) continue;
            if (axis.Choices > 0) AddChoice(axis, d, values[d], logs);
            else if (axis.Width > 0) AddLength(axis, d, values[d], logs);
            else AddPlace(d, axis.PlaceOf(values[d]), logs);
        }
        var most = double.NegativeInfinity;
        foreach (var log in logs) most = Math.Max(most, log);
        var sum = 0.0;
        foreach (var log in logs) sum += PortableMath.Exp(log - most);
        return most + PortableMath.Log(sum);
    }

    private void AddChoice(Axis axis, int d, double value, Span<double> logs)
    {
        var rest = 1.0 / (_points + 1);
        var total = axis.Choices * rest + 1;
        var (same, other) = (PortableMath.Log((1 + rest) / total), PortableMath.Log(rest / total));
        for (var k = 0; k < _points; k++) logs[k] += _places[d][k] == value ? same : other;
        logs[_points] -= PortableMath.Log(axis.Choices);
    }

    private void AddLength(Axis axis, int d, double value, Span<double> logs)
    {
        var (low, high) = (Math.Max(value - 0.5 * axis.Width, axis.Low), Math.Min(value + 0.5 * axis.Width, axis.High));
        for (var k = 0; k <= _points; k++)
        {
            var (place, sigma) = (_places[d][k], SigmaOf(d, k));
            logs[k] += NormalMass.Log((low - place) / sigma, (high - place) / sigma) - _logMasses[d][k];
        }
    }

    private void AddPlace(int d, double place, Span<double> logs)
    {
        var logSigma = PortableMath.Log(_sigmas[d]);
        for (var k = 0; k < _points; k++)
        {
            var z = (place - _places[d][k]) / _sigmas[d];
            logs[k] -= 0.5 * z * z + logSigma + _logMasses[d][k];
        }
        var prior = SigmaOf(d, _points);
        var far = (place - _places[d][_points]) / prior;
        logs[_points] -= 0.5 * far * far + PortableMath.Log(prior) + _logMasses[d][_points];
    }

    private double SigmaOf(int d, int k) => k < _points ? _sigmas[d] : _axes[d].High - _axes[d].Low;
}
