using Granary.Engine.Numerics;

namespace Granary.Learning.Tracking;

/// <summary>Computes the minimum penalised squared residual of a set of names under the constraints, from cached products of
/// columns.</summary>
internal sealed class SupportObjective
{
    private readonly PursuitOptions _options;
    private readonly double _targetNorm;
    private readonly double[,] _gram;
    private readonly double[] _linear;
    private readonly double[,]? _correlation;

    /// <param name="target">The target, centred if there is an intercept.</param>
    public SupportObjective(ReturnPanel panel, double[] target, double targetNorm, PursuitOptions options)
    {
        (_options, _targetNorm, Count) = (options, targetNorm, panel.Count);
        _gram = Products(panel, options.Intercept);
        _linear = new double[panel.Count];
        for (var i = 0; i < panel.Count; i++) _linear[i] = DenseVectors.Dot(DenseVectors.Copy(panel.Column(i), options.Intercept), target);
        if (options.MaxCorrelation < 1) _correlation = options.Intercept ? _gram : Products(panel, centre: true);
    }

    public int Count { get; }

    /// <summary>Work done so far, roughly in floating-point operations.</summary>
    public double Work { get; private set; }

    /// <summary>Returns the optimum for a set of names; infinite if the constraints cannot be met, or a weight is below the
    /// minimum.</summary>
    public (double Value, double[] Weights) Of(IReadOnlyList<int> names)
    {
        var n = names.Count;
        if (n == 0) return (_options.SumToOne ? double.PositiveInfinity : 0, []);
        if (_options.SumToOne && (n * _options.MaxWeight < 1 - Tolerance.Arithmetic
            || n * _options.MinWeight > 1 + Tolerance.Arithmetic)) return (double.PositiveInfinity, []);
        if (!MayBeHeldTogether(names)) return (double.PositiveInfinity, []);
        // About n iterations, each of which factors a matrix.
        Work += (double)n * n * n * n + 1000;
        var gram = new double[n, n];
        var linear = new double[n];
        for (var i = 0; i < n; i++)
        {
            linear[i] = _linear[names[i]];
            for (var j = 0; j < n; j++) gram[i, j] = _gram[names[i], names[j]];
        }
        var lower = _options.NonNegative ? _options.MinWeight : -_options.MaxWeight;
        var start = new double[n];
        Array.Fill(start, _options.SumToOne ? 1.0 / n : Math.Max(lower, 0));
        double[] price = [.. names.Select(Price)], previous = [.. names.Select(Previous)];
        var weights = new BoundedLeastSquares(gram, linear, Filled(n, lower), Filled(n, _options.MaxWeight), new(price, previous),
            _options.SumToOne, start).Solve();
        if (!_options.NonNegative && weights.Any(w => Math.Abs(w) < _options.MinWeight * (1 - Tolerance.Arithmetic)))
            return (double.PositiveInfinity, weights);
        double value = 0;
        for (var i = 0; i < n; i++)
        {
            value += price[i] * (Math.Abs(weights[i] - previous[i]) - Math.Abs(previous[i])) - linear[i] * weights[i];
            for (var j = 0; j < n; j++) value += 0.5 * weights[i] * gram[i, j] * weights[j];
        }
        return (value, weights);
    }

    /// <summary>Estimates the decrease of the objective by adding a name, to first order, for ranking candidates.</summary>
    public double ExpectedGain(int name, IReadOnlyList<int> names, IReadOnlyList<double> weights)
    {
        var own = _gram[name, name];
        if (own <= 0) return 0;
        var gain = _linear[name];
        for (var i = 0; i < names.Count; i++) gain -= _gram[name, names[i]] * weights[i];
        // With a fixed sum, a new name replaces part of the others.
        if (_options.SumToOne && weights.Count > 0)
        {
            double held = 0;
            for (var i = 0; i < names.Count; i++)
            {
                held += weights[i] * _linear[names[i]];
                for (var j = 0; j < names.Count; j++) held -= weights[i] * _gram[names[i], names[j]] * weights[j];
            }
            gain -= held;
        }
        if (_options.NonNegative) gain = Math.Max(gain, 0);
        return gain * gain / own;
    }

    private double Price(int name) => (_options.TurnoverPenalty + (_options.Costs?[name] ?? 0)) * _targetNorm * _targetNorm;

    private double Previous(int name) => _options.PreviousWeights?[name] ?? 0;

    private bool MayBeHeldTogether(IReadOnlyList<int> names)
    {
        if (_correlation is null) return true;
        for (var i = 0; i < names.Count; i++)
            for (var j = 0; j < i; j++)
            {
                var (a, b) = (names[i], names[j]);
                // Without short weights, a name with negative correlation is not redundant.
                var product = _options.NonNegative ? _correlation[a, b] : Math.Abs(_correlation[a, b]);
                if (product > _options.MaxCorrelation * Math.Sqrt(_correlation[a, a] * _correlation[b, b])) return false;
            }
        return true;
    }

    private static double[,] Products(ReturnPanel panel, bool centre)
    {
        double[][] columns = [.. Enumerable.Range(0, panel.Count).Select(i => DenseVectors.Copy(panel.Column(i), centre))];
        var products = new double[panel.Count, panel.Count];
        for (var i = 0; i < panel.Count; i++)
            for (var j = 0; j <= i; j++)
                products[i, j] = products[j, i] = DenseVectors.Dot(columns[i], columns[j]);
        return products;
    }

    private static double[] Filled(int n, double value)
    {
        var filled = new double[n];
        Array.Fill(filled, value);
        return filled;
    }
}
