namespace Granary.Learning.Tracking;

/// <summary>Selects the name that explains most of the residual.</summary>
internal sealed class AtomSelection
{
    private readonly ReturnPanel _panel;
    private readonly PursuitOptions _options;
    private readonly double _targetNorm;
    private readonly bool[] _barred;
    private readonly double[]? _norms;

    public AtomSelection(ReturnPanel panel, PursuitOptions options, double targetNorm)
    {
        _panel = panel;
        _options = options;
        _targetNorm = targetNorm;
        _barred = new bool[panel.Count];
        if (!options.NormaliseAtoms && options.MaxCorrelation >= 1) return;
        _norms = new double[panel.Count];
        for (var j = 0; j < _norms.Length; j++) _norms[j] = DenseVectors.Norm(Centred(j));
    }

    /// <summary>Excludes a name from further selection.</summary>
    public void Bar(int name) => _barred[name] = true;

    public void Allow(int name) => _barred[name] = false;

    /// <summary>Excludes names that correlate too much with a newly selected one.</summary>
    public void Chosen(int name)
    {
        if (_options.MaxCorrelation >= 1) return;
        var chosen = DenseVectors.Copy(_panel.Column(name), centre: true);
        var norm = DenseVectors.Norm(chosen);
        for (var j = 0; j < _barred.Length; j++)
        {
            if (_barred[j]) continue;
            var column = DenseVectors.Copy(_panel.Column(j), centre: true);
            var product = DenseVectors.Dot(chosen, column);
            // Without short weights, a name with negative correlation is not redundant.
            if ((_options.NonNegative ? product : Math.Abs(product)) > _options.MaxCorrelation * norm * DenseVectors.Norm(column))
                _barred[j] = true;
        }
    }

    /// <summary>
    /// Returns the name with the largest |x′r| (optionally divided by its norm); the first of equal ones; −1 if none is above rounding
    /// errors.
    /// </summary>
    /// <param name="residual">The residual. With an intercept it has mean zero, so x need not be centred.</param>
    public int Largest(ReadOnlySpan<double> residual)
    {
        var best = -1;
        var most = 0.0;
        for (var j = 0; j < _barred.Length; j++)
        {
            if (_barred[j]) continue;
            var score = Math.Abs(DenseVectors.Dot(_panel.Column(j), residual));
            if (_options.NormaliseAtoms) score = _norms![j] > 0 ? score / _norms[j] : 0;
            if (score <= most) continue;
            most = score;
            best = j;
        }
        if (best < 0) return -1;
        var scale = _options.NormaliseAtoms ? 1 : DenseVectors.Norm(_panel.Column(best));
        return most <= 1e-14 * scale * _targetNorm ? -1 : best;
    }

    /// <summary>
    /// Returns the name whose weight, moved away from zero, decreases the penalised objective fastest; −1 if there is none.
    /// </summary>
    /// <param name="multiplier">The multiplier of the constraint that weights add up to 1; 0 without it.</param>
    /// <param name="price">The penalty per unit of weight change.</param>
    /// <param name="previous">The previous weight, by column.</param>
    public int SteepestDescent(ReadOnlySpan<double> residual, double multiplier, Func<int, double> price, Func<int, double> previous)
    {
        var best = -1;
        var most = 0.0;
        for (var j = 0; j < _barred.Length; j++)
        {
            if (_barred[j]) continue;
            var gain = DenseVectors.Dot(_panel.Column(j), residual) + multiplier;
            var (cost, before) = (price(j), previous(j));
            var score = gain - (before > 0 ? -cost : cost);
            if (!_options.NonNegative) score = Math.Max(score, -gain - (before < 0 ? -cost : cost));
            if (_options.NormaliseAtoms) score = _norms![j] > 0 ? score / _norms[j] : 0;
            if (score <= most) continue;
            most = score;
            best = j;
        }
        if (best < 0) return -1;
        var scale = _options.NormaliseAtoms ? 1 : DenseVectors.Norm(_panel.Column(best));
        return most <= 1e-11 * scale * _targetNorm ? -1 : best;
    }

    /// <summary>Returns the name that alone, with weight 1, is closest to the target.</summary>
    public int NearestAlone(ReadOnlySpan<double> target, Func<int, double> price, Func<int, double> previous)
    {
        var best = -1;
        var least = double.PositiveInfinity;
        for (var j = 0; j < _barred.Length; j++)
        {
            if (_barred[j]) continue;
            var column = Centred(j);
            var objective = 0.5 * DenseVectors.Dot(column, column) - DenseVectors.Dot(column, target)
                            + price(j) * (Math.Abs(1 - previous(j)) - Math.Abs(previous(j)));
            if (objective >= least) continue;
            least = objective;
            best = j;
        }
        return best;
    }

    private ReadOnlySpan<double> Centred(int name) =>
        _options.Intercept ? DenseVectors.Copy(_panel.Column(name), centre: true) : _panel.Column(name);
}
