using Granary.Engine.Numerics;

namespace Granary.Engine.Market;

/// <summary>A tradable instrument: the meaning of its prices and quantities.</summary>
public sealed record Instrument
{
    /// <summary>The currency of an instrument that nothing names one for.</summary>
    internal const string UnnamedCurrency = "USD";

    private (string Code, bool IsAssumed) _currency = (UnnamedCurrency, true);

    /// <summary>The name in files, batch files and results, as "BTCUSDT".</summary>
    public required string Symbol { get; init; }

    /// <summary>Venue of the instrument; "SIM" if the file does not name one.</summary>
    public string Venue { get; init; } = "SIM";

    /// <summary>The currency of its prices. A source that names none leaves it out; it is then the account's, without one "USD".</summary>
    public string Currency
    {
        get => _currency.Code;
        init => _currency = (value, false);
    }

    /// <summary>Whether nothing says the currency. A value of <see cref="Currency"/> that is set is named.</summary>
    public bool IsCurrencyAssumed => _currency.IsAssumed;

    /// <summary>The step to which order prices are rounded; 0 for no rounding.</summary>
    public double TickSize { get; init; }

    /// <summary>The step to which order quantities are rounded down; 0 allows fractions.</summary>
    public double LotSize { get; init; }

    /// <summary>The smallest quantity of an order, base units; 0 for none. See <see cref="MinimumOf"/>.</summary>
    public double MinQuantity { get; init; }

    /// <summary>The smallest value of an order, in the currency of its prices; 0 for none.</summary>
    public double MinNotional { get; init; }

    /// <summary>The open time of the bar at whose price it was delisted, UTC ticks; 0 if it was not. Its bars end there.</summary>
    public long DelistedAt { get; init; }

    /// <summary>When it belongs to the universe of the run; null if the run has no universe, and it may always be entered.</summary>
    public Membership? Membership { get; init; }

    /// <summary>The contracts or listings that stand behind the symbol one after another; none for a plain symbol.</summary>
    public ListingChanges Changes { get; init; } = ListingChanges.None;

    /// <summary>The adjustment of the prices of consecutive contracts that strategies see.</summary>
    public PriceAdjustment Adjust { get; init; }

    /// <summary>Currency units per unit of price and quantity; 1 except for derivatives.</summary>
    public double Multiplier { get; init; } = 1;

    /// <summary>Margin per unit of quantity, in cash; 0 if the price is paid in full.</summary>
    public double MarginPerUnit { get; init; }

    /// <summary>
    /// The most decimals of a price in this feed, so averages can be summed in whole ticks without rounding; -1 if prices are not
    /// decimal, as adjusted prices are not.
    /// </summary>
    public int PriceDecimals { get; init; } = -1;

    public SessionCalendar Calendar { get; init; } = SessionCalendar.Continuous;

    /// <summary>365 for instruments that trade every day, otherwise 252.</summary>
    public int TradingDaysPerYear => Calendar.IsContinuous && !DailyEquity ? 365 : 252;

    /// <summary>Set for daily files of stocks, which have no session hours but skip weekends.</summary>
    public bool DailyEquity { get; init; }

    /// <summary>Whether the source scaled the prices by its adjusted closes, so splits and dividends make no jumps.</summary>
    public bool IsAdjusted { get; init; }

    /// <summary>
    /// Splits and dividends that the prices are not adjusted for, one action for each ex date, in their order; empty for adjusted prices.
    /// </summary>
    public IReadOnlyList<CorporateAction> CorporateActions { get; init => field = CorporateAction.ByDate(value); } = [];

    /// <summary>The funding that positions pay and receive, if it is a perpetual future and the rates are known.</summary>
    public FundingSeries Funding { get; init; } = FundingSeries.None;

    /// <summary>Borrow fees and availability for short positions, if a table names the instrument.</summary>
    internal BorrowSeries Borrow { get; init; } = BorrowSeries.None;

    /// <summary>The value of its currency in that of the account, if they differ and the account has rates.</summary>
    public RateSeries Rates { get; init; } = RateSeries.None;

    /// <summary>Mark prices, if it is a future and they are known.</summary>
    public MarkPrices Marks { get; init; } = MarkPrices.None;

    /// <summary>Returns the instrument in a currency that nothing names.</summary>
    internal Instrument Assuming(string currency)
    {
        var assumed = this with { };
        assumed._currency = (currency, true);
        return assumed;
    }

    /// <summary>Rounds a price to the nearest tick, ties away from zero.</summary>
    public double RoundPrice(double price) =>
        TickSize > 0 ? OnGrid(Math.Round(price / TickSize, MidpointRounding.AwayFromZero), TickSize) : price;

    /// <summary>Returns a price after a split of one share into <paramref name="ratio"/>, on the tick grid; 0 stays 0.</summary>
    public double SplitPrice(double price, double ratio) => price > 0 ? RoundPrice(price / ratio) : price;

    /// <summary>
    /// Returns a level after a roll: as far from the new contract's price as it was from the old one's, by difference or by ratio; on the
    /// tick grid. 0 stays 0.
    /// </summary>
    internal double RollPrice(double price, ListingChange roll) => price == 0 || double.IsNaN(price) ? price
        : RoundPrice(Adjust == PriceAdjustment.Ratio ? price * (roll.NewPrice / roll.OldPrice) : price + roll.Gap);

    /// <summary>Returns a distance of prices after a roll.</summary>
    internal double RollDistance(double distance, ListingChange roll) =>
        Adjust == PriceAdjustment.Ratio ? distance * (roll.NewPrice / roll.OldPrice) : distance;

    /// <summary>Rounds a quantity towards zero to whole lots, so a rounded order never costs more than intended.</summary>
    public double RoundQuantity(double quantity) => RoundQuantity(quantity, LotSize);

    /// <inheritdoc cref="RoundQuantity(double)"/>
    /// <param name="lot">0 = any quantity.</param>
    // The tolerance keeps 0.3 / 0.1 at three lots.
    public static double RoundQuantity(double quantity, double lot) =>
        lot <= 0 ? quantity : OnGrid(Math.Floor(quantity / lot * (1 + Tolerance.Arithmetic)), lot);

    /// <summary>
    /// Rounds the rest of a position towards zero to whole lots, so that an exit closes enough; 0 if only rounding leaves a rest.
    /// </summary>
    /// <param name="open">Before the exit, base units.</param>
    /// <param name="stays">Before rounding, base units.</param>
    internal double Staying(double open, double stays) =>
        RoundQuantity(stays) is var rest && rest > open * Tolerance.Quantity ? rest : 0;

    /// <summary>
    /// The minimum that an order does not reach: <see cref="MinQuantity"/> or <see cref="MinNotional"/>; 0 if it reaches both. An order
    /// that only closes a position may be smaller.
    /// </summary>
    /// <param name="price">The order's price, or the last one of a market order; 0 if it is unknown.</param>
    public double MinimumOf(double quantity, double price)
    {
        // The tolerance keeps 0.1 · 100.1 at a value of 10.01.
        if (quantity * (1 + Tolerance.Arithmetic) < MinQuantity) return MinQuantity;
        return price > 0 && quantity * price * Multiplier * (1 + Tolerance.Arithmetic) < MinNotional ? MinNotional : 0;
    }

    /// <summary>Whether it was delisted before the close of a bar, so nothing can be traded in that bar or after it.</summary>
    /// <param name="time">The bar's open, UTC ticks.</param>
    public bool IsDelistedIn(Timeframe timeframe, long time) => DelistedAt > 0
        // Days are dated by their local date.
        && timeframe.CloseOf(time) > (timeframe.IsIntraday ? DelistedAt : Calendar.LocalDay(DelistedAt) * TimeSpan.TicksPerDay);

    /// <summary>Why nothing can be traded after a bar: it was delisted, or its contract has ended. Null if something can.</summary>
    /// <param name="time">The bar's open, UTC ticks.</param>
    internal string? EndAt(Timeframe timeframe, long time) => IsDelistedIn(timeframe, time) ? $"{Symbol} was delisted"
        : Changes.EndsAt(time) ? $"{Changes.At(time)} has ended" : null;

    // 9785 ticks of a hundredth are 97.85, where 9785 · 0.01 would be 97.85000000000001.
    private static double OnGrid(double steps, double step)
    {
        var perUnit = Math.Round(1 / step);
        return Math.Abs(perUnit * step - 1) < Tolerance.Arithmetic ? steps / perUnit : steps * step;
    }
}
