using Granary.Engine.Numerics;

namespace Granary.Engine.Portfolio.Allocation;

/// <summary>
/// Minimises ½w′Qw + c′w + price · Σ |w − previous| − log · Σ ln w over permitted weights, as a <see cref="ConvexProgram"/>.
/// </summary>
/// <remarks>
/// A ratio is minimised over all multiples y = κw of permitted weights: each bound then is a bound in proportion to κ, which is one more
/// variable, and the weights are y / κ (Charnes and Cooper 1962).
/// </remarks>
internal sealed class BoundedObjective
{
    private readonly WeightBounds _bounds;
    private readonly double[] _quadratic, _linear;
    private readonly int[] _free;
    private readonly int[] _place;

    /// <param name="quadratic">Row-major [n, n].</param>
    public BoundedObjective(WeightBounds bounds, double[] quadratic, double[] linear)
    {
        (_bounds, _quadratic, _linear) = (bounds, quadratic, linear);
        _free = [.. Enumerable.Range(0, bounds.Count).Where(i => bounds.Fixed[i] is null)];
        _place = new int[bounds.Count];
        for (var k = 0; k < _free.Length; k++) _place[_free[k]] = k;
    }

    /// <summary>Weights in force; null = nothing is penalised.</summary>
    public double[]? Previous { get; init; }

    public double Price { get; init; }

    /// <summary>Factor of the sum of logarithms; above 0 only with <see cref="IsRatio"/>.</summary>
    public double Log { get; init; }

    /// <summary>Whether all multiples of permitted weights are permitted, and the result is divided by its multiple.</summary>
    public bool IsRatio { get; init; }

    /// <summary>A further bound: Σ gain · weight is at least this; null = none.</summary>
    public (IReadOnlyList<double> Gains, double Least)? Floor { get; init; }

    /// <summary>Permitted weights to begin with; null = alike.</summary>
    public double[]? Start { get; init; }

    private int Variables => _free.Length + (IsRatio ? 1 : 0);

    /// <returns>The best weights, by asset.</returns>
    public double[] Solve()
    {
        var weights = new double[_bounds.Count];
        for (var i = 0; i < weights.Length; i++) weights[i] = _bounds.Fixed[i] ?? 0;
        if (_free.Length == 0) return weights;
        var program = Program();
        var start = Start ?? _bounds.Flat();
        var multiple = IsRatio ? MultipleOf(start) : 1;
        double[] x = [.. _free.Select(i => start[i] * multiple), .. IsRatio ? [multiple] : (double[])[]];
        var solver = new InteriorPoint(program, x);
        solver.Run();
        x = ActiveSetPolish.Of(program, solver);
        if (IsRatio) multiple = x[^1];
        for (var k = 0; k < _free.Length; k++) weights[_free[k]] = x[k] / multiple;
        Tidy(weights);
        return weights;
    }

    // The best multiple of these weights.
    private double MultipleOf(double[] weights)
    {
        var (square, gain) = (0.0, 0.0);
        for (var i = 0; i < weights.Length; i++)
        {
            square += weights[i] * Dense.Dot(_quadratic.AsSpan(i * weights.Length, weights.Length), weights);
            gain -= weights[i] * _linear[i];
        }
        return Log > 0 ? Math.Sqrt(Log * weights.Length / square) : gain / square;
    }

    private ConvexProgram Program()
    {
        var rows = new List<LinearTerm>();
        foreach (var k in Enumerable.Range(0, _free.Length))
        {
            rows.Add(Term([k], [-1], -_bounds.Minimum));
            rows.Add(Term([k], [1], _bounds.Maximum));
        }
        foreach (var (members, most) in _bounds.Caps)
            if (Sum(members, most) is { Index.Length: > 0 } row)
                rows.Add(row);
        if (Floor is { } floor) rows.Add(Weighted(Enumerable.Range(0, _bounds.Count), i => -floor.Gains[i], -floor.Least));
        var logs = new double[rows.Count + (IsRatio ? 1 : 0)];
        if (Log > 0)
        {
            // A logarithm keeps its weight above 0, and a minimum above 0 is a row of its own.
            for (var k = 0; k < _free.Length; k++)
            {
                if (_bounds.Minimum > 0) rows.Add(rows[2 * k]);
                rows[2 * k] = new LinearTerm([k], [-1], 0);
            }
            logs = new double[rows.Count + 1];
            for (var k = 0; k < _free.Length; k++) logs[2 * k] = Log;
            logs[^1] = Log * (_bounds.Count - _free.Length);
        }
        if (IsRatio) rows.Add(new LinearTerm([_free.Length], [-1], 0));
        var (quadratic, linear) = Objective();
        return new ConvexProgram(quadratic, linear, rows,
            [.. _bounds.Equalities.Select(e => Sum(e.Members, e.Sum)).Where(e => e.Index.Length > 0)])
        {
            Logs = Log > 0 ? logs : null,
            Price = Price,
            Penalties = Previous is null || !(Price > 0) ? [] : [.. _free.Select((i, k) => Term([k], [1], Previous[i]))],
        };
    }

    // Σ value · x − bound; in a ratio, the bound is one of the multiple.
    private LinearTerm Term(int[] index, double[] value, double bound) => !IsRatio ? new LinearTerm(index, value, bound)
        : bound == 0 ? new LinearTerm(index, value, 0) : new LinearTerm([.. index, _free.Length], [.. value, -bound], 0);

    private LinearTerm Sum(int[] members, double bound)
    {
        var term = Weighted(members, _ => 1, bound);
        return term.Index.Any(k => k < _free.Length) ? term : new LinearTerm([], [], 0);
    }

    private LinearTerm Weighted(IEnumerable<int> members, Func<int, double> value, double bound)
    {
        var free = new List<int>();
        foreach (var i in members)
        {
            if (_bounds.Fixed[i] is { } weight) bound -= weight * value(i);
            else free.Add(i);
        }
        return Term([.. free.Select(i => _place[i])], [.. free.Select(value)], bound);
    }

    // The fixed weights add to the linear part; in a ratio, to the row of the multiple.
    private (double[] Quadratic, double[] Linear) Objective()
    {
        var (n, m) = (_bounds.Count, Variables);
        var (quadratic, linear) = (new double[m * m], new double[m]);
        var (square, constant) = (0.0, 0.0);
        double Pull(int i)
        {
            var sum = 0.0;
            for (var j = 0; j < n; j++) sum += _quadratic[i * n + j] * (_bounds.Fixed[j] ?? 0);
            return sum;
        }
        for (var i = 0; i < n; i++)
        {
            if (_bounds.Fixed[i] is not { } weight) continue;
            square += weight * Pull(i);
            constant += weight * _linear[i];
        }
        for (var k = 0; k < _free.Length; k++)
        {
            for (var l = 0; l < _free.Length; l++) quadratic[k * m + l] = _quadratic[_free[k] * n + _free[l]];
            var pull = _free.Length < n ? Pull(_free[k]) : 0;
            linear[k] = _linear[_free[k]];
            if (IsRatio) quadratic[k * m + m - 1] = quadratic[(m - 1) * m + k] = pull;
            else linear[k] += pull;
        }
        if (IsRatio) (quadratic[^1], linear[^1]) = (square, constant + Price * FixedTurnover());
        return (quadratic, linear);
    }

    private double FixedTurnover()
    {
        var sum = 0.0;
        for (var i = 0; i < _bounds.Count; i++)
            if (Previous is not null && _bounds.Fixed[i] is { } weight) sum += Math.Abs(weight - Previous[i]);
        return sum;
    }

    // A weight within rounding of a bound, or of its previous value, is that value.
    private void Tidy(double[] weights)
    {
        const double rounding = 1e-11;
        foreach (var i in _free)
        {
            if (weights[i] <= _bounds.Minimum + rounding) weights[i] = _bounds.Minimum;
            else if (weights[i] >= _bounds.Maximum - rounding) weights[i] = _bounds.Maximum;
            else if (Price > 0 && Previous is not null && Math.Abs(weights[i] - Previous[i]) <= rounding) weights[i] = Previous[i];
        }
    }
}
