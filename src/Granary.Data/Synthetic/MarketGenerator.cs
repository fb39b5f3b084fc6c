using Granary.Engine.Market;
using Granary.Engine.Numerics;

namespace Granary.Data.Synthetic;

/// <summary>
/// Makes bars of a <see cref="SyntheticMarket"/>: trends and ranges that follow one another at random, volatility that clusters,
/// jumps, gaps over night, a busy open and close. Same market, same bars, to the last bit, on every machine. None of it is a forecast,
/// and no strategy that earns here has shown anything but that it runs.
/// </summary>
public static class MarketGenerator
{
    private const double TradingDays = 252;

    // Of a day's variance in a market that closes: what happens while it is closed.
    private const double OvernightShare = 0.25;

    // Of the logarithm of a day's volatility; taken off, so that the mean variance stays what was asked for.
    private const double HeatVariance = 0.16 * 0.16 / (1 - 0.94 * 0.94);

    private enum Mood
    {
        Rising,
        Falling,
        Ranging,
    }

    /// <summary>The bars of one timeframe. All timeframes of a market are the same minutes, aggregated.</summary>
    /// <exception cref="BarDataException">The market makes no sense: no time, no price, no session in it.</exception>
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
            throw new BarDataException($"{symbol}, startPrice: {market.StartPrice} is no price; use a number above zero");
        if (!(market.Volatility > 0) || market.Volatility > 5)
            throw new BarDataException($"{symbol}, volatility: {market.Volatility} a year is out of range; use a fraction above 0 and up "
                + $"to 5");
        if (market.Decimals is < 0 or > 9 || market.TickUnits < 1)
            throw new BarDataException($"{symbol}, decimals: {market.Decimals} is out of range; use 0 to 9");
    }

    private static IEnumerable<Bar> Minutes(SyntheticMarket market)
    {
        // Prices within a minute, from which its high and low come.
        const int StepsPerBar = 4;
        var step = Timeframe.M1;
        var random = new MarketRandom(PortableRandom.SeedFor(market.Seed, market.Instrument.Symbol));
        var calendar = market.Instrument.Calendar;
        var continuous = calendar.IsContinuous;
        var days = continuous ? 365.25 : TradingDays;
        var sessionTicks = continuous ? TimeSpan.TicksPerDay : (calendar.Close - calendar.Open).Ticks;
        var dayVolatility = market.Volatility / Math.Sqrt(days);
        var barsPerDay = (double)sessionTicks / step.Ticks;
        var drift = market.Growth / days;

        var price = PortableMath.SeriesLog(market.StartPrice);
        var anchor = price;
        var heat = 0.0;
        var busy = 0.0;
        var mood = Mood.Ranging;
        var moodLeft = 0.0;
        var scale = DecimalScale(market.Decimals);
        var last = 0L;
        var tick = 0L;

        var time = market.From;
        var session = (Open: long.MinValue, Close: long.MinValue);
        if (continuous) time = step.Floor(time + step.Ticks - 1);
        var day = DateOnly.FromDateTime(new DateTime(market.From)).AddDays(-1);
        while (true)
        {
            var opens = false;
            if (continuous)
            {
                opens = time % TimeSpan.TicksPerDay == 0 || last == 0;
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

            if (opens)
            {
                // The mood of a market lasts weeks, its heat days; both decide the day's steps.
                moodLeft -= 1;
                if (moodLeft <= 0)
                {
                    var u = random.NextDouble();
                    mood = u < 0.35 ? Mood.Rising : u < 0.6 ? Mood.Falling : Mood.Ranging;
                    moodLeft = 5 - (mood == Mood.Falling ? 12 : 22) * PortableMath.SeriesLog(1 - random.NextDouble());
                    anchor = price;
                }
                heat = 0.94 * heat + 0.16 * random.NextNormal();
                busy = 0.8 * busy + 0.25 * random.NextNormal();
                var gap = random.NextNormal();
                var jump = random.NextDouble();
                var jumpSize = random.NextNormal();
                if (last != 0)
                {
                    if (!continuous) price += gap * dayVolatility * Math.Sqrt(OvernightShare) * PortableMath.SeriesExp(heat - HeatVariance);
                    // Five jumps a year, of some two or three days' size: news.
                    if (jump < 5 / days) price += 2.5 * dayVolatility * jumpSize;
                }
            }

            var sigma = dayVolatility * PortableMath.SeriesExp(heat - HeatVariance) * Math.Sqrt((continuous ? 1
                : 1 - OvernightShare) / barsPerDay);
            // The first and last hours move and trade more than noon.
            var position = continuous ? (double)(time % TimeSpan.TicksPerDay) / TimeSpan.TicksPerDay
                : (double)(time - session.Open) / sessionTicks;
            var centred = 2 * position - 1;
            var shape = continuous ? 0.85 + 0.45 * centred * centred : 0.7 + 0.9 * centred * centred;
            sigma *= shape;
            var pull = mood switch
            {
                Mood.Rising => 0.05 * dayVolatility / barsPerDay,
                Mood.Falling => -0.06 * dayVolatility / barsPerDay,
                _ => (anchor - price) * 0.12 / barsPerDay,
            };
            var stepSigma = sigma / Math.Sqrt(StepsPerBar);
            var stepDrift = (drift / barsPerDay + pull) / StepsPerBar;

            // A bar opens a breath away from the last close, or a gap away at the session's open.
            var open = opens || last == 0 ? price : price + 0.15 * stepSigma * random.NextNormal();
            double high = open, low = open;
            price = open;
            for (var i = 0; i < StepsPerBar; i++)
            {
                price += stepDrift + stepSigma * random.NextNormal();
                high = Math.Max(high, price);
                low = Math.Min(low, price);
            }
            var swing = (high - low) / (sigma + 1e-12);
            var volume = market.DailyVolume / barsPerDay * shape * PortableMath.SeriesExp(busy + 0.35 * random.NextNormal() - 0.1) * (0.4
                + 0.45 * swing);
            var lots = Math.Max(1, Math.Round(volume / market.VolumeStep));
            var whole = Math.Round(1 / market.VolumeStep);

            tick = Ticks(open, market, scale);
            var highTick = Math.Max(tick, Ticks(high, market, scale));
            var lowTick = Math.Min(tick, Ticks(low, market, scale));
            var closeTick = Math.Clamp(Ticks(price, market, scale), lowTick, highTick);
            last = closeTick;
            // Dividing whole numbers gives the very double that the decimal text means.
            yield return new Bar(time, Price(tick, market, scale), Price(highTick, market, scale), Price(lowTick, market, scale),
                Price(closeTick, market, scale), whole > 1 ? lots / whole : lots * market.VolumeStep);
            time += step.Ticks;
        }
    }

    private static double DecimalScale(int decimals)
    {
        var scale = 1.0;
        for (var i = 0; i < decimals; i++) scale *= 10;
        return scale;
    }

    private static long Ticks(double logPrice, SyntheticMarket market, double scale) =>
        Math.Max(1, (long)Math.Round(PortableMath.SeriesExp(logPrice) * scale / market.TickUnits));

    private static double Price(long ticks, SyntheticMarket market, double scale) => ticks * market.TickUnits / scale;

    private static IEnumerable<Bar> Aggregate(IEnumerable<Bar> minutes, Timeframe timeframe, SyntheticMarket market)
    {
        var aggregator = new BarAggregator(Timeframe.M1, timeframe, market.Instrument.Calendar);
        var whole = Math.Round(1 / market.VolumeStep);
        // Summed fractions drift off their grid.
        Bar OnGrid(in Bar bar) => whole > 1 ? bar with { Volume = Math.Round(bar.Volume * whole) / whole } : bar;
        foreach (var bar in minutes)
        {
            aggregator.Add(bar, out var before, out var completed);
            if (before is { } gap) yield return OnGrid(gap);
            if (completed is { } full) yield return OnGrid(full);
        }
        // What its session has not ended is not a bar yet.
    }
}
