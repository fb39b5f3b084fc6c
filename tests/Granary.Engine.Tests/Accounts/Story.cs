using System.Text.Json;
using System.Text.Json.Serialization;
using Granary.Engine.Market;
using Granary.Engine.Trading;

namespace Granary.Engine.Tests.Accounts;

/// <summary>
/// Facts of a market, a strategy's orders, and what an account books for them; stories.py computes the expected values. Days count from
/// <see cref="Start"/>; each has one bar.
/// </summary>
public sealed record Story(string Name, double Cash, StoryExecution Execution, StorySettings Settings, StoryInstrument Instrument,
    double[][] Bars, StoryAct[] Acts, StoryOutcome Expected)
{
    /// <summary>Further symbols of the account.</summary>
    public StorySymbol[] Others { get; init; } = [];

    /// <summary>The size of a portfolio, in strategies of the story.</summary>
    public double Scale { get; init; }

    /// <summary>What that portfolio books.</summary>
    public StoryOutcome? Scaled { get; init; }

    public static DateTime Start { get; } = new(2024, 3, 4, 0, 0, 0, DateTimeKind.Utc);

    private static readonly JsonSerializerOptions s_options = new(JsonSerializerDefaults.Web)
    {
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    };

    private static readonly Lazy<IReadOnlyDictionary<string, Story>> s_all =
        new(() => Parse(Text).ToDictionary(s => s.Name, StringComparer.Ordinal));

    /// <summary>The stories of stories.json.</summary>
    public static IReadOnlyDictionary<string, Story> All => s_all.Value;

    /// <summary>The text of stories.json.</summary>
    public static string Text
    {
        get
        {
            using var text = new StreamReader(typeof(Story).Assembly.GetManifestResourceStream("stories.json")!);
            return text.ReadToEnd();
        }
    }

    public static Story[] Parse(string text) => JsonSerializer.Deserialize<Story[]>(text, s_options)!;

    public static long TimeOf(double day) => Start.Ticks + (long)Math.Round(day * 24 * 60) * TimeSpan.TicksPerMinute;

    public static int DayOf(long time) => (int)((time - Start.Ticks) / TimeSpan.TicksPerDay);

    /// <summary>The instruments, as TEST, TEST1 and so on.</summary>
    public Instrument[] ToInstruments() => [Instrument.ToInstrument(),
        .. Others.Select((o, i) => o.Instrument.ToInstrument() with { Symbol = FormattableString.Invariant($"TEST{i + 1}") })];

    public Bar[][] ToBars() => [ToBars(Bars), .. Others.Select(o => ToBars(o.Bars))];

    private static Bar[] ToBars(double[][] of) => [.. of.Select((b, i) => new Bar(TimeOf(i), b[0], b[1], b[2], b[3], b[4]))];
}

public sealed record StorySymbol(StoryInstrument Instrument, double[][] Bars);

/// <summary>What the strategy does at a day's close.</summary>
/// <param name="Do">buy, sell, leave long or leave short.</param>
public sealed record StoryAct(int Day, string Do, double Quantity, string Type = "market", double Limit = 0, double Stop = 0,
    double StopLoss = 0, double TakeProfit = 0, string Tif = "", int Until = 0, int Symbol = 0)
{
    public EntryOptions ToOptions() => new()
    {
        Quantity = Quantity,
        Type = Type switch
        {
            "limit" => OrderType.Limit,
            "stop" => OrderType.Stop,
            "close" => OrderType.MarketOnClose,
            _ => OrderType.Market,
        },
        LimitPrice = Limit,
        StopPrice = Stop,
        StopLoss = StopLoss,
        TakeProfit = TakeProfit,
        ExpiresAt = Story.TimeOf(Until),
        TimeInForce = Tif switch
        {
            "day" => TimeInForce.Day,
            "ioc" => TimeInForce.ImmediateOrCancel,
            "fok" => TimeInForce.FillOrKill,
            "gtd" => TimeInForce.GoodTillDate,
            _ => TimeInForce.GoodTillCancelled,
        },
    };
}

public sealed record StorySettings(double StopLossPercent = 0, double TakeProfitPercent = 0, double TrailingStopPercent = 0,
    double[][]? TakeProfit = null)
{
    public TradingSettings ToSettings(double cash) => new()
    {
        Cash = cash,
        Size = SizeRule.Units(10),
        MaxOpenTrades = 3,
        StopLossPercent = StopLossPercent,
        TakeProfitPercent = TakeProfitPercent,
        TrailingStopPercent = TrailingStopPercent,
        TakeProfit = [.. (TakeProfit ?? []).Select(t => new TargetStep { Percent = t[0], Share = t[1] })],
    };
}

public sealed record StoryInstrument(double Lot = 0, double Multiplier = 1, StoryAction[]? Actions = null, double[][]? Funding = null,
    int Delisted = 0, double[][]? Marks = null, double MarginPerUnit = 0, double[][]? Rolls = null)
{
    public Instrument ToInstrument() => new()
    {
        Symbol = "TEST",
        LotSize = Lot,
        Multiplier = Multiplier,
        MarginPerUnit = MarginPerUnit,
        CorporateActions = [.. (Actions ?? []).Select(a => new CorporateAction(Story.TimeOf(a.Day), a.Split, a.Dividend))],
        Funding = Funding is null ? FundingSeries.None : new FundingSeries([.. Funding.Select(f => Story.TimeOf(f[0]))],
            [.. Funding.Select(f => f[1])], [.. Funding.Select(f => f.Length > 2 ? f[2] : double.NaN)], "story"),
        Marks = Marks is null ? MarkPrices.None : new MarkPrices([.. Marks.Select(m => Story.TimeOf(m[0]))], [.. Marks.Select(m => m[1])]),
        Changes = Rolls is null ? ListingChanges.None : new ListingChanges("C0", Rolls.Select((r, i) => new ListingChange(
            Story.TimeOf(r[0]), $"C{i}", $"C{i + 1}", r.Length > 2 ? ListingChangeKind.Roll : ListingChangeKind.End, r[1], r[^1]))),
        DelistedAt = Delisted > 0 ? Story.TimeOf(Delisted) : 0,
    };
}

public sealed record StoryAction(int Day, double Split = 1, double Dividend = 0);

/// <summary>Percents, as in a batch file.</summary>
public sealed record StoryExecution(double CommissionPercent = 0, double? MakerPercent = null, double PerOrder = 0, double PerUnit = 0,
    double Minimum = 0, double[][]? Tiers = null, int TierDays = 30, double SlippagePercent = 0, double Impact = 0,
    double VolumePercent = 0, double Borrow = 0, double Interest = 0, double Leverage = 0, double Maintenance = 0, string Margin = "",
    double LiquidationFee = 0, int LatencyBars = 0, string Fill = "", string ProtectFrom = "", string Intrabar = "")
{
    public ExecutionSettings ToExecution() => new()
    {
        Fee = new FeeSchedule(Tiers is null ? [new FeeTier(0, CommissionPercent, MakerPercent ?? CommissionPercent)]
            : [.. Tiers.Select(t => new FeeTier(t[0], t[1], t[2]))], TierDays)
        { PerOrder = PerOrder, PerUnit = PerUnit, Minimum = Minimum },
        Slippage = Impact > 0 ? new VolumeShareSlippage(Impact) : SlippagePercent > 0 ? new PercentSlippage(SlippagePercent) : null,
        VolumeShare = VolumePercent / 100,
        BorrowFeeRate = Borrow / 100,
        MarginRate = Interest / 100,
        Leverage = Leverage,
        Maintenance = Maintenance / 100,
        Margin = Margin switch { "isolated" => MarginMode.Isolated, "cross" => MarginMode.Cross, _ => MarginMode.None },
        LiquidationFeeRate = LiquidationFee / 100,
        LatencyBars = LatencyBars,
        Fill = Fill == "same-close" ? FillTiming.SameClose : FillTiming.NextOpen,
        ProtectFrom = ProtectFrom == "next-bar" ? Engine.Trading.ProtectFrom.NextBar : Engine.Trading.ProtectFrom.EntryBar,
        Intrabar = Intrabar == "target-first" ? IntrabarRule.TargetFirst : IntrabarRule.StopFirst,
    };
}

/// <summary>What an account has booked.</summary>
/// <param name="Position">Longs less shorts at the end, base units.</param>
public sealed record StoryOutcome(IReadOnlyList<StoryFill> Fills, IReadOnlyList<StoryFinancing> Financing, IReadOnlyList<StoryTrade> Trades,
    double Cash, double Position);

public sealed record StoryFill(int Day, int Trade, string Side, double Quantity, double Price, double Fee);

public sealed record StoryFinancing(int Day, int Trade, string Kind, double Amount);

public sealed record StoryTrade(int Trade, string Side, double Quantity, int Entered, double Entry, int Left, double Exit, double Profit,
    double Commission, double Financing, string Reason);
