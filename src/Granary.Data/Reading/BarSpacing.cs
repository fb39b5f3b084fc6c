using Granary.Engine.Market;

namespace Granary.Data.Reading;

/// <summary>
/// Detects bars of another length than their timeframe from the most frequent step. Unlike the full check, it is fast enough for every run.
/// </summary>
internal sealed class BarSpacing(Timeframe timeframe)
{
    // A weekend may lie between two bars, so few steps prove nothing.
    private const int LeastSteps = 3;
    private const int MostSteps = 1000;

    private readonly Dictionary<long, long> _others = [];
    private long _regular, _last = long.MinValue;

    /// <summary>The most frequent step, such as "1 d", if it differs from the timeframe; null if it does not.</summary>
    public string? Other => Step is { } step ? BarCollector.Describe(step) : null;

    /// <summary>The timeframe with the most frequent step, if it differs from the declared one; null also if no timeframe has this
    /// length.</summary>
    public Timeframe? OtherTimeframe => Step is { } step && Timeframe.All.FirstOrDefault(t => t.Ticks == step) is { Ticks: > 0 } found
        ? found : null;

    private long? Step
    {
        get
        {
            if (_others.Count == 0) return null;
            var most = _others.MaxBy(s => (s.Value, -s.Key));
            // Daily bars of a market that trades on some weekdays only are still daily bars.
            return most.Value <= _regular || most.Value < LeastSteps
                || timeframe == Timeframe.D1 && most.Key is > TimeSpan.TicksPerDay and <= 3 * TimeSpan.TicksPerDay ? null : most.Key;
        }
    }

    /// <summary>Counts the steps between the next bars.</summary>
    public void Add(ReadOnlySpan<long> times)
    {
        foreach (var time in times)
        {
            if (_last != long.MinValue) Count(time);
            _last = time;
        }
    }

    private void Count(long time)
    {
        var step = time - _last;
        if (time == timeframe.CloseOf(_last)) _regular++;
        else if (_others.Count < MostSteps || _others.ContainsKey(step)) _others[step] = _others.GetValueOrDefault(step) + 1;
    }
}
