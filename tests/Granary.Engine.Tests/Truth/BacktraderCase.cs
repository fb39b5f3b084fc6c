using System.Globalization;
using System.Text.Json;
using Granary.Engine.Market;
using Granary.Engine.Tests.Factors;
using Granary.Engine.Trading;
using Granary.Testing;

namespace Granary.Engine.Tests.Truth;

/// <summary>One run that backtrader made: what it was asked, and what came out.</summary>
internal sealed class BacktraderCase
{
    private readonly JsonElement _spec;

    public required string Name { get; init; }

    public required string Folder { get; init; }

    public required SampleBars.Feed Feed { get; init; }

    public required int Bars { get; init; }

    public required double FinalValue { get; init; }

    public required double FinalPosition { get; init; }

    public required IReadOnlyList<ExpectedTrade> Trades { get; init; }

    /// <summary>Every order that ended; null where the case lists counts only.</summary>
    public required IReadOnlyList<ExpectedOrder>? Orders { get; init; }

    public required IReadOnlyDictionary<string, int> OrdersByStatus { get; init; }

    /// <summary>Maximum drawdown of the equity at each close, as a fraction.</summary>
    public required double MaxDrawdown { get; init; }

    /// <summary>Of daily returns, ddof 1, √252; null where backtrader gives none.</summary>
    public required double? DailySharpe { get; init; }

    private BacktraderCase(JsonElement spec) => _spec = spec;

    public string Kind => Text("kind");

    public string Signal => Text("signal");

    public double Slip => Number("slip", 0);

    public bool CheatOnClose => _spec.TryGetProperty("coc", out var c) && c.GetBoolean();

    public string Text(string key) => _spec.GetProperty(key).GetString()!;

    public double Number(string key) => _spec.GetProperty(key).GetDouble();

    public double Number(string key, double otherwise) => _spec.TryGetProperty(key, out var value) ? value.GetDouble() : otherwise;

    public int Count(string key) => _spec.GetProperty(key).GetInt32();

    /// <summary>The feed's instrument as the case trades it: whole lots, contracts on margin.</summary>
    public MarketSeries Series
    {
        get
        {
            var instrument = Feed.Series.Instrument;
            if (Sizer is { } sizer && sizer.GetProperty("type").GetString() == "percent_int") instrument = instrument with { LotSize = 1 };
            if (Commission is { } c && c.GetProperty("type").GetString() == "fut")
                instrument = instrument with
                {
                    Multiplier = c.GetProperty("mult").GetDouble(),
                    MarginPerUnit = c.GetProperty("margin").GetDouble()
                };
            return Feed.Series with { Instrument = instrument };
        }
    }

    public SizeRule Size =>
        Sizer is { } sizer ? SizeRule.PercentOfEquity(sizer.GetProperty("percents").GetDouble()) : SizeRule.Units(Number("size"));

    public FeeModel Fee => Commission is not { } c ? new PercentFee(0.1)
        : c.GetProperty("type").GetString() == "fut" ? new PerUnitFee(c.GetProperty("per_contract").GetDouble())
        : new PercentFee(c.GetProperty("rate").GetDouble() * 100);

    private JsonElement? Sizer => _spec.TryGetProperty("sizer", out var s) ? s : null;

    private JsonElement? Commission => _spec.TryGetProperty("comm", out var c) ? c : null;

    /// <summary>Value and position after each bar; null where the case does not come with the curve.</summary>
    public IReadOnlyList<(long Time, double Value, double Position)>? ReadEquity()
    {
        var path = Path.Combine(Folder, Name + ".equity.csv");
        if (!File.Exists(path)) return null;
        return [.. File.ReadLines(path).Skip(1).Select(line =>
        {
            var cells = line.Split(',');
            return (Time(cells[0]), double.Parse(cells[2], CultureInfo.InvariantCulture), double.Parse(cells[3],
                CultureInfo.InvariantCulture));
        })];
    }

    /// <summary>Where the cases and bars of the two sets lie: real bars in ../shared, synthetic ones in the repository itself.</summary>
    public static (string Cases, string Bars) Folders(bool synthetic)
    {
        if (!synthetic) return (SharedData.Require("oracles/backtests"), SharedData.Require("data/backtrader"));
        var folder = Path.Combine(SharedData.RepositoryRoot, "tests", "Data", "synthetic");
        return (Path.Combine(folder, "backtests"), Path.Combine(folder, "bars"));
    }

    public static BacktraderCase Read(string name, bool synthetic)
    {
        var (cases, bars) = Folders(synthetic);
        using var document = JsonDocument.Parse(File.ReadAllText(Path.Combine(cases, name + ".json")));
        var root = document.RootElement.Clone();
        var spec = root.GetProperty("spec");
        var file = spec.GetProperty("files")[0].GetString()!;
        var analyzers = root.TryGetProperty("analyzers", out var a) ? a : default;
        return new BacktraderCase(spec)
        {
            Name = name,
            Folder = cases,
            Feed = SampleBars.Read(Path.Combine(bars, file), file.Contains("-min-", StringComparison.Ordinal) ? Timeframe.M5
                : Timeframe.D1),
            Bars = root.GetProperty("bars").GetInt32(),
            FinalValue = root.GetProperty("final_value").GetDouble(),
            FinalPosition = root.GetProperty("final_position")[0].GetDouble(),
            Trades = [.. root.GetProperty("trades").EnumerateArray().Select(ExpectedTrade.Read)],
            Orders = root.TryGetProperty("orders", out var orders) ? [.. orders.EnumerateArray().Select(ExpectedOrder.Read)] : null,
            OrdersByStatus = root.GetProperty("orders_by_status").EnumerateObject()
                .ToDictionary(p => p.Name, p => p.Value.GetInt32(), StringComparer.Ordinal),
            MaxDrawdown = (analyzers.ValueKind == JsonValueKind.Object
                ? analyzers.GetProperty("drawdown").GetProperty("max").GetProperty("drawdown").GetDouble()
                : root.GetProperty("max_drawdown_percent").GetDouble()) / 100,
            DailySharpe = Optional(analyzers.ValueKind == JsonValueKind.Object
                ? analyzers.GetProperty("sharpe_day_rf0_annualized_sample").GetProperty("sharperatio")
                : root.GetProperty("sharpe_day_rf0_annualized_sample")),
        };
    }

    private static double? Optional(JsonElement value) => value.ValueKind == JsonValueKind.Number ? value.GetDouble() : null;

    internal static long Time(string text) =>
        DateTime.Parse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal).Ticks;
}

internal sealed record ExpectedTrade(Side Side, long Entry, long Exit, double EntryPrice, double ExitPrice, double Quantity, double Profit,
    double Commission, int Bars)
{
    public static ExpectedTrade Read(JsonElement e) => new(
        e.GetProperty("side").GetString() == "long" ? Side.Buy : Side.Sell,
        BacktraderCase.Time(e.GetProperty("entry").GetString()!), BacktraderCase.Time(e.GetProperty("exit").GetString()!),
        e.GetProperty("entry_price").GetDouble(), e.GetProperty("exit_price").GetDouble(), Math.Abs(e.GetProperty("size").GetDouble()),
        e.GetProperty("pnl").GetDouble(), e.GetProperty("commission").GetDouble(), e.GetProperty("barlen").GetInt32());
}

internal sealed record ExpectedOrder(Side Side, OrderType Type, OrderState State, long Ended, double Price)
{
    public static ExpectedOrder Read(JsonElement e)
    {
        var state = e.GetProperty("status").GetString() switch
        {
            "Completed" => OrderState.Filled,
            "Canceled" => OrderState.Cancelled,
            "Expired" => OrderState.Expired,
            "Margin" => OrderState.Rejected,
            var other => throw new InvalidDataException($"unknown order status {other}"),
        };
        var type = e.GetProperty("type").GetString() switch
        {
            "Market" => OrderType.Market,
            "Limit" => OrderType.Limit,
            "Stop" => OrderType.Stop,
            "StopLimit" => OrderType.StopLimit,
            "StopTrail" => OrderType.TrailingStop,
            "Close" => OrderType.MarketOnClose,
            var other => throw new InvalidDataException($"unknown order type {other}"),
        };
        var filled = state == OrderState.Filled;
        return new ExpectedOrder(
            e.GetProperty("side").GetString() == "buy" ? Side.Buy : Side.Sell, type, state,
            BacktraderCase.Time(e.GetProperty(filled ? "executed" : "ended").GetString()!), filled ? e.GetProperty("exec_price").GetDouble()
                : 0);
    }
}
