using System.Collections.Frozen;
using System.Globalization;
using Granary.Recompute.Tests.Running;

namespace Granary.Recompute.Tests.Pages;

/// <summary>The cells "Why": what a run recorded of a signal, and the command that shows the rest. From signals.csv.</summary>
internal sealed class WhyText(RunFiles files)
{
    private static readonly FrozenDictionary<string, string> Sentences = new Dictionary<string, string>
    {
        ["weight-zero"] = "The strategy carries no weight; it is simulated only.",
        ["no-cash"] = "Free cash did not cover it; cash is never spent twice.",
        ["no-quantity"] = "After weight, risk limit and lot nothing was left to buy.",
        ["strategy-refused"] = "Its own account could not have taken it.",
        ["model-refused"] = "The strategy's model was against it.",
        ["disabled"] = "The strategy or the symbol was switched off: by portfolio.enable, or by the operator.",
        ["same-period"] = "The strategy had a live signal of the same period, symbol and side already.",
        ["not-enough-history"] = "portfolio.size needs more closed trades, or days, than there were.",
        ["no-stop"] = "The size goes by the stop distance, and the signal had no stop.",
        ["volume-taken"] = "When it filled, other strategies had taken execution.volumePercent of the bar's volume.",
        ["expired"] = "Its symbol stopped trading before the entry could fill, and the entry was withdrawn.",
        ["ruined"] = "Nothing was left of the portfolio's account; it was closed.",
        ["rule"] = "A rule that portfolio.limits names refused it.",
        ["predicted-risk"] = "The predicted drawdown left no room for more exposure.",
        ["below-minimum"] = "Its order would have been smaller than minQuantity or minNotional of the instrument.",
        ["max-correlated"] = "Symbols that move together would exceed limits.maxCorrelatedPercent.",
        ["daily-loss"] = "The day had lost more than limits.dailyLossPercent.",
        ["max-drawdown"] = "Equity was further below its peak than limits.maxDrawdownPercent.",
        ["max-gross"] = "Longs and shorts together would exceed limits.maxGrossPercent.",
        ["max-group"] = "The symbol's group was at its limit in limits.groups.",
        ["max-leverage"] = "Positions would exceed limits.maxLeverage times the equity.",
        ["max-net"] = "Longs minus shorts would exceed limits.maxNetPercent.",
        ["max-positions"] = "As many trades were open as limits.maxPositions allows.",
        ["max-strategy"] = "The strategy's positions would exceed limits.maxStrategyPercent.",
        ["max-symbol"] = "The symbol's positions would exceed limits.maxSymbolPercent.",
        ["max-turnover"] = "As much had been traded on that day as limits.maxTurnoverPercent allows.",
        ["reserved"] = "The symbol was another strategy's: limits.exclusiveSymbols or limits.reserved.",
        ["restricted-symbol"] = "limits.restrictedSymbols names the symbol.",
    }.ToFrozenDictionary();

    private readonly CsvTable? _signals = File.Exists(Path.Combine(files.Folder, "signals.csv"))
        ? CsvTable.Read(Path.Combine(files.Folder, "signals.csv")) : null;

    private readonly bool _isWalkForward = File.Exists(Path.Combine(files.Folder, "windows.csv"));

    /// <summary>The cell of a trade. A batch need not write its signals.</summary>
    public Cell Of(TradeRow trade)
    {
        if (_signals is not { } table) return Cell.Any;
        var row = table.Rows.Single(r => table.Text(r, "strategy") == trade.Strategy && table.Text(r, "symbol") == trade.Symbol
            && table.Text(r, "entry_time").Length > 0 && table.Time(r, "entry_time") == trade.EntryTime
            && table.Number(r, "entry_price") == trade.EntryPrice && table.Text(r, "side") == (trade.Sign > 0 ? "long" : "short"));
        var number = (int)table.Number(row, "number");
        // The page of a walk-forward names the bar of a trade by its time.
        var signal = _isWalkForward ? "Signal" : $"Signal {number:#,0}";
        var recorded = trade.IsOpen ? $"{signal}; the trade is open."
            : $"{signal} at {Cell.Time(table.Time(row, "time")).Text}; closed by {TradeTables.Reason(trade)}.";
        return Of(trade.Strategy, _isWalkForward ? $"--at {table.Text(row, "time")}" : SignalPlace(number), recorded);
    }

    /// <summary>The cell of a refused signal.</summary>
    public Cell Of(CsvTable table, string[] row)
    {
        var prediction = table.Number(row, "prediction");
        var model = double.IsNaN(prediction) ? "" : string.Create(CultureInfo.InvariantCulture,
            $" The model predicted {prediction:0.00} and allowed {table.Number(row, "model_size"):0%} of the size.");
        return Of(table.Text(row, "strategy"), SignalPlace((int)table.Number(row, "number")),
            Sentences[table.Text(row, "decision")] + model);
    }

    private static string SignalPlace(int number) => $"--signal {number}";

    private string Of(string strategy, string place, string recorded) => $"Why? {recorded}"
        + (strategy.StartsWith("RecordedTrades(", StringComparison.Ordinal) ? "" : $" Everything that decided: granary why "
            + $"{Path.GetFileName(files.Folder)} --strategy \"{strategy}\" {place}");
}
