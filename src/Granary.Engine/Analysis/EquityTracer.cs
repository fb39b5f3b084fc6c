namespace Granary.Engine.Analysis;

/// <summary>Makes the trace of an equity that comes row by row.</summary>
/// <param name="start">Equity before the first row.</param>
internal sealed class EquityTracer(long periodTicks, double start)
{
    private readonly List<double> _equity = [];
    private long _first = -1;

    /// <param name="time">UTC ticks, increasing.</param>
    public void Add(long time, double equity)
    {
        var period = time / periodTicks;
        if (_first < 0) _first = period;
        while (_equity.Count < period - _first) _equity.Add(_equity.Count > 0 ? _equity[^1] : start);
        if (_equity.Count == period - _first) _equity.Add(equity);
        else _equity[^1] = equity;
    }

    /// <returns>Null without a row.</returns>
    public EquityTrace? Finish() => _first < 0 ? null : new EquityTrace(periodTicks, _first, start, [.. _equity]);
}
