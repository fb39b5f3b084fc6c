using Granary.Engine.Analysis;
using Granary.Engine.Numerics;

namespace Granary.Learning.Tracking;

/// <summary>Matching pursuit with constraints on the weights: bounds, a fixed sum, or turnover costs. Each fit needs its own
/// instance.</summary>
internal sealed class ConstrainedPursuit
{
    private readonly ReturnPanel _panel;
    private readonly double[] _target, _centred, _residual;
    private readonly PursuitOptions _options;
    private readonly double _targetNorm;
    private readonly AtomSelection _selection;
    private readonly List<int> _support = [];
    private readonly List<double[]> _columns = [];
    private double[] _weights = [];
    private double _multiplier;

    public ConstrainedPursuit(ReturnPanel panel, ReadOnlySpan<double> target, PursuitOptions options)
    {
        _panel = panel;
        _options = options;
        _target = target.ToArray();
        _centred = DenseVectors.Copy(target, options.Intercept);
        _residual = (double[])_centred.Clone();
        _targetNorm = DenseVectors.CentredNorm(_centred, target);
        _selection = new AtomSelection(panel, options, _targetNorm);
    }

    public SparseFit Run()
    {
        var most = Math.Min(_options.MaxNames, _panel.Count);
        do
        {
            Grow(most);
        }
        while (Prune());
        Refine();
        var (names, weights) = (_support.ToList(), _weights);
        return MatchingPursuit.Finish(_panel, _target, _options, names, weights, _targetNorm, Path(names, weights));
    }

    // The path of the final names, since an early selection may have been removed or exchanged.
    private List<PursuitStep> Path(List<int> names, double[] weights)
    {
        var path = new List<PursuitStep>(names.Count);
        _support.Clear();
        _columns.Clear();
        _weights = [];
        foreach (var name in names)
        {
            _support.Add(name);
            _columns.Add(DenseVectors.Copy(_panel.Column(name), _options.Intercept));
            if (_support.Count < names.Count) Fit();
            else Residual(weights);
            path.Add(new PursuitStep(_support.Count, DenseVectors.Norm(_residual), Moments.Of(_residual).SampleDeviation));
        }
        return path;
    }

    private void Refine()
    {
        if (SupportRefinement.Run(_panel, _centred, _targetNorm, _options, _support) is not { } better) return;
        _support.Clear();
        _support.AddRange(better.Support);
        _weights = better.Weights;
    }

    private void Grow(int most)
    {
        // Every iteration decreases the objective, so that no set repeats; the limit only guards against rounding.
        for (var round = 0; round < 4 * most + 100 && _support.Count < most; round++)
        {
            var enough = !_options.SumToOne || (_support.Count > 0 && _support.Count * _options.MaxWeight >= 1);
            if (enough && _support.Count > 0 && DenseVectors.Norm(_residual) <= Math.Max(_options.ResidualThreshold, 1e-14) * _targetNorm)
                return;
            var name = _options.SumToOne && _support.Count == 0
                ? _selection.NearestAlone(_centred, Price, Previous)
                : _selection.SteepestDescent(_residual, _multiplier, Price, Previous);
            // With too few names to reach a sum of 1 under the maximum weight, the closest name is added even if it increases the error.
            if (name < 0 && !enough) name = _selection.NearestAlone(_centred, Price, Previous);
            if (name < 0) return;
            _selection.Bar(name);
            _support.Add(name);
            _columns.Add(DenseVectors.Copy(_panel.Column(name), _options.Intercept));
            _selection.Chosen(name);
            Fit();
            if (enough) DropZeros();
        }
    }

    private double Price(int name) => (_options.TurnoverPenalty + (_options.Costs?[name] ?? 0)) * _targetNorm * _targetNorm;

    private double Previous(int name) => _options.PreviousWeights?[name] ?? 0;

    private void Fit()
    {
        var n = _support.Count;
        var gram = new double[n, n];
        var linear = new double[n];
        for (var i = 0; i < n; i++)
        {
            linear[i] = DenseVectors.Dot(_columns[i], _centred);
            for (var j = 0; j <= i; j++) gram[i, j] = gram[j, i] = DenseVectors.Dot(_columns[i], _columns[j]);
        }
        // While there are too few names for the maximum weight, each may have an equal share.
        var upper = _options.SumToOne ? Math.Max(_options.MaxWeight, 1.0 / n) : _options.MaxWeight;
        var lower = _options.NonNegative ? 0 : -upper;
        var start = new double[n];
        if (_options.SumToOne) Array.Fill(start, 1.0 / n);
        if (_weights.Length == n - 1 && _weights.All(w => w >= lower && w <= upper) && (!_options.SumToOne || n > 1))
        {
            Array.Clear(start);
            _weights.CopyTo(start, 0);
        }
        var solver = new BoundedLeastSquares(gram, linear, Filled(n, lower), Filled(n, upper),
            new([.. _support.Select(Price)], [.. _support.Select(Previous)]), _options.SumToOne, start);
        _weights = solver.Solve();
        _multiplier = solver.Multiplier;
        Residual(_weights);
    }

    private void Residual(double[] weights)
    {
        _centred.CopyTo(_residual, 0);
        for (var i = 0; i < weights.Length; i++) DenseVectors.AddScaled(_residual, _columns[i], -weights[i]);
    }

    private void DropZeros()
    {
        for (var i = _support.Count - 1; i >= 0; i--)
            if (_weights[i] == 0) Drop(i, forGood: false);
    }

    private void Drop(int i, bool forGood)
    {
        if (!forGood) _selection.Allow(_support[i]);
        _support.RemoveAt(i);
        _columns.RemoveAt(i);
        _weights = [.. _weights.Where((_, k) => k != i)];
    }

    // Permanently removes the smallest of the names below the minimum weight; true if others may replace it.
    private bool Prune()
    {
        var pruned = false;
        while (_options.MinWeight > 0 && _support.Count > 0)
        {
            var least = Enumerable.Range(0, _support.Count).MinBy(i => Math.Abs(_weights[i]));
            if (Math.Abs(_weights[least]) >= _options.MinWeight * (1 - Tolerance.Arithmetic)) break;
            if (_options.SumToOne && (_support.Count - 1) * _options.MaxWeight < 1 - Tolerance.Arithmetic) break;
            Drop(least, forGood: true);
            pruned = true;
            if (_support.Count > 0)
            {
                _weights = [];
                Fit();
            }
            else
            {
                _centred.CopyTo(_residual, 0);
                _multiplier = 0;
            }
        }
        return pruned && (_support.Count < _options.MaxNames);
    }

    private static double[] Filled(int n, double value)
    {
        var filled = new double[n];
        Array.Fill(filled, value);
        return filled;
    }
}
