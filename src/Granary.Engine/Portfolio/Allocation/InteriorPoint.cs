using Granary.Engine.Numerics;

namespace Granary.Engine.Portfolio.Allocation;

/// <summary>
/// Solves a <see cref="ConvexProgram"/> by Mehrotra's predictor and corrector (Nocedal and Wright, Numerical Optimization, ch. 16.6). A
/// logarithm is a row whose complementarity ends at its factor instead of 0. A penalty |v| ≤ t is a pair of rows, whose t is eliminated.
/// </summary>
/// <remarks>It uses additions, multiplications, divisions and roots in a fixed order only, so all machines give the same bits.</remarks>
internal sealed class InteriorPoint
{
    // Closer to the bounds rounding hides the curvature along them. ActiveSetPolish goes on from there.
    private const double Tolerance = 1e-10;
    private const int MostSteps = 100;

    private readonly ConvexProgram _program;
    private readonly int _n, _rows, _pairs;
    private readonly double[] _x, _y, _target;
    private readonly double[] _t;

    // Slacks and multipliers of the rows, then of the two rows of each penalty.
    private readonly double[] _s, _z;
    private readonly double[] _primal;
    private readonly double[] _dual;
    private readonly double[] _factor;
    private readonly bool[] _dropped;
    private double[][] _columns = [];

    private sealed record Step(double[] X, double[] Y, double[] T, double[] S, double[] Z);

    /// <param name="start">A point that may break rows.</param>
    public InteriorPoint(ConvexProgram program, double[] start)
    {
        _program = program;
        (_n, _rows, _pairs) = (program.Count, program.Rows.Count, program.Penalties.Count);
        _x = [.. start];
        _y = new double[program.Equalities.Count];
        _t = new double[_pairs];
        var count = _rows + 2 * _pairs;
        (_s, _z, _primal, _target) = (new double[count], new double[count], new double[count], new double[count]);
        program.Logs?.CopyTo(_target, 0);
        (_dual, _factor, _dropped) = (new double[_n], new double[_n * _n], new bool[_n]);
        Start();
    }

    public IReadOnlyList<double> X => _x;

    /// <summary>Whether a row is at its bound.</summary>
    public bool IsActive(int row) => _z[row] > _s[row];

    public double MultiplierOf(int row) => _z[row];

    public double MultiplierOfEquality(int equality) => _y[equality];

    /// <summary>By penalty: −1 or 1 if its term is below or above 0; 0 at the kink.</summary>
    public int SignOf(int penalty)
    {
        var (above, below) = (IsActive(_rows + 2 * penalty), IsActive(_rows + 2 * penalty + 1));
        return above == below ? 0 : above ? 1 : -1;
    }

    /// <summary>The multiplier of a penalty's term, from −price to price.</summary>
    public double MultiplierOfPenalty(int penalty) => _z[_rows + 2 * penalty] - _z[_rows + 2 * penalty + 1];

    private void Start()
    {
        var room = 1.0 / Math.Max(1, _n);
        Gradient(_dual);
        var scale = _program.Price;
        foreach (var g in _dual) scale = Math.Max(scale, Math.Abs(g));
        if (!(scale > 0)) scale = 1;
        for (var k = 0; k < _rows; k++)
        {
            _s[k] = Math.Max(-_program.Rows[k].Of(_x), room);
            _z[k] = scale + _target[k] / _s[k];
        }
        for (var j = 0; j < _pairs; j++)
        {
            var v = _program.Penalties[j].Of(_x);
            _t[j] = Math.Abs(v) + room;
            (_s[_rows + 2 * j], _s[_rows + 2 * j + 1]) = (_t[j] - v, _t[j] + v);
            _z[_rows + 2 * j] = _z[_rows + 2 * j + 1] = _program.Price / 2;
        }
    }

    private void Gradient(double[] into)
    {
        for (var i = 0; i < _n; i++) into[i] = _program.Linear[i] + Dense.Dot(_program.Quadratic.AsSpan(i * _n, _n), _x);
    }

    public void Run()
    {
        var (least, since) = (double.PositiveInfinity, 0);
        for (var step = 0; step < MostSteps; step++)
        {
            var error = Residuals();
            var gap = Gap();
            if (error <= Tolerance || (gap <= 1e-14 && error <= 1e-7)) return;
            if (error < 0.9 * least) (least, since) = (error, 0);
            else if (++since == 12) return; // rounding prevents a better point
            Factor();
            var aim = (double[])_target.Clone();
            var affine = Direction(aim, null);
            var reach = Reach(affine);
            var left = 0.0;
            for (var k = 0; k < _s.Length; k++)
                left += Math.Abs((_s[k] + reach * affine.S[k]) * (_z[k] + reach * affine.Z[k]) - _target[k]);
            if (_s.Length > 0) left /= _s.Length;
            var ratio = gap > 0 ? Math.Min(1, left / gap) : 0;
            for (var k = 0; k < aim.Length; k++) aim[k] += ratio * ratio * ratio * gap;
            var move = Direction(aim, affine);
            var length = Reach(move, most: 2);
            if (length < 0.2)
            {
                // Products that differ too much from one another allow short steps only: this step makes them alike.
                for (var k = 0; k < aim.Length; k++) aim[k] = _target[k] + gap;
                move = Direction(aim, null);
                length = Reach(move, most: 2);
            }
            Move(move, Math.Min(1, 0.995 * length));
        }
    }

    // The residuals of the optimality conditions; returns the largest.
    private double Residuals()
    {
        Gradient(_dual);
        var worst = 0.0;
        for (var e = 0; e < _y.Length; e++)
        {
            _program.Equalities[e].AddTo(_dual, _y[e]);
            worst = Math.Max(worst, Math.Abs(_program.Equalities[e].Of(_x)));
        }
        for (var k = 0; k < _rows; k++)
        {
            _program.Rows[k].AddTo(_dual, _z[k]);
            _primal[k] = _program.Rows[k].Of(_x) + _s[k];
        }
        for (var j = 0; j < _pairs; j++)
        {
            var (v, a) = (_program.Penalties[j].Of(_x), _rows + 2 * j);
            _program.Penalties[j].AddTo(_dual, _z[a] - _z[a + 1]);
            (_primal[a], _primal[a + 1]) = (v - _t[j] + _s[a], -v - _t[j] + _s[a + 1]);
            worst = Math.Max(worst, Math.Abs(_program.Price - _z[a] - _z[a + 1]));
        }
        foreach (var d in _dual) worst = Math.Max(worst, Math.Abs(d));
        for (var k = 0; k < _s.Length; k++)
            worst = Math.Max(worst, Math.Max(Math.Abs(_primal[k]), Math.Abs(_s[k] * _z[k] - _target[k])));
        return worst;
    }

    private double Gap()
    {
        var sum = 0.0;
        for (var k = 0; k < _s.Length; k++) sum += Math.Abs(_s[k] * _z[k] - _target[k]);
        return _s.Length > 0 ? sum / _s.Length : 0;
    }

    private void Factor()
    {
        Array.Copy(_program.Quadratic, _factor, _factor.Length);
        for (var k = 0; k < _rows; k++) _program.Rows[k].AddSquare(_factor, _n, _z[k] / _s[k]);
        for (var j = 0; j < _pairs; j++)
        {
            var (d1, d2) = Weights(j);
            _program.Penalties[j].AddSquare(_factor, _n, 4 * (d1 / (d1 + d2)) * d2);
        }
        Cholesky.Factor(_factor, _dropped, 1e-14);
        _columns = [.. _program.Equalities.Select(e =>
        {
            var column = new double[_n];
            e.AddTo(column, 1);
            Cholesky.Substitute(_factor, _dropped, column);
            return column;
        })];
    }

    private (double Above, double Below) Weights(int pair)
    {
        var a = _rows + 2 * pair;
        return (_z[a] / _s[a], _z[a + 1] / _s[a + 1]);
    }

    // The Newton direction to complementarity products of `aim`, with the second-order term of an earlier direction.
    private Step Direction(double[] aim, Step? earlier)
    {
        var pull = new double[_s.Length]; // (aim − s·z − Δs·Δz) / s
        for (var k = 0; k < pull.Length; k++)
            pull[k] = (aim[k] - _s[k] * _z[k] - (earlier is null ? 0 : earlier.S[k] * earlier.Z[k])) / _s[k];
        var right = new double[_n];
        for (var i = 0; i < _n; i++) right[i] = -_dual[i];
        for (var k = 0; k < _rows; k++) _program.Rows[k].AddTo(right, -(pull[k] + _z[k] / _s[k] * _primal[k]));
        for (var j = 0; j < _pairs; j++)
        {
            var (a, (d1, d2)) = (_rows + 2 * j, Weights(j));
            var (up, down) = (pull[a] + d1 * _primal[a], pull[a + 1] + d2 * _primal[a + 1]);
            _program.Penalties[j].AddTo(right, -(up - down - (d1 - d2) / (d1 + d2) * Common(j, up, down)));
        }
        Cholesky.Substitute(_factor, _dropped, right);
        var step = new Step(right, Equalise(right), new double[_pairs], new double[_s.Length], new double[_s.Length]);
        for (var k = 0; k < _rows; k++)
        {
            step.S[k] = -_primal[k] - _program.Rows[k].Product(step.X);
            step.Z[k] = pull[k] - _z[k] / _s[k] * step.S[k];
        }
        for (var j = 0; j < _pairs; j++)
        {
            var (a, (d1, d2), v) = (_rows + 2 * j, Weights(j), _program.Penalties[j].Product(step.X));
            var (up, down) = (pull[a] + d1 * _primal[a], pull[a + 1] + d2 * _primal[a + 1]);
            step.T[j] = (Common(j, up, down) + (d1 - d2) * v) / (d1 + d2);
            step.S[a] = step.T[j] - v - _primal[a];
            step.S[a + 1] = step.T[j] + v - _primal[a + 1];
            step.Z[a] = pull[a] - d1 * step.S[a];
            step.Z[a + 1] = pull[a + 1] - d2 * step.S[a + 1];
        }
        return step;
    }

    private double Common(int pair, double up, double down) =>
        up + down - (_program.Price - _z[_rows + 2 * pair] - _z[_rows + 2 * pair + 1]);

    // Changes the direction so that it meets the equalities; returns the steps of their multipliers.
    private double[] Equalise(double[] direction)
    {
        var m = _columns.Length;
        if (m == 0) return [];
        var (matrix, steps) = (new double[m * m], new double[m]);
        for (var e = 0; e < m; e++)
        {
            steps[e] = _program.Equalities[e].Product(direction) + _program.Equalities[e].Of(_x);
            for (var f = 0; f <= e; f++) matrix[e * m + f] = _program.Equalities[e].Product(_columns[f]);
        }
        Cholesky.Solve(matrix, steps, 1e-14);
        for (var e = 0; e < m; e++) Dense.AddScaled(-steps[e], _columns[e], direction);
        return steps;
    }

    // The largest step at which slacks and multipliers stay positive.
    private double Reach(Step step, double most = 1)
    {
        var reach = most;
        for (var k = 0; k < _s.Length; k++)
        {
            if (step.S[k] < 0) reach = Math.Min(reach, -_s[k] / step.S[k]);
            if (step.Z[k] < 0) reach = Math.Min(reach, -_z[k] / step.Z[k]);
        }
        return reach;
    }

    private void Move(Step step, double length)
    {
        Dense.AddScaled(length, step.X, _x);
        for (var e = 0; e < _y.Length; e++) _y[e] += length * step.Y[e];
        for (var j = 0; j < _pairs; j++) _t[j] += length * step.T[j];
        for (var k = 0; k < _s.Length; k++)
        {
            _s[k] += length * step.S[k];
            _z[k] += length * step.Z[k];
        }
    }
}
