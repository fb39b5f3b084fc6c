namespace Granary.Engine.Market;

/// <summary>Something that trades: what a price and a quantity of it mean.</summary>
public sealed record Instrument
{
    /// <summary>The name in files, batch files and results, as "BTCUSDT".</summary>
    public required string Symbol { get; init; }

    /// <summary>Where it trades; "SIM" where a file does not say.</summary>
    public string Venue { get; init; } = "SIM";

    /// <summary>The currency of its prices.</summary>
    public string Currency { get; init; } = "USD";

    /// <summary>The step to which order prices are rounded; 0 leaves them alone.</summary>
    public double TickSize { get; init; }

    /// <summary>The step to which order quantities are rounded down; 0 trades fractions.</summary>
    public double LotSize { get; init; }

    /// <summary>Currency units per unit of price and quantity; 1 but for derivatives.</summary>
    public double Multiplier { get; init; } = 1;

    /// <summary>Cash held per unit of quantity instead of its price; 0 pays the price in full.</summary>
    public double MarginPerUnit { get; init; }

    /// <summary>
    /// The most decimals that a price of this feed has, so that averages can be summed in whole ticks without rounding;
    /// -1 where prices are not decimal (adjusted ones are not).
    /// </summary>
    public int PriceDecimals { get; init; } = -1;

    public SessionCalendar Calendar { get; init; } = SessionCalendar.Continuous;

    /// <summary>365 for what trades every day, 252 else.</summary>
    public int TradingDaysPerYear => Calendar.IsContinuous && !DailyEquity ? 365 : 252;

    /// <summary>Set for daily files of stocks, which carry no session hours but skip weekends.</summary>
    public bool DailyEquity { get; init; }

    /// <summary>Splits and dividends that its prices have not been adjusted for, by ex date; none where they have.</summary>
    public IReadOnlyList<CorporateAction> CorporateActions { get; init; } = [];

    /// <summary>A price on the tick grid: the nearest, ties away from zero.</summary>
    public double RoundPrice(double price) =>
        TickSize > 0 ? OnGrid(Math.Round(price / TickSize, MidpointRounding.AwayFromZero), TickSize) : price;

    /// <summary>A price after a split that makes <paramref name="ratio"/> shares of one, on the tick grid; 0 stays 0.</summary>
    public double SplitPrice(double price, double ratio) => price > 0 ? RoundPrice(price / ratio) : price;

    /// <summary>A quantity in whole lots, rounded towards zero, so that a rounded order never costs more than was meant.</summary>
    public double RoundQuantity(double quantity)
    {
        if (LotSize <= 0) return quantity;
        // The tolerance keeps 0.3 / 0.1 at three lots.
        return OnGrid(Math.Floor(quantity / LotSize * (1 + 1e-12)), LotSize);
    }

    // 9785 ticks of a hundredth are 97.85, where 9785 · 0.01 would be 97.85000000000001.
    private static double OnGrid(double steps, double step)
    {
        var perUnit = Math.Round(1 / step);
        return Math.Abs(perUnit * step - 1) < 1e-12 ? steps / perUnit : steps * step;
    }
}
