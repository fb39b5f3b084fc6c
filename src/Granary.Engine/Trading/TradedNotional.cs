namespace Granary.Engine.Trading;

/// <summary>Value that an account traded over its last days, for the tiers of a fee schedule.</summary>
internal sealed class TradedNotional(int days)
{
    private readonly Queue<(long Day, double Notional)> _days = new();
    private double _sum, _today;
    private long _day = long.MinValue;

    /// <summary>The notional of the days before this bar's day and of that day so far, quote currency.</summary>
    public double At(long time)
    {
        var day = time / TimeSpan.TicksPerDay;
        if (day > _day)
        {
            if (_today > 0) _days.Enqueue((_day, _today));
            _today = 0;
            _day = day;
            while (_days.TryPeek(out var oldest) && oldest.Day <= day - days) _days.Dequeue();
            // Summed again, so that expired days leave no rounding remainder.
            _sum = 0;
            foreach (var (_, notional) in _days) _sum += notional;
        }
        return _sum + _today;
    }

    /// <summary>The same, without a change: an earlier time can follow.</summary>
    public double Seen(long time)
    {
        var first = time / TimeSpan.TicksPerDay - days + 1;
        var sum = _day >= first ? _today : 0;
        foreach (var (day, notional) in _days)
            if (day >= first) sum += notional;
        return sum;
    }

    public void Add(long time, double notional)
    {
        _ = At(time);
        _today += notional;
    }
}
