using Granary.Engine.Numerics;
using Granary.Engine.Trading;

namespace Granary.Engine.Analysis.Costs;

/// <summary>
/// Fits what fills cost: slippage = pool + cell(side, venue) + size · (√share − mean) + volatility · (range − mean) + hour. Cells and hours
/// are random effects, drawn to the pool where their data is thin; the others are fixed.
/// </summary>
/// <remarks>
/// The effects are the best linear unbiased predictions of the mixed model (Robinson, That BLUP is a good thing, Statistical Science 6,
/// 1991), which are empirical-Bayes estimates (Morris, Parametric empirical Bayes inference, JASA 78, 1983): with λ = σ²/τ², a cell of n
/// fills counts n/(n + λ) of its own. λ of the cells and of the hours maximises the restricted likelihood times τ² (Morris and Tang,
/// Estimating random effects via adjustment for density maximization, Statistical Science 26, 2011), which never says that all are equal;
/// τ is at most the deviation of all fills. The size term is the square-root law of market impact (Almgren, Thum, Hauptmann and Li, Direct
/// estimation of equity market impact, 2005).
/// Intervals are θ ± t · s with Student's t of days − 1 degrees of freedom, and s the deviation over resamples of whole days, times
/// √(days/(days − 1)). A resample also draws the effects' prior mean from N(0, τ²), and s² has the square of the way that the shrinkage
/// moved the estimate: the intervals hold for an effect that is far from all others too.
/// </remarks>
internal sealed class CostFit
{
    /// <summary>The confidence of intervals.</summary>
    public const double Level = 0.99;

    /// <summary>The one-sided confidence of <see cref="CostEstimate.Upper"/>.</summary>
    public const double UpperLevel = 0.95;

    /// <summary>A slope needs at least so many fills.</summary>
    public const int FewestForSlopes = 20;

    private const int SmallestFit = 2, Pool = 0, Size = 1, Range = 2, Fixed = 3, Hours = 24;

    // Of standardised measures: a slope whose measure a resample does not have stays finite.
    private const double SlopePrior = 1e-3;

    // Of a measure whose mean is zero.
    private const double LeastMean = 1e-9;

    private const double LeastPenalty = 1e-6, PenaltyStep = 1.7782794100389228;
    private const int Penalties = 25, Sweeps = 3;

    private readonly IReadOnlyList<FillCost> _fills;
    private readonly List<(Side Side, string Venue)> _cells;
    private readonly int[] _cellOf, _clusterOf, _hourFills = new int[Hours], _cellFills;
    private readonly double[] _root, _range;
    private readonly (double Mean, double Deviation, bool Used) _rootScale, _rangeScale;
    private readonly double _mean, _total;
    private readonly int _size, _clusters;
    private double _penaltyOfCells, _penaltyOfHours, _deviation;

    private CostFit(IReadOnlyList<FillCost> fills)
    {
        _fills = fills;
        _cells = [.. fills.Select(f => (f.Side, f.Venue)).Distinct().OrderByDescending(c => c.Side)
            .ThenBy(c => c.Venue, StringComparer.Ordinal)];
        _cellOf = [.. fills.Select(f => _cells.IndexOf((f.Side, f.Venue)))];
        _cellFills = new int[_cells.Count];
        foreach (var cell in _cellOf) _cellFills[cell]++;
        foreach (var fill in fills) _hourFills[fill.Hour]++;
        List<int> days = [.. fills.Select(f => f.Day).Distinct().Order()];
        _clusters = days.Count > 1 ? days.Count : fills.Count;
        _clusterOf = [.. fills.Select((f, i) => days.Count > 1 ? days.BinarySearch(f.Day) : i)];
        _root = [.. fills.Select(f => Math.Sqrt(f.Share))];
        _range = [.. fills.Select(f => f.Range)];
        (_rootScale, _rangeScale) = (ScaleOf(_root), ScaleOf(_range));
        _size = Fixed + _cells.Count + Hours;
        _mean = fills.Sum(f => f.Slippage) / fills.Count;
        foreach (var fill in fills) _total += (fill.Slippage - _mean) * (fill.Slippage - _mean);
    }

    /// <param name="fills">At least two, with finite slippage.</param>
    /// <param name="seed">Of the resamples.</param>
    public static CostFitResult Of(IReadOnlyList<FillCost> fills, ulong seed = 1, int resamples = 400)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(fills.Count, SmallestFit);
        ArgumentOutOfRangeException.ThrowIfLessThan(resamples, 2);
        return new CostFit(fills).Run(seed, resamples);
    }

    private CostFitResult Run(ulong seed, int resamples)
    {
        var (matrix, right) = Equations(null);
        (_penaltyOfCells, _penaltyOfHours) = (LeastPenalty, LeastPenalty);
        var free = Figures(Solve(matrix, right, null));
        Choose(matrix, right);
        var best = Figures(Solve(matrix, right, null));
        var random = new PortableRandom((long)seed);
        var draws = new double[resamples][];
        var counts = new double[_clusters];
        for (var i = 0; i < resamples; i++)
        {
            Array.Clear(counts);
            for (var k = 0; k < _clusters; k++) counts[random.Next(_clusters)]++;
            var (sampled, side) = Equations(counts);
            var prior = new double[_size];
            for (var k = Fixed; k < _size; k++) prior[k] = random.NextGaussian() * PriorDeviation(k);
            draws[i] = Figures(Solve(sampled, side, prior));
        }
        return Result(best, [.. best.Zip(free, (b, f) => b - f)], draws);
    }

    // Mean, deviation, and whether the measure is known of all fills and varies.
    private static (double Mean, double Deviation, bool Used) ScaleOf(double[] values)
    {
        var (mean, squares) = (values.Sum() / values.Length, 0.0);
        foreach (var value in values) squares += (value - mean) * (value - mean);
        var deviation = Math.Sqrt(squares / values.Length);
        return (mean, deviation, values.Length >= FewestForSlopes
            && deviation > Tolerance.Deviation * Math.Max(LeastMean, Math.Abs(mean)));
    }

    // The normal equations W'W and W'y of slippage less its mean, each fill as often as its cluster was drawn.
    private (double[] Matrix, double[] Right) Equations(double[]? counts)
    {
        var (matrix, right) = (new double[_size * _size], new double[_size]);
        Span<int> at = stackalloc int[5];
        Span<double> value = stackalloc double[5];
        for (var i = 0; i < _fills.Count; i++)
        {
            var weight = counts is null ? 1 : counts[_clusterOf[i]];
            if (weight == 0) continue;
            var n = Row(i, at, value);
            for (var a = 0; a < n; a++)
            {
                right[at[a]] += weight * value[a] * (_fills[i].Slippage - _mean);
                for (var b = 0; b < n; b++) matrix[at[a] * _size + at[b]] += weight * value[a] * value[b];
            }
        }
        return (matrix, right);
    }

    private int Row(int fill, Span<int> at, Span<double> value)
    {
        (at[0], value[0]) = (Pool, 1);
        (at[1], value[1]) = (Fixed + _cellOf[fill], 1);
        (at[2], value[2]) = (Fixed + _cells.Count + _fills[fill].Hour, 1);
        var n = 3;
        if (_rootScale.Used) (at[n], value[n++]) = (Size, (_root[fill] - _rootScale.Mean) / _rootScale.Deviation);
        if (_rangeScale.Used) (at[n], value[n++]) = (Range, (_range[fill] - _rangeScale.Mean) / _rangeScale.Deviation);
        return n;
    }

    private double Penalty(int column)
    {
        if (column == Pool) return 0;
        if (column < Fixed) return SlopePrior;
        return column < Fixed + _cells.Count ? _penaltyOfCells : _penaltyOfHours;
    }

    private double PriorDeviation(int column) => _deviation / Math.Sqrt(Penalty(column));

    // Chooses the penalties of cells and hours one after the other on a grid.
    private void Choose(double[] matrix, double[] right)
    {
        if (!(_total > 0)) (_penaltyOfCells, _penaltyOfHours) = (1, 1);
        else
        {
            (_penaltyOfCells, _penaltyOfHours) = (LeastPenalty, LeastPenalty);
            var within = RestOf(matrix, right, out _) / _total;
            var least = Math.Clamp(within, LeastPenalty, 1);
            (_penaltyOfCells, _penaltyOfHours) = (least, least);
            for (var sweep = 0; sweep < Sweeps; sweep++)
            {
                _penaltyOfCells = Best(least, p => _penaltyOfCells = p, matrix, right);
                _penaltyOfHours = Best(least, p => _penaltyOfHours = p, matrix, right);
            }
        }
        var freedom = Math.Max(1, _fills.Count - 1 - (_rootScale.Used ? 1 : 0) - (_rangeScale.Used ? 1 : 0));
        _deviation = Math.Sqrt(RestOf(matrix, right, out _) / freedom);
    }

    private double Best(double least, Action<double> set, double[] matrix, double[] right)
    {
        var (best, most) = (least, double.NegativeInfinity);
        for (var (i, penalty) = (0, least); i < Penalties; i++, penalty *= PenaltyStep)
        {
            set(penalty);
            var likelihood = AdjustedLikelihood(matrix, right);
            if (likelihood > most) (best, most) = (penalty, likelihood);
        }
        return best;
    }

    // The logarithm of the restricted likelihood, profiled over the variance, times τ² of both kinds of effects.
    private double AdjustedLikelihood(double[] matrix, double[] right)
    {
        var rest = Math.Max(RestOf(matrix, right, out var determinant), 1e-24 * _total);
        var seen = _hourFills.Count(n => n > 0);
        var (cells, hours) = (PortableMath.Log(_penaltyOfCells), PortableMath.Log(_penaltyOfHours));
        var freedom = _fills.Count - 1 - (_rootScale.Used ? 1 : 0) - (_rangeScale.Used ? 1 : 0);
        return -0.5 * (Math.Max(1, freedom) * PortableMath.Log(rest) + determinant - _cells.Count * cells - seen * hours)
            - (_cells.Count > 1 ? cells : 0) - (seen > 1 ? hours : 0);
    }

    // y'y − θ'W'y, and the logarithm of the determinant of the equations that fills reach.
    private double RestOf(double[] matrix, double[] right, out double determinant)
    {
        var (factor, dropped) = Factored(matrix);
        var solution = (double[])right.Clone();
        Cholesky.Substitute(factor, dropped, solution);
        var rest = _total;
        determinant = 0;
        for (var i = 0; i < _size; i++)
        {
            rest -= solution[i] * right[i];
            if (!dropped[i] && matrix[i * _size + i] > 0) determinant += 2 * PortableMath.Log(factor[i * _size + i]);
        }
        return Math.Max(0, rest);
    }

    private (double[] Factor, bool[] Dropped) Factored(double[] matrix)
    {
        var (factor, dropped) = ((double[])matrix.Clone(), new bool[_size]);
        for (var i = 0; i < _size; i++) factor[i * _size + i] += Penalty(i);
        Cholesky.Factor(factor, dropped, 1e-12);
        return (factor, dropped);
    }

    private double[] Solve(double[] matrix, double[] right, double[]? prior)
    {
        var (factor, dropped) = Factored(matrix);
        var solution = (double[])right.Clone();
        if (prior is not null)
            for (var i = Fixed; i < _size; i++) solution[i] += Penalty(i) * prior[i];
        Cholesky.Substitute(factor, dropped, solution);
        return solution;
    }

    // Pool, slopes per unit, costs of cells, of both sides, and of hours less their mean over the fills.
    private double[] Figures(double[] solution)
    {
        var n = (double)_fills.Count;
        var (hour, first) = (0.0, Fixed + _cells.Count);
        for (var h = 0; h < Hours; h++) hour += _hourFills[h] * solution[first + h] / n;
        var figures = new double[Fixed + _cells.Count + 2 + Hours];
        if (_rootScale.Used) figures[Size] = solution[Size] / _rootScale.Deviation;
        if (_rangeScale.Used) figures[Range] = solution[Range] / _rangeScale.Deviation;
        for (var c = 0; c < _cells.Count; c++)
        {
            var cost = figures[Fixed + c] = _mean + solution[Pool] + solution[Fixed + c] + hour;
            figures[Pool] += _cellFills[c] * cost / n;
            figures[SideAt(_cells[c].Side)] += cost * _cellFills[c] / Math.Max(1, FillsOf(_cells[c].Side));
        }
        for (var h = 0; h < Hours; h++) figures[HourAt(h)] = solution[first + h] - hour;
        return figures;
    }

    private int SideAt(Side side) => Fixed + _cells.Count + (side == Side.Buy ? 0 : 1);

    private int HourAt(int hour) => Fixed + _cells.Count + 2 + hour;

    private int FillsOf(Side side) => _cells.Select((c, i) => c.Side == side ? _cellFills[i] : 0).Sum();

    private CostFitResult Result(double[] best, double[] moved, double[][] draws)
    {
        var inflation = Math.Sqrt(_clusters / (_clusters - 1.0));
        var quantile = inflation * StudentDistribution.Quantile((1 + Level) / 2, _clusters - 1);
        var upper = inflation * StudentDistribution.Quantile(UpperLevel, _clusters - 1);
        CostEstimate Of(int figure) => EstimateOf(best[figure], moved[figure], [.. draws.Select(d => d[figure])],
            quantile, upper);
        CostSlope? Slope(int figure, double[] values, (double Mean, double Deviation, bool Used) scale) =>
            scale.Used ? new CostSlope(scale.Mean, values.Min(), values.Max(), Of(figure)) : null;
        double RawOf(Func<int, bool> isIn)
        {
            var (sum, count) = (0.0, 0);
            for (var i = 0; i < _fills.Count; i++)
                if (isIn(i)) (sum, count) = (sum + _fills[i].Slippage, count + 1);
            return sum / count;
        }

        var hours = Enumerable.Range(0, Hours).Where(h => _hourFills[h] > 0).ToList();
        return new CostFitResult(_fills.Count, _clusters, _deviation, Of(Pool))
        {
            Cells = [.. _cells.Select((c, i) => new CostCell(c.Side, c.Venue, _cellFills[i], RawOf(f => _cellOf[f] == i),
                _penaltyOfCells / (_cellFills[i] + _penaltyOfCells), Of(Fixed + i)))],
            Sides = [.. _cells.Select(c => c.Side).Distinct().Select(s => new CostCell(s, "", FillsOf(s),
                RawOf(f => _fills[f].Side == s), 0, Of(SideAt(s))))],
            Hours = hours.Count < 2 ? [] : [.. hours.Select(h => new CostHour(h, _hourFills[h], RawOf(f => _fills[f].Hour == h) - _mean,
                _penaltyOfHours / (_hourFills[h] + _penaltyOfHours), Of(HourAt(h))))],
            Size = Slope(Size, _root, _rootScale),
            Volatility = Slope(Range, _range, _rangeScale),
            Moved = moved,
            Draws = draws,
            Quantile = quantile,
            UpperQuantile = upper,
        };
    }

    // The error has the deviation of the draws about their mean, and how far the shrinkage moved the estimate.
    internal static CostEstimate EstimateOf(double best, double moved, double[] draws, double quantile, double upper)
    {
        var (mean, squares) = (draws.Sum() / draws.Length, 0.0);
        foreach (var draw in draws) squares += (draw - mean) * (draw - mean);
        var error = Math.Sqrt(squares / (draws.Length - 1) + moved * moved);
        return new CostEstimate(best, best - quantile * error, best + quantile * error, best + upper * error);
    }
}
