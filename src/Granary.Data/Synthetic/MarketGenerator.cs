using Granary.Engine.Market;
using Granary.Engine.Numerics;

namespace Granary.Data.Synthetic;

/// <summary>
/// Generates bars of a <see cref="SyntheticMarket"/>: random trends and ranges, volatility clusters, jumps, overnight gaps, and higher
/// activity at open and close. The same market gives the same bars, bit for bit, on every machine. The bars do not model a real market: a
/// profit on them shows only that a strategy runs.
/// </summary>
internal static class MarketGenerator
{
    /// <summary>Generates the bars of one timeframe. All timeframes of a market aggregate the same minutes.</summary>
    /// <exception cref="BarDataException">The parameters of the market are invalid: no time range, price or session.</exception>
    public static IEnumerable<Bar> Generate(SyntheticMarket market, Timeframe timeframe)
    {
        Check(market);
        return timeframe == Timeframe.M1 ? Minutes(market) : Aggregate(Minutes(market), timeframe, market);
    }

    private static void Check(SyntheticMarket market)
    {
        var symbol = market.Instrument.Symbol;
        if (market.To <= market.From) throw new BarDataException($"{symbol}, to: the end is not after the start; name a later one");
        if (!(market.StartPrice > 0) || !double.IsFinite(market.StartPrice))
            throw new BarDataException($"{symbol}, startPrice: {market.StartPrice} is not a price; use a number above zero");
        if (!(market.Volatility > 0) || market.Volatility > 5)
            throw new BarDataException($"{symbol}, volatility: {market.Volatility} a year is out of range; use a fraction above 0 and up "
                + $"to 5");
        if (market.Decimals is < 0 or > 9 || market.TickUnits < 1)
            throw new BarDataException($"{symbol}, decimals: {market.Decimals} is out of range; use 0 to 9");
    }

    private static IEnumerable<Bar> Minutes(SyntheticMarket market)
    {
        var step = Timeframe.M1;
        var prices = new PriceProcess(market);
        var calendar = market.Instrument.Calendar;
        var continuous = calendar.IsContinuous;
        var time = continuous ? step.Floor(market.From + step.Ticks - 1) : market.From;
        var session = (Open: long.MinValue, Close: long.MinValue);
        var day = DateOnly.FromDateTime(new DateTime(market.From)).AddDays(-1);
        while (true)
        {
            var opens = false;
            if (continuous)
            {
                opens = time % TimeSpan.TicksPerDay == 0 || !prices.HasBars;
            }
            else if (time >= session.Close)
            {
                (long Open, long Close)? next;
                do
                {
                    next = calendar.Session(day);
                    day = day.AddDays(1);
                    if (day.Year > 2199) yield break;
                }
                while (next is null || next.Value.Open < market.From);
                session = next.Value;
                time = session.Open;
                opens = true;
            }
            if (time >= market.To) yield break;
            if (opens) prices.Open();
            yield return prices.Next(time, continuous ? time - time % TimeSpan.TicksPerDay : session.Open, opens);
            time += step.Ticks;
        }
    }

    private static IEnumerable<Bar> Aggregate(IEnumerable<Bar> minutes, Timeframe timeframe, SyntheticMarket market)
    {
        var aggregator = new BarAggregator(Timeframe.M1, timeframe, market.Instrument.Calendar);
        var whole = Math.Round(1 / market.VolumeStep);
        // Sums of fractions are no exact multiples of the volume step.
        Bar OnGrid(in Bar bar) => whole > 1 ? bar with { Volume = Math.Round(bar.Volume * whole) / whole } : bar;
        foreach (var bar in minutes)
        {
            aggregator.Add(bar, out var before, out var completed);
            if (before is { } gap) yield return OnGrid(gap);
            if (completed is { } full) yield return OnGrid(full);
        }
        // An unfinished session is not a bar yet.
    }
}
