using System.Globalization;
using System.Text.Json.Nodes;
using Granary.Contracts.Why;
using Granary.Simulation.RunFolders;

namespace Granary.Backtesting.Why;

/// <summary>The records of one strategy in the files of a run. The signals are read once. Thread-safe.</summary>
internal sealed class RunRecords(string folder, string strategy, RowIndexes rows)
{
    private readonly Lazy<Dictionary<int, (RecordedSignal Signal, long Time)>> _signals =
        // A read that failed is tried again.
        new(() => Signals(folder, strategy, rows), LazyThreadSafetyMode.PublicationOnly);

    private static Dictionary<int, (RecordedSignal, long)> Signals(string folder, string strategy, RowIndexes rows)
    {
        var path = Path.Combine(folder, "signals.csv");
        if (!File.Exists(path)) return [];
        return new RowQuery(int.MaxValue, strategy).Of(path, indexes: rows).Items.ToDictionary(row => (int)(double)row["number"]!,
            row => (new RecordedSignal((string?)row["decision"], null, (string?)row["outcome"]), TimeOf(row["time"]!)));
    }

    /// <summary>Returns what signals.csv has of a signal; null if the run does not list it.</summary>
    public RecordedSignal? SignalOf(int number) => _signals.Value.TryGetValue(number, out var known) ? known.Signal : null;

    /// <summary>Open time of the bar of a signal, UTC ticks; null if the run does not list it.</summary>
    public long? TimeOf(int number) => _signals.Value.TryGetValue(number, out var known) ? known.Time : null;

    /// <summary>The entry times and prices of all trades, in order of time.</summary>
    public IReadOnlyList<(long Time, long Exit, bool IsOpen)>? Entries()
    {
        var path = Path.Combine(folder, "trades.csv");
        return !File.Exists(path) ? null
            : [.. new RowQuery(int.MaxValue, strategy).Of(path, indexes: rows).Items.Select(row =>
                (TimeOf(row["entryTime"]!), TimeOf(row["exitTime"]!), (string?)row["exitReason"] == "open")).Order()];
    }

    /// <summary>Returns a trade of trades.csv.</summary>
    /// <exception cref="Engine.InputException">The run lists no trades, or the strategy has no such trade.</exception>
    public WhyTrade TradeOf(int number)
    {
        var page = new RowQuery(1, strategy, Math.Max(0, number - 1).ToString(CultureInfo.InvariantCulture))
            .Of(Path.Combine(folder, "trades.csv"), indexes: rows);
        if (number < 1 || page.Items.Count == 0) throw WhyText.NoSuch("trade", number, strategy, page.Total);
        var row = page.Items[0];
        var reason = (string?)row["exitReason"];
        var isOpen = reason == "open";
        return new WhyTrade(number, 0, (string)row["symbol"]!, (string)row["side"]!, (double)row["quantity"]!, Utc(row["entryTime"]!),
            (double)row["entryPrice"]!, isOpen ? null : Utc(row["exitTime"]!), isOpen ? null : (double)row["exitPrice"]!,
            (double?)row["pnlNet"], reason);
    }

    private static DateTime Utc(JsonNode cell) => DateTime.Parse((string)cell!, CultureInfo.InvariantCulture,
        DateTimeStyles.AdjustToUniversal | DateTimeStyles.AssumeUniversal);

    private static long TimeOf(JsonNode cell) => Utc(cell).Ticks;
}
