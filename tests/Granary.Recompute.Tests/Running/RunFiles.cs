using System.Text.Json;

namespace Granary.Recompute.Tests.Running;

/// <summary>One row of trades.csv or portfolio_trades.csv. Times are UTC open times of bars; amounts are in quote currency.</summary>
internal sealed record TradeRow(
    string Strategy, string Symbol, int Sign, double Quantity, DateTime EntryTime, double EntryPrice, DateTime ExitTime, double ExitPrice,
    double Profit, double Commission, double NetProfit, double Financing, double Return, int Bars, string Reason)
{
    /// <summary>Whether the trade was open at the end of the data and is marked there.</summary>
    public bool IsOpen => Reason == "open";
}

/// <summary>One row of portfolio_fills.csv.</summary>
/// <param name="Kind">entry, exit or split.</param>
internal sealed record FillRow(
    DateTime Time, string Strategy, int Number, string Symbol, int Sign, string Kind, double Price, double Quantity, double Commission);

/// <summary>One row of equity.csv.</summary>
internal sealed record EquityRow(DateTime Time, double Equity, double Cash, double Exposure, double Drawdown)
{
    /// <summary>Whether a position is open; what additions and subtractions leave of closed ones does not count.</summary>
    public bool IsInvested => Exposure > 1e-9 * Math.Max(1, Math.Abs(Equity));
}

/// <summary>The files of a run's folder, parsed by code of the tests.</summary>
internal sealed class RunFiles(string folder)
{
    private IReadOnlyList<JsonElement>? _strategies;
    private List<TradeRow>? _portfolio, _own;
    private List<FillRow>? _fills;
    private List<EquityRow>? _equity;
    private ILookup<string, TradeRow>? _byStrategy;

    public string Folder { get; } = folder;

    public JsonElement Results { get; } = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(folder, "results.json"))).RootElement;

    public JsonElement PortfolioStats => Results.GetProperty("portfolio").GetProperty("stats");

    public IReadOnlyList<JsonElement> Strategies => _strategies ??= [.. Results.GetProperty("strategies").EnumerateArray()];

    /// <summary>The strategies that the portfolio follows.</summary>
    public IEnumerable<JsonElement> Weighted => Strategies.Where(s => s.GetProperty("weight").GetDouble() != 0);

    public List<EquityRow> Equity() => _equity ??= ReadEquity();

    public List<TradeRow> PortfolioTrades() => _portfolio ??= Trades("portfolio_trades.csv");

    public List<FillRow> PortfolioFills() => _fills ??= ReadFills();

    public List<TradeRow> StrategyTrades() => _own ??= Trades("trades.csv");

    public IReadOnlyList<TradeRow> TradesOf(string strategy) =>
        [.. (_byStrategy ??= StrategyTrades().ToLookup(t => t.Strategy, StringComparer.Ordinal))[strategy]];

    private List<EquityRow> ReadEquity()
    {
        var table = CsvTable.Read(Path.Combine(Folder, "equity.csv"));
        return [.. table.Rows.Select(r => new EquityRow(
            table.Time(r, "time"), table.Number(r, "equity"), table.Number(r, "cash"), table.Number(r, "exposure"),
                table.Number(r, "drawdown")))];
    }

    /// <summary>The symbols that a strategy trades.</summary>
    public static IEnumerable<string> SymbolsOf(JsonElement strategy) => strategy.TryGetProperty("symbols", out var symbols)
        ? symbols.EnumerateArray().Select(s => s.GetString()!) : [strategy.GetProperty("symbol").GetString()!];

    private List<FillRow> ReadFills()
    {
        var table = CsvTable.Read(Path.Combine(Folder, "portfolio_fills.csv"));
        table.Columns.Where(c => c != "rate").ShouldBe(["time", "strategy", "number", "symbol", "side", "kind", "price", "quantity", "commission"],
            ignoreOrder: true);
        return [.. table.Rows.Select(r => new FillRow(table.Time(r, "time"), table.Text(r, "strategy"), (int)table.Number(r, "number"),
            table.Text(r, "symbol"), table.Text(r, "side") == "long" ? 1 : -1, table.Text(r, "kind"), table.Number(r, "price"),
            table.Number(r, "quantity"), table.Number(r, "commission")))];
    }

    /// <param name="name">Of a file with the columns of trades.csv.</param>
    public List<TradeRow> Trades(string name)
    {
        var table = CsvTable.Read(Path.Combine(Folder, name));
        return [.. table.Rows.Select(r => new TradeRow(
            table.Text(r, "strategy"), table.Text(r, "symbol"), table.Text(r, "side") == "long" ? 1 : -1, table.Number(r, "quantity"),
            table.Time(r, "entry_time"), table.Number(r, "entry_price"), table.Time(r, "exit_time"), table.Number(r, "exit_price"),
            table.Number(r, "pnl"), table.Number(r, "commission"), table.Number(r, "pnl_net"), table.Number(r, "carry"),
                table.Number(r, "return"),
            (int)table.Number(r, "bars"), table.Text(r, "exit_reason")))];
    }
}
