using Granary.Recompute.Tests.Markets;
using Granary.Recompute.Tests.Running;

namespace Granary.Recompute.Tests.Figures;

/// <summary>Every column of a run's CSV files: what is derived is recomputed, what is a price lies within its bar.</summary>
/// <param name="commission">Fraction of the notional of each side.</param>
internal sealed class FileCheck(RunFiles files, MarketSet markets, double commission)
{
    private readonly List<string> _differences = [];
    private readonly Dictionary<string,
        string> _timeframes = files.Strategies.ToDictionary(s => s.GetProperty("id").GetString()!, s =>
            s.GetProperty("timeframe").GetString()!);

    private readonly Dictionary<string,
        double> _weights = files.Strategies.ToDictionary(s => s.GetProperty("id").GetString()!, s => s.GetProperty("weight").GetDouble());

    /// <summary>Demands that all files agree.</summary>
    public void Demand()
    {
        Trades("trades.csv", files.StrategyTrades());
        Trades("portfolio_trades.csv", files.PortfolioTrades());
        Signals();
        Factors();
        Models();
        _differences.Take(40).ShouldBeEmpty($"{_differences.Count} differences");
    }

    private void Same(string where, double shown, double expected)
    {
        if (!Agreement.Same(shown, expected)) _differences.Add($"{where}: {shown}, recomputed {expected}");
    }

    private void True(string where, bool holds)
    {
        if (!holds) _differences.Add(where);
    }

    private void Trades(string file, IReadOnlyList<TradeRow> trades)
    {
        var table = CsvTable.Read(Path.Combine(files.Folder, file));
        table.Columns.ShouldBe(["strategy", "symbol", "side", "quantity", "entry_time", "entry_price", "exit_time", "exit_price", "pnl",
            "commission", "pnl_net",
            "return", "bars", "exit_reason", "weight", "model", "carry", "mae",
            "mfe"], ignoreOrder: true, "every column is recomputed");
        var isPortfolio = file == "portfolio_trades.csv";
        foreach (var (trade, row) in trades.Zip(table.Rows))
        {
            var where = $"{file}, {trade.Strategy} entered {trade.EntryTime:u}";
            var bars = markets.Of(trade.Symbol, _timeframes[trade.Strategy]);
            var units = trade.Quantity * markets.Multiplier(trade.Symbol);
            var entry = bars.FindIndex(b => b.Time == trade.EntryTime);
            // What the portfolio itself closes has the time of its row: the last bar that had begun by then.
            var exit = bars.FindLastIndex(b => b.Time <= trade.ExitTime);
            Same($"{where}, pnl", trade.Profit, trade.Sign * units * (trade.ExitPrice - trade.EntryPrice));
            Same($"{where}, commission", trade.Commission, commission * units * (trade.EntryPrice + (trade.IsOpen ? 0 : trade.ExitPrice)));
            Same($"{where}, pnl_net", trade.NetProfit, trade.Profit - trade.Commission + trade.Financing);
            Same($"{where}, return", trade.Return, trade.NetProfit / (units * trade.EntryPrice));
            Same($"{where}, weight", table.Number(row, "weight"), _weights[trade.Strategy]);
            True($"{where}, symbol", trade.Strategy.Contains('@' + trade.Symbol + ':', StringComparison.Ordinal));
            True($"{where}, model", table.Text(row, "model").Length == 0);
            True($"{where}, carry of a trade that did not ruin", trade.Financing == 0 || trade.Reason == "ruined");
            if (entry >= 0) True($"{where}, entry price", trade.EntryPrice >= bars[entry].Low - 1e-9
                && trade.EntryPrice <= bars[entry].High + 1e-9);
            else _differences.Add($"{where}, entry time has no bar");
            // The mean over the parts in which it was closed.
            double[] parts = isPortfolio ? Excursions.ExitsOf(trade, files) : [];
            var (low, high) = parts.Length > 1 ? (parts.Min(), parts.Max()) : (bars[exit].Low, bars[exit].High);
            True($"{where}, exit price", trade.ExitPrice >= low - 1e-9 && trade.ExitPrice <= high + 1e-9);
            Same($"{where}, bars", trade.Bars, exit - entry);
            var (adverse, favourable) = isPortfolio ? Excursions.OfPortfolio(trade, files, bars) : Excursions.Of(trade, bars);
            Same($"{where}, mae", table.Number(row, "mae"), adverse);
            Same($"{where}, mfe", table.Number(row, "mfe"), favourable);
        }
    }

    // The close of the bar that gave it, and how it ended in the strategy's own account.
    private void Signals()
    {
        var table = CsvTable.Read(Path.Combine(files.Folder, "signals.csv"));
        var own = files.StrategyTrades().ToDictionary(t => (t.Strategy, t.EntryTime, t.Sign));
        var numbers = new Dictionary<string, double>(StringComparer.Ordinal);
        foreach (var row in table.Rows)
        {
            var (id, time) = (table.Text(row, "strategy"), table.Time(row, "time"));
            var where = $"signals.csv, {id} at {time:u}";
            var bars = markets.Of(table.Text(row, "symbol"), _timeframes[id]);
            Same($"{where}, price", table.Number(row, "price"), bars.Find(b => b.Time == time).Close);
            True($"{where}, numbers rise", table.Number(row, "number") > numbers.GetValueOrDefault(id));
            numbers[id] = table.Number(row, "number");
            if (table.Text(row, "entry_time").Length == 0) continue;
            if (!own.TryGetValue((id, table.Time(row, "entry_time"), table.Text(row, "side") == "long" ? 1 : -1), out var trade))
            {
                _differences.Add($"{where}: its trade is not in trades.csv");
                continue;
            }
            Same($"{where}, entry_price", table.Number(row, "entry_price"), trade.EntryPrice);
            Same($"{where}, exit_price", table.Number(row, "exit_price"), trade.ExitPrice);
            Same($"{where}, pnl_net", table.Number(row, "pnl_net"), trade.NetProfit);
            True($"{where}, exit_time", table.Time(row, "exit_time") == trade.ExitTime);
            True($"{where}, exit_reason", table.Text(row, "exit_reason") == trade.Reason);
            True($"{where}, outcome", table.Text(row, "outcome") == (trade.IsOpen ? "open" : "closed"));
        }
    }

    // Averages of closes, highest highs and lowest lows, up to the bar of the signal.
    private void Factors()
    {
        var table = CsvTable.Read(Path.Combine(files.Folder, "factors.csv"));
        var known = 0;
        foreach (var row in table.Rows)
        {
            var (factor, id, time) = (table.Text(row, "factor"), table.Text(row, "strategy"), table.Time(row, "time"));
            if (!factor.StartsWith("sma(", StringComparison.Ordinal)) continue;
            var length = int.Parse(factor[4..factor.IndexOf(')')]);
            var bars = markets.Of(table.Text(row, "symbol"), _timeframes[id]);
            var at = bars.FindIndex(b => b.Time == time);
            Same($"factors.csv, {id} at {time:u}, {factor}", table.Number(row, "value"),
                bars.Skip(at - length + 1).Take(length).Average(b => b.Close));
            known++;
        }
        True("factors.csv has averages", known > 0);
    }

    private void Models()
    {
        var table = CsvTable.Read(Path.Combine(files.Folder, "trades_by_model.csv"));
        var closed = files.StrategyTrades().Where(t => !t.IsOpen).ToList();
        var row = table.Rows.ShouldHaveSingleItem("no strategy has a model");
        Same("trades_by_model.csv, strategies", table.Number(row, "strategies"), files.Strategies.Count);
        Same("trades_by_model.csv, trades", table.Number(row, "trades"), closed.Count);
        Same("trades_by_model.csv, win_rate", table.Number(row, "win_rate"), (double)closed.Count(t => t.NetProfit > 0) / closed.Count);
        Same("trades_by_model.csv, pnl_net", table.Number(row, "pnl_net"), closed.Sum(t => t.NetProfit));
    }
}
