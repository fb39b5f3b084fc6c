namespace Granary.Engine.Factors.Kernels;

/// <summary>How many steps ago the greatest (or least) of the last <c>n</c> values was, the oldest of equal ones counting.</summary>
internal struct RollingExtreme
{
    // A monotonic queue: each value in it is smaller than all before it, so that its head is the extreme.
    private readonly double[] _values;
    private readonly long[] _steps;
    private readonly double _sign;
    private readonly int _n;
    private int _head, _count;
    private long _step;

    /// <param name="n">The window's length, at least 1.</param>
    /// <param name="sign">1 for the greatest, -1 for the least.</param>
    public RollingExtreme(int n, int sign)
    {
        _n = n;
        _sign = sign;
        _values = new double[n];
        _steps = new long[n];
    }

    /// <summary>Takes the next value; the age of the extreme, 0 for the value just given.</summary>
    public int AgeAfter(double value)
    {
        value *= _sign;
        if (_count > 0 && _steps[_head] <= _step - _n)
        {
            _head = Next(_head);
            _count--;
        }
        var last = _head + _count - 1;
        if (last >= _n) last -= _n;
        while (_count > 0 && _values[last] < value)
        {
            _count--;
            last = last == 0 ? _n - 1 : last - 1;
        }
        last = Next(last < 0 ? _n - 1 : last);
        if (_count == 0) _head = last;
        _values[last] = value;
        _steps[last] = _step;
        _count++;
        return (int)(_step++ - _steps[_head]);
    }

    private readonly int Next(int slot) => slot + 1 == _n ? 0 : slot + 1;
}
