using Granary.Engine.Market;

namespace Granary.Data.Quality;

/// <summary>
/// Tells bars of another length than their name: how far apart most of them are. Cheap enough for every run, which the full check is not.
/// </summary>
public sealed class BarSpacing(Timeframe timeframe)
{
    // Two bars may have a weekend between them.
    private const int LeastSteps = 3;
    private const int MostSteps = 1000;

    private readonly Dictionary<long, long> _others = [];
    private long _regular, _last = long.MinValue;

    /// <summary>How far apart most bars are, as "1 d", where that is not the timeframe; null where it is.</summary>
    public string? Other => Step is { } step ? Reading.BarCollector.Describe(step) : null;

    /// <summary>The timeframe that most bars have, where it is another one; null too where no timeframe is as long.</summary>
    public Timeframe? OtherTimeframe => Step is { } step && Timeframe.All.FirstOrDefault(t => t.Ticks == step) is { Ticks: > 0 } found
        ? found : null;

    private long? Step
    {
        get
        {
            if (_others.Count == 0) return null;
            var most = _others.MaxBy(s => (s.Value, -s.Key));
            // Days of a market that trades on some weekdays only are days all the same.
            return most.Value <= _regular || most.Value < LeastSteps
                || timeframe == Timeframe.D1 && most.Key is > TimeSpan.TicksPerDay and <= 3 * TimeSpan.TicksPerDay ? null : most.Key;
        }
    }

    /// <summary>Looks at the next bars.</summary>
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
