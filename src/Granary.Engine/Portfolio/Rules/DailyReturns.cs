namespace Granary.Engine.Portfolio.Rules;

/// <summary>Daily log returns of instruments over the last days, from the last close of each UTC day.</summary>
internal sealed class DailyReturns
{
    // With fewer days there is no correlation and no volatility.
    private const int LeastDays = 10;

    private readonly int _length;
    private readonly bool[] _marked;
    private readonly double[] _lastClose;
    private readonly double[][] _returns;
    private int _days;

    /// <param name="length">How many days are kept.</param>
    public DailyReturns(int markets, int length)
    {
        _length = length;
        _marked = new bool[markets];
        _lastClose = new double[markets];
        _returns = [.. Enumerable.Range(0, markets).Select(_ => new double[length])];
    }

    private int Known => Math.Min(_days, _length);

    /// <summary>An instrument has a close.</summary>
    public void Mark(int market) => _marked[market] = true;

    /// <summary>A day is over. The closes come from the first time slice of the next day, when the returns are known.</summary>
    public void EndDay(ReadOnlySpan<double> closes)
    {
        var slot = _days++ % _length;
        for (var i = 0; i < _returns.Length; i++)
        {
            _returns[i][slot] = _marked[i] && _lastClose[i] > 0 && closes[i] > 0 ? Math.Log(closes[i] / _lastClose[i]) : double.NaN;
            if (_marked[i]) _lastClose[i] = closes[i];
            _marked[i] = false;
        }
    }

    /// <summary>Pearson's correlation of two instruments over the days on which both have a return; 0 with fewer than ten.</summary>
    public double Correlation(int a, int b)
    {
        double sa = 0, sb = 0, saa = 0, sbb = 0, sab = 0;
        var n = 0;
        for (var d = 0; d < Known; d++)
        {
            var (x, y) = (_returns[a][d], _returns[b][d]);
            if (double.IsNaN(x) || double.IsNaN(y)) continue;
            n++;
            sa += x;
            sb += y;
            saa += x * x;
            sbb += y * y;
            sab += x * y;
        }
        if (n < LeastDays) return 0;
        var (va, vb) = (saa - sa * sa / n, sbb - sb * sb / n);
        return va > 0 && vb > 0 ? (sab - sa * sb / n) / Math.Sqrt(va * vb) : 0;
    }

    /// <summary>Annualized standard deviation (n − 1) of an instrument's returns; NaN with fewer than ten.</summary>
    /// <param name="tradingDaysPerYear">Trading days per year of the instrument.</param>
    public double Volatility(int market, int tradingDaysPerYear)
    {
        double sum = 0, squares = 0;
        var n = 0;
        for (var d = 0; d < Known; d++)
        {
            var x = _returns[market][d];
            if (double.IsNaN(x)) continue;
            n++;
            sum += x;
            squares += x * x;
        }
        return n < LeastDays ? double.NaN : Math.Sqrt(Math.Max(0, squares - sum * sum / n) / (n - 1) * tradingDaysPerYear);
    }
}
