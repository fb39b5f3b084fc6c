using Granary.Engine.Numerics;

namespace Granary.Engine.Portfolio.Allocation;

/// <summary>
/// Takes the solution of <see cref="InteriorPoint"/> to the precision of the numbers: rows at their bound become equalities, which Newton
/// steps on the augmented Lagrangian meet (Nocedal and Wright, Numerical Optimization, ch. 17.3). Then it checks the conditions.
/// </summary>
internal sealed class ActiveSetPolish
{
    private const double Weight = 1000;
    private const int MostSteps = 40;

    private readonly ConvexProgram _program;
    private readonly int _n;
    private readonly double[] _x;
    private readonly bool[] _isActive;
    private readonly int[] _signs;
    private readonly List<LinearTerm> _met = [];
    private readonly List<double> _multipliers = [];

    private ActiveSetPolish(ConvexProgram program, InteriorPoint solution)
    {
        (_program, _n, _x) = (program, program.Count, [.. solution.X]);
        for (var e = 0; e < program.Equalities.Count; e++) Meet(program.Equalities[e], solution.MultiplierOfEquality(e));
        _isActive = [.. program.Rows.Select((_, k) => !HasLog(k) && solution.IsActive(k))];
        for (var k = 0; k < _isActive.Length; k++)
            if (_isActive[k])
                Meet(program.Rows[k], solution.MultiplierOf(k));
        _signs = [.. program.Penalties.Select((_, j) => solution.SignOf(j))];
        for (var j = 0; j < _signs.Length; j++)
            if (_signs[j] == 0)
                Meet(program.Penalties[j], solution.MultiplierOfPenalty(j));
    }

    private void Meet(LinearTerm term, double multiplier)
    {
        _met.Add(term);
        _multipliers.Add(multiplier);
    }

    private bool HasLog(int row) => _program.Logs is { } logs && logs[row] > 0;

    /// <returns>The solution; the interior point itself if a different set of rows is at its bounds than it shows.</returns>
    public static double[] Of(ConvexProgram program, InteriorPoint solution)
    {
        var polish = new ActiveSetPolish(program, solution);
        return polish.Run() ? polish._x : [.. solution.X];
    }

    private bool Run()
    {
        var (factor, dropped) = (new double[_n * _n], new bool[_n]);
        var hasLogs = _program.Logs is not null;
        var least = double.PositiveInfinity;
        double[] best = [.. _x];
        for (int step = 0, since = 0; step < MostSteps && since < 3; step++)
        {
            var gradient = Gradient();
            var error = 0.0;
            for (var e = 0; e < _met.Count; e++) error = Math.Max(error, Math.Abs(_met[e].Of(_x)));
            foreach (var g in gradient) error = Math.Max(error, Math.Abs(g));
            if (!double.IsFinite(error)) break;
            since = error < least ? 0 : since + 1;
            if (error < least)
            {
                least = error;
                _x.CopyTo(best, 0);
            }
            if (error == 0) break;
            if (step == 0 || hasLogs) Factor(factor, dropped);
            for (var e = 0; e < _met.Count; e++) _met[e].AddTo(gradient, Weight * _met[e].Of(_x));
            for (var i = 0; i < _n; i++) gradient[i] = -gradient[i];
            Cholesky.Substitute(factor, dropped, gradient);
            var length = LengthOf(gradient);
            Dense.AddScaled(length, gradient, _x);
            for (var e = 0; e < _met.Count; e++) _multipliers[e] += Weight * _met[e].Of(_x);
        }
        best.CopyTo(_x, 0);
        return least < 1e-10 && IsOptimal();
    }

    // The gradient of the Lagrangian.
    private double[] Gradient()
    {
        var gradient = new double[_n];
        for (var i = 0; i < _n; i++) gradient[i] = _program.Linear[i] + Dense.Dot(_program.Quadratic.AsSpan(i * _n, _n), _x);
        for (var k = 0; k < _program.Rows.Count; k++)
            if (HasLog(k))
                _program.Rows[k].AddTo(gradient, -_program.Logs![k] / _program.Rows[k].Of(_x));
        for (var j = 0; j < _signs.Length; j++) _program.Penalties[j].AddTo(gradient, _signs[j] * _program.Price);
        for (var e = 0; e < _met.Count; e++) _met[e].AddTo(gradient, _multipliers[e]);
        return gradient;
    }

    private void Factor(double[] factor, bool[] dropped)
    {
        Array.Copy(_program.Quadratic, factor, factor.Length);
        foreach (var term in _met) term.AddSquare(factor, _n, Weight);
        for (var k = 0; k < _program.Rows.Count; k++)
            if (HasLog(k) && _program.Rows[k].Of(_x) is var distance)
                _program.Rows[k].AddSquare(factor, _n, _program.Logs![k] / (distance * distance));
        Cholesky.Factor(factor, dropped, 1e-14);
    }

    // A logarithm's row stays below its bound.
    private double LengthOf(double[] step)
    {
        var length = 1.0;
        for (var k = 0; k < _program.Rows.Count; k++)
            if (HasLog(k) && _program.Rows[k].Product(step) is > 0 and var rise)
                length = Math.Min(length, 0.9 * -_program.Rows[k].Of(_x) / rise);
        return length;
    }

    private bool IsOptimal()
    {
        const double rounding = 1e-9;
        var next = _program.Equalities.Count;
        for (var k = 0; k < _isActive.Length; k++)
            if (_isActive[k] ? _multipliers[next++] < -rounding : _program.Rows[k].Of(_x) > 1e-12)
                return false;
        for (var j = 0; j < _signs.Length; j++)
            if (_signs[j] == 0 ? Math.Abs(_multipliers[next++]) > _program.Price + rounding
                : _signs[j] * _program.Penalties[j].Of(_x) < -1e-12)
                return false;
        return true;
    }
}
