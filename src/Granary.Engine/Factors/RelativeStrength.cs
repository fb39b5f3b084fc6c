namespace Granary.Engine.Factors;

/// <summary>Wilder's relative strength index of a series: the recursion behind rsi and stochastic-rsi.</summary>
public struct RelativeStrength(int n)
{
    private readonly double _alpha = 1.0 / n;
    private double _previous = double.NaN, _gain, _loss;
    private int _seen = -1;

    /// <summary>Takes the next value; NaN until n changes have come.</summary>
    public double Next(double value)
    {
        var change = value - _previous;
        _previous = value;
        var gain = change > 0 ? change : 0;
        var loss = change < 0 ? -change : 0;
        if (_seen == n)
        {
            _gain += _alpha * (gain - _gain);
            _loss += _alpha * (loss - _loss);
        }
        else
        {
            _gain += gain;
            _loss += loss;
            if (++_seen < n) return double.NaN;
            _gain /= n;
            _loss /= n;
        }
        return _loss > 0 ? 100 - 100 / (1 + _gain / _loss) : 100;
    }
}
