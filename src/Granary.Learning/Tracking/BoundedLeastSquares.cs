namespace Granary.Learning.Tracking;

/// <summary>
/// min ½ w′Gw − c′w + Σ priceᵢ |wᵢ − previousᵢ| over lowerᵢ ≤ wᵢ ≤ upperᵢ, optionally with Σ w = 1: a primal active-set method on the
/// segments between a weight's bounds and its previous value (Nocedal and Wright, Numerical Optimization, ch. 16).
/// </summary>
/// <remarks>Each weight is either free within a segment or fixed at an end of one. Each iteration solves exactly for the free weights,
/// moves to the first segment end, and releases the fixed weight with the largest gain. The objective decreases in every iteration. The
/// method therefore ends at the minimum, exactly on the active bounds.</remarks>
internal sealed class BoundedLeastSquares
{
    private readonly int _n;
    private readonly double[,] _gram;
    private readonly double[] _linear, _lower, _upper, _price, _previous, _weights;
    private readonly bool[] _free;
    private readonly double[] _slope; // derivative of the penalty for a free weight: −price below its previous value, +price above
    private readonly bool _sumToOne;

    /// <param name="start">Feasible initial weights.</param>
    public BoundedLeastSquares(double[,] gram, double[] linear, double[] lower, double[] upper, TurnoverPrice turnover,
        bool sumToOne, double[] start)
    {
        _n = linear.Length;
        (_gram, _linear, _lower, _upper) = (gram, linear, lower, upper);
        (_price, _previous) = (turnover.Price, turnover.Previous);
        _sumToOne = sumToOne;
        _weights = (double[])start.Clone();
        _free = new bool[_n];
        _slope = new double[_n];
        for (var i = 0; i < _n; i++)
        {
            _free[i] = !IsEnd(i, _weights[i]);
            _slope[i] = _weights[i] > _previous[i] ? _price[i] : -_price[i];
        }
    }

    /// <summary>The multiplier of Σ w = 1: the marginal cost of one more unit of weight.</summary>
    public double Multiplier { get; private set; }

    public double[] Solve()
    {
        var scale = 0.0;
        for (var i = 0; i < _n; i++) scale = Math.Max(scale, Math.Abs(_linear[i]) + _price[i]);
        // If rounding prevents convergence at a degenerate vertex, a coarser tolerance ends the loop.
        for (var tolerance = 1e-13; tolerance < 1e-5; tolerance *= 100)
            for (var round = 0; round < 20 * _n + 50; round++)
                if (Step(tolerance * scale))
                    return _weights;
        return _weights;
    }

    // Returns true if the weights are optimal.
    private bool Step(double tolerance)
    {
        var direction = Direction();
        var (share, hit, at) = (1.0, -1, 0.0);
        for (var i = 0; i < _n; i++)
        {
            if (!_free[i] || direction[i] == 0) continue;
            var end = NextEnd(i, direction[i] > 0);
            if (!double.IsFinite(end)) continue;
            var reach = (end - _weights[i]) / direction[i];
            if (reach >= share) continue;
            (share, hit, at) = (Math.Max(0, reach), i, end);
        }
        for (var i = 0; i < _n; i++)
            if (_free[i]) _weights[i] += share * direction[i];
        if (hit >= 0)
        {
            _weights[hit] = at;
            _free[hit] = false;
            return false;
        }
        return !LetGo(tolerance);
    }

    private double[] Direction()
    {
        var index = new List<int>();
        for (var i = 0; i < _n; i++)
            if (_free[i]) index.Add(i);
        var result = new double[_n];
        var m = index.Count;
        if (m == 0 || (_sumToOne && m == 1)) return result;
        var gradient = Gradient();
        var matrix = new double[m, m];
        var (down, ones) = (new double[m], new double[m]);
        for (var a = 0; a < m; a++)
        {
            for (var b = 0; b < m; b++) matrix[a, b] = _gram[index[a], index[b]];
            down[a] = -(gradient[index[a]] + _slope[index[a]]);
            ones[a] = 1;
        }
        var factor = Cholesky(matrix, m);
        Solve(factor, down, m);
        if (_sumToOne)
        {
            Solve(factor, ones, m);
            var excess = down.Sum() / ones.Sum();
            for (var a = 0; a < m; a++) down[a] -= excess * ones[a];
            var drift = down.Sum() / m; // rounding error, removed so that the sum stays 1
            for (var a = 0; a < m; a++) down[a] -= drift;
        }
        for (var a = 0; a < m; a++) result[index[a]] = down[a];
        return result;
    }

    // Releases the fixed weight with the largest gain or, with a fixed sum and no free weight, the best pair; false if none gains.
    private bool LetGo(double tolerance)
    {
        var gradient = Gradient();
        double freeSum = 0;
        var freeCount = 0;
        var (bestUp, up) = (double.PositiveInfinity, -1);
        var (bestDown, down) = (double.NegativeInfinity, -1);
        for (var i = 0; i < _n; i++)
        {
            if (_free[i])
            {
                freeSum += gradient[i] + _slope[i];
                freeCount++;
                continue;
            }
            if (_weights[i] < _upper[i])
            {
                var rise = gradient[i] + (_weights[i] >= _previous[i] ? _price[i] : -_price[i]);
                if (rise < bestUp) (bestUp, up) = (rise, i);
            }
            if (_weights[i] > _lower[i])
            {
                var fall = gradient[i] + (_weights[i] > _previous[i] ? _price[i] : -_price[i]);
                if (fall > bestDown) (bestDown, down) = (fall, i);
            }
        }
        if (_sumToOne && freeCount == 0)
        {
            Multiplier = up < 0 ? bestDown : down < 0 ? bestUp : (bestUp + bestDown) / 2;
            if (up < 0 || down < 0 || bestUp >= bestDown - tolerance) return false;
            Free(up, rising: true);
            Free(down, rising: false);
            return true;
        }
        Multiplier = _sumToOne ? freeSum / freeCount : 0;
        var gainUp = up < 0 ? 0 : Multiplier - bestUp;
        var gainDown = down < 0 ? 0 : bestDown - Multiplier;
        if (Math.Max(gainUp, gainDown) <= tolerance) return false;
        if (gainUp >= gainDown) Free(up, rising: true);
        else Free(down, rising: false);
        return true;
    }

    private void Free(int i, bool rising)
    {
        _free[i] = true;
        _slope[i] = (rising ? _weights[i] >= _previous[i] : _weights[i] > _previous[i]) ? _price[i] : -_price[i];
    }

    private double[] Gradient()
    {
        var gradient = new double[_n];
        for (var i = 0; i < _n; i++)
        {
            var sum = -_linear[i];
            for (var j = 0; j < _n; j++) sum += _gram[i, j] * _weights[j];
            gradient[i] = sum;
        }
        return gradient;
    }

    private bool IsEnd(int i, double weight) => weight <= _lower[i] || weight >= _upper[i] || (_price[i] > 0 && weight == _previous[i]);

    private double NextEnd(int i, bool rising)
    {
        var kink = _price[i] > 0 && _previous[i] > _lower[i] && _previous[i] < _upper[i];
        if (rising) return kink && _slope[i] < 0 && _weights[i] <= _previous[i] ? _previous[i] : _upper[i];
        return kink && _slope[i] > 0 && _weights[i] >= _previous[i] ? _previous[i] : _lower[i];
    }

    // Linearly dependent names make the matrix singular; a ridge divides the weight between them.
    private static double[,] Cholesky(double[,] matrix, int n)
    {
        var largest = 0.0;
        for (var i = 0; i < n; i++) largest = Math.Max(largest, matrix[i, i]);
        for (var ridge = 0.0; ; ridge = ridge == 0 ? 1e-12 : ridge * 100)
        {
            var l = new double[n, n];
            var good = true;
            for (var i = 0; i < n && good; i++)
            {
                for (var j = 0; j <= i; j++)
                {
                    var sum = matrix[i, j] + (i == j ? ridge * largest : 0);
                    for (var k = 0; k < j; k++) sum -= l[i, k] * l[j, k];
                    if (i != j)
                    {
                        l[i, j] = sum / l[j, j];
                        continue;
                    }
                    if (sum <= (ridge == 0 ? 1e-13 * matrix[i, i] : 0))
                    {
                        good = false;
                        break;
                    }
                    l[i, i] = Math.Sqrt(sum);
                }
            }
            if (good || largest == 0 || ridge > 1) return good ? l : Identity(n);
        }
    }

    private static double[,] Identity(int n)
    {
        var identity = new double[n, n];
        for (var i = 0; i < n; i++) identity[i, i] = 1;
        return identity;
    }

    private static void Solve(double[,] l, double[] b, int n)
    {
        for (var i = 0; i < n; i++)
        {
            for (var k = 0; k < i; k++) b[i] -= l[i, k] * b[k];
            b[i] /= l[i, i];
        }
        for (var i = n - 1; i >= 0; i--)
        {
            for (var k = i + 1; k < n; k++) b[i] -= l[k, i] * b[k];
            b[i] /= l[i, i];
        }
    }
}
