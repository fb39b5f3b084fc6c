using System.Runtime.CompilerServices;

namespace Granary.Engine.Factors;

/// <summary>
/// The last <c>n</c> values weighted 1 (oldest) to n (newest), and their plain sum, in constant time and without drift:
/// on decimal prices in whole ticks, else in double-double arithmetic.
/// </summary>
public struct ExactWeightedSum
{
    private readonly double[] _window;
    private readonly double _scale;
    private readonly int _n;
    private Int128 _weightedTicks;
    private long _ticks;
    private DoubleDouble _weighted, _sum;
    private int _at, _seen;

    /// <param name="n">The window's length, at least 1.</param>
    /// <param name="decimals">The most decimals of a value; negative where values are not decimal.</param>
    public ExactWeightedSum(int n, int decimals)
    {
        _n = n;
        _window = new double[n];
        _scale = decimals is >= 0 and <= 9 ? Math.Pow(10, decimals) : 0;
    }

    public readonly bool IsFull => _seen == _n;

    /// <summary>Takes the next value.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Add(double value)
    {
        if (_scale > 0)
        {
            // Whole ticks lie in the window as doubles, which hold them exactly.
            var ticks = Math.Round(value * _scale);
            if (_seen == _n)
            {
                _weightedTicks += (Int128)((long)ticks * (Int128)_n) - _ticks;
                _ticks += (long)ticks - (long)_window[_at];
            }
            else
            {
                _ticks += (long)ticks;
                _weightedTicks += (Int128)(long)ticks * ++_seen;
            }
            _window[_at] = ticks;
        }
        else
        {
            if (_seen == _n)
            {
                _weighted = _weighted - _sum + DoubleDouble.Product(value, _n);
                _sum = _sum + value + -_window[_at];
            }
            else
            {
                _sum += value;
                _weighted += DoubleDouble.Product(value, ++_seen);
            }
            _window[_at] = value;
        }
        if (++_at == _n) _at = 0;
    }

    /// <summary>Σ w·x / Σ w, rounded once.</summary>
    public readonly double WeightedMean
    {
        get
        {
            var weights = _n * (_n + 1.0) / 2;
            return _scale > 0 ? (double)_weightedTicks / (_scale * weights) : _weighted.DividedBy(weights);
        }
    }

    /// <summary>Σ x / n, rounded once.</summary>
    public readonly double Mean => _scale > 0 ? _ticks / (_scale * _n) : _sum.DividedBy(_n);

    /// <summary>Σ (w − w̄)·(x − x̄): the numerator of the window's least-squares slope.</summary>
    public readonly double Covariation =>
        _scale > 0
            ? (double)(2 * _weightedTicks - (Int128)_ticks * (_n + 1)) / (2 * _scale)
            : (_weighted - _sum * ((_n + 1) / 2.0)).Value;
}
