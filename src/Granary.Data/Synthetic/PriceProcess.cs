using Granary.Engine.Market;
using Granary.Engine.Numerics;

namespace Granary.Data.Synthetic;

/// <summary>
/// The price of a synthetic market, minute by minute: trends and ranges that last weeks, volatility that persists for days, jumps,
/// overnight gaps, and higher activity at open and close.
/// </summary>
internal sealed class PriceProcess
{
    private const double TradingDays = 252;

    // The fraction of a day's variance that accrues while the market is closed.
    private const double OvernightShare = 0.25;

    // The variance of the logarithm of daily volatility. It is subtracted, so that the mean variance equals the configured one.
    private const double HeatVariance = 0.16 * 0.16 / (1 - 0.94 * 0.94);

    // The number of prices per minute, which determine its high and low.
    private const int StepsPerBar = 4;

    private enum Phase
    {
        Rising,
        Falling,
        Ranging,
    }

    private readonly SyntheticMarket _market;
    private readonly MarketRandom _random;
    private readonly bool _continuous;
    private readonly long _sessionTicks;
    private readonly double _days, _dayVolatility, _barsPerDay, _drift, _scale;
    private Phase _phase = Phase.Ranging;
    private double _price, _anchor, _heat, _busy, _phaseLeft;

    public PriceProcess(SyntheticMarket market)
    {
        _market = market;
        _random = new MarketRandom(PortableRandom.SeedFor(market.Seed, market.Instrument.Symbol));
        var calendar = market.Instrument.Calendar;
        _continuous = calendar.IsContinuous;
        _days = _continuous ? 365.25 : TradingDays;
        _sessionTicks = _continuous ? TimeSpan.TicksPerDay : (calendar.Close - calendar.Open).Ticks;
        _dayVolatility = market.Volatility / Math.Sqrt(_days);
        _barsPerDay = (double)_sessionTicks / Timeframe.M1.Ticks;
        _drift = market.Growth / _days;
        _price = _anchor = PortableMath.SeriesLog(market.StartPrice);
        _scale = 1;
        for (var i = 0; i < market.Decimals; i++) _scale *= 10;
    }

    public bool HasBars { get; private set; }

    /// <summary>Starts a session: trend and volatility may change, and the price may jump.</summary>
    public void Open()
    {
        // The trend changes every few weeks, the volatility within days; both determine the day's steps.
        _phaseLeft -= 1;
        if (_phaseLeft <= 0)
        {
            var u = _random.NextDouble();
            _phase = u < 0.35 ? Phase.Rising : u < 0.6 ? Phase.Falling : Phase.Ranging;
            _phaseLeft = 5 - (_phase == Phase.Falling ? 12 : 22) * PortableMath.SeriesLog(1 - _random.NextDouble());
            _anchor = _price;
        }
        _heat = 0.94 * _heat + 0.16 * _random.NextNormal();
        _busy = 0.8 * _busy + 0.25 * _random.NextNormal();
        var gap = _random.NextNormal();
        var jump = _random.NextDouble();
        var jumpSize = _random.NextNormal();
        if (!HasBars) return;
        if (!_continuous) _price += gap * _dayVolatility * Math.Sqrt(OvernightShare) * PortableMath.SeriesExp(_heat - HeatVariance);
        // Five jumps per year, of about two or three daily moves, as on news.
        if (jump < 5 / _days) _price += 2.5 * _dayVolatility * jumpSize;
    }

    /// <summary>Returns the next minute.</summary>
    /// <param name="sessionOpen">The open of the session, UTC ticks; for a continuous market the start of the day.</param>
    /// <param name="opens">Whether the bar is the first of its session.</param>
    public Bar Next(long time, long sessionOpen, bool opens)
    {
        var sigma = _dayVolatility * PortableMath.SeriesExp(_heat - HeatVariance) * Math.Sqrt((_continuous ? 1
            : 1 - OvernightShare) / _barsPerDay);
        // Moves and volume are larger in the first and last hours than at noon.
        var centred = 2 * ((double)(time - sessionOpen) / _sessionTicks) - 1;
        var shape = _continuous ? 0.85 + 0.45 * centred * centred : 0.7 + 0.9 * centred * centred;
        sigma *= shape;
        var stepSigma = sigma / Math.Sqrt(StepsPerBar);
        var stepDrift = (_drift / _barsPerDay + Pull()) / StepsPerBar;

        // A bar opens close to the last close; the first bar of a session opens with a gap.
        var open = opens || !HasBars ? _price : _price + 0.15 * stepSigma * _random.NextNormal();
        double high = open, low = open;
        _price = open;
        for (var i = 0; i < StepsPerBar; i++)
        {
            _price += stepDrift + stepSigma * _random.NextNormal();
            high = Math.Max(high, _price);
            low = Math.Min(low, _price);
        }
        var swing = (high - low) / (sigma + 1e-12);
        var volume = _market.DailyVolume / _barsPerDay * shape * PortableMath.SeriesExp(_busy + 0.35 * _random.NextNormal() - 0.1) * (0.4
            + 0.45 * swing);
        HasBars = true;
        return OnGrid(time, open, high, low, volume);
    }

    private double Pull() => _phase switch
    {
        Phase.Rising => 0.05 * _dayVolatility / _barsPerDay,
        Phase.Falling => -0.06 * _dayVolatility / _barsPerDay,
        Phase.Ranging => (_anchor - _price) * 0.12 / _barsPerDay,
    };

    // Dividing integers gives exactly the double that the decimal text parses to.
    private Bar OnGrid(long time, double open, double high, double low, double volume)
    {
        var lots = Math.Max(1, Math.Round(volume / _market.VolumeStep));
        var whole = Math.Round(1 / _market.VolumeStep);
        var openTick = Ticks(open);
        var highTick = Math.Max(openTick, Ticks(high));
        var lowTick = Math.Min(openTick, Ticks(low));
        var closeTick = Math.Clamp(Ticks(_price), lowTick, highTick);
        return new Bar(time, Price(openTick), Price(highTick), Price(lowTick), Price(closeTick),
            whole > 1 ? lots / whole : lots * _market.VolumeStep);
    }

    private long Ticks(double logPrice) => Math.Max(1, (long)Math.Round(PortableMath.SeriesExp(logPrice) * _scale / _market.TickUnits));

    private double Price(long ticks) => ticks * _market.TickUnits / _scale;
}
