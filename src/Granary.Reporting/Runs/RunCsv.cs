using System.Globalization;
using CsvHelper;
using Granary.Engine.Portfolio.Rules;
using Granary.Engine.Trading;

namespace Granary.Reporting.Runs;

/// <summary>The CSV files of a run's folder.</summary>
public static class RunCsv
{
    private static readonly string[] TradeColumns =
        ["strategy", "symbol", "side", "quantity", "entry_time", "entry_price", "exit_time", "exit_price", "pnl", "commission", "pnl_net",
            "return", "bars", "exit_reason", "weight", "model", "carry"];

    private static void Row(CsvWriter csv, params ReadOnlySpan<string> fields)
    {
        foreach (var field in fields) csv.WriteField(field);
        csv.NextRecord();
    }

    /// <summary>Writes trades.csv, or one strategy's part of it.</summary>
    /// <param name="multiplier">Returns the multiplier of a symbol.</param>
    public static void Trades(TextWriter writer, IEnumerable<StrategyEntry> strategies, Func<int, IEnumerable<Trade>> trades,
        Func<string, double> multiplier)
    {
        using var csv = CsvText.Open(writer);
        Row(csv, TradeColumns);
        foreach (var s in strategies)
            foreach (var t in trades(s.Index))
                Trade(csv, s, t, s.Weight, multiplier);
    }

    private static void Trade(CsvWriter csv, StrategyEntry s, in Trade t, double weight, Func<string, double> multiplier) => Row(csv,
        s.Id, s.SymbolOf(t), RunText.Of(t.Side), RunText.Number(t.Quantity), RunText.Time(t.EntryTime), RunText.Number(t.EntryPrice),
        RunText.Time(t.ExitTime),
        RunText.Number(t.ExitPrice), RunText.Number(t.Profit), RunText.Number(t.Commission), RunText.Number(t.NetProfit),
        RunText.Number(t.Return(multiplier(s.SymbolOf(t)))),
        t.Bars.ToString(CultureInfo.InvariantCulture), t.Reason.Word(), RunText.Number(weight), s.Model ?? "",
        RunText.Number(t.Financing));

    /// <summary>Writes portfolio_trades.csv: the trades that the portfolio took, at its size.</summary>
    /// <param name="multiplier">Returns the multiplier of a symbol.</param>
    public static void PortfolioTrades(TextWriter writer, IReadOnlyList<StrategyEntry> strategies, IRunEvents events,
        Func<string, double> multiplier)
    {
        using var csv = CsvText.Open(writer);
        Row(csv, TradeColumns);
        foreach (var p in events.PortfolioTrades()) Trade(csv, strategies[p.Member], p.Trade, p.Weight, multiplier);
    }

    /// <summary>Writes portfolio_fills.csv: each change of a position of the portfolio.</summary>
    public static void PortfolioFills(TextWriter writer, IReadOnlyList<StrategyEntry> strategies, IRunEvents events)
    {
        using var csv = CsvText.Open(writer);
        Row(csv, "time", "strategy", "number", "symbol", "side", "kind", "price", "quantity", "commission");
        foreach (var (symbol, f) in events.PortfolioFills())
            Row(csv, RunText.Time(f.Time), strategies[f.Member].Id, f.Number.ToString(CultureInfo.InvariantCulture), symbol,
                RunText.Of(f.Side), RunText.Of(f.Kind), RunText.Number(f.Price), RunText.Number(f.Quantity),
                RunText.Number(f.Commission));
    }

    /// <summary>signals.csv: every entry signal, the portfolio's decision, and its end in the strategy's own account.</summary>
    public static void Signals(TextWriter writer, IEnumerable<StrategyEntry> strategies, IRunEvents events)
    {
        using var csv = CsvText.Open(writer);
        Row(csv, "strategy", "symbol", "number", "time", "side", "type", "price", "quantity", "stop", "target", "valid_until", "decision",
            "outcome", "entry_time", "entry_price", "exit_time", "exit_price", "pnl_net", "exit_reason",
            "prediction", "model_size", "model_version", "dissimilarity");
        foreach (var s in strategies)
            foreach (var row in events.Signals(s.Index))
            {
                var g = row.Signal;
                var t = row.Trade;
                Row(csv, s.Id, s.SymbolOf(row), g.Number.ToString(CultureInfo.InvariantCulture),
                    RunText.Time(g.Time), RunText.Of(g.Side), g.Type.Word(),
                    RunText.Number(g.Price), RunText.Number(g.Quantity), g.Stop > 0 ? RunText.Number(g.Stop) : "", g.Target > 0
                        ? RunText.Number(g.Target) : "",
                    g.ValidUntil == long.MaxValue ? "" : RunText.Time(g.ValidUntil), row.Decision.Word,
                    row.End is { } end ? end.Word() : t is { Reason: ExitReason.Open } ? "open" : t is null ? "" : "closed",
                    t is { } a ? RunText.Time(a.EntryTime) : "", t is { } b ? RunText.Number(b.EntryPrice) : "",
                    t is { } c ? RunText.Time(c.ExitTime) : "", t is { } d ? RunText.Number(d.ExitPrice) : "",
                    t is { } e ? RunText.Number(e.NetProfit) : "", t is { } f ? f.Reason.Word() : "",
                    double.IsNaN(g.Prediction) ? "" : RunText.Number(g.Prediction),
                    double.IsNaN(g.Prediction) && !g.IsAbstained ? "" : RunText.Number(g.SizeFactor),
                    g.ModelVersion == 0 ? "" : g.ModelVersion.ToString(CultureInfo.InvariantCulture),
                    double.IsNaN(g.Dissimilarity) ? "" : RunText.Number(g.Dissimilarity));
            }
    }

    /// <summary>Writes factors.csv: the declared factors at each entry signal, one row per value.</summary>
    public static void Factors(TextWriter writer, IEnumerable<StrategyEntry> strategies, IRunEvents events)
    {
        using var csv = CsvText.Open(writer);
        Row(csv, "strategy", "symbol", "number", "time", "factor", "value");
        foreach (var s in strategies)
        {
            var names = events.FactorNames(s.Index);
            foreach (var row in events.Signals(s.Index))
            {
                if (row.Trade is null) continue;
                for (var i = 0; i < row.Factors.Count; i++)
                    Row(csv, s.Id, s.SymbolOf(row), row.Signal.Number.ToString(CultureInfo.InvariantCulture),
                        RunText.Time(row.Signal.Time), names[i], RunText.Number(row.Factors[i]));
            }
        }
    }

    /// <summary>
    /// trades_by_model.csv: closed trades and net profit by model, and of the strategies without one; sums over the strategies'
    /// statistics.
    /// </summary>
    public static void TradesByModel(TextWriter writer, IEnumerable<StrategyEntry> strategies)
    {
        using var csv = CsvText.Open(writer);
        Row(csv, "model", "strategies", "trades", "win_rate", "pnl_net");
        foreach (var group in strategies.GroupBy(s => s.Model ?? "", StringComparer.Ordinal).OrderBy(g => g.Key, StringComparer.Ordinal))
        {
            long count = 0;
            double wins = 0, net = 0;
            foreach (var s in group)
            {
                if (s.Stats is not { Trades: > 0 } stats) continue;
                count += stats.Trades;
                wins += Math.Round(stats.WinRate * stats.Trades);
                net += stats.NetProfit;
            }
            Row(csv, group.Key, group.Count().ToString(CultureInfo.InvariantCulture), count.ToString(CultureInfo.InvariantCulture),
                RunText.Number(count == 0 ? double.NaN : wins / count), RunText.Number(net));
        }
    }
}

/// <summary>Writes equity.csv row by row while the portfolio runs.</summary>
public sealed class EquityCsv(TextWriter writer)
{
    public void Header() => writer.Write("time,equity,cash,exposure,drawdown\n");

    public void Row(in EquityRow row) => writer.Write(
        $"{RunText.Time(row.Time)},{RunText.Number(row.Equity)},{RunText.Number(row.Cash)},{RunText.Number(row.Exposure)},"
            + $"{RunText.Number(row.Drawdown)}\n");
}
