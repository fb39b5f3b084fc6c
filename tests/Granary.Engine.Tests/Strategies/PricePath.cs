using Granary.Engine.Market;
using Granary.Engine.Tests.Factors;

namespace Granary.Engine.Tests.Strategies;

/// <summary>Bars drawn by hand: each opens at the close before it, and its range is what it moved, unless said otherwise.</summary>
internal sealed class PricePath(Timeframe timeframe, double price, DateTime? start = null, SessionCalendar? calendar = null)
{
    private readonly List<Bar> _bars = [];
    private long _time = (start ?? new DateTime(2024, 1, 1)).Ticks;
    private double _price = price;

    /// <summary>Bars until now.</summary>
    public int Count => _bars.Count;

    public PricePath To(params double[] closes)
    {
        foreach (var close in closes) Bar(_price, Math.Max(_price, close), Math.Min(_price, close), close);
        return this;
    }

    /// <summary>So many bars, each closing so much higher than the one before.</summary>
    public PricePath Climb(int bars, double step)
    {
        for (var i = 0; i < bars; i++) To(_price + step);
        return this;
    }

    /// <summary>So many bars up and down around where it stands.</summary>
    public PricePath Waver(int bars, double reach)
    {
        var middle = _price;
        for (var i = 0; i < bars; i++) To(middle + (i % 2 == 0 ? reach : -reach));
        return To(middle);
    }

    public PricePath Bar(double open, double high, double low, double close)
    {
        _bars.Add(new Bar(_time, open, high, low, close, 1000));
        _time += timeframe.Ticks;
        _price = close;
        return this;
    }

    /// <summary>Nothing trades until then.</summary>
    public PricePath At(DateTime utc)
    {
        _time = utc.Ticks;
        return this;
    }

    public SampleBars.Feed Feed(string symbol = "TEST") =>
        new SampleBars.Feed(SampleBars.Series(timeframe, calendar: calendar), [.. _bars]).Named(symbol);
}
