using System.Text.Json.Nodes;
using Granary.Recompute.Tests.Running;

namespace Granary.Recompute.Tests.Figures;

/// <summary>A closed trade whose entry a model judged.</summary>
/// <param name="Known">Close of the bar that gave the signal, UTC.</param>
/// <param name="Size">Part of the entry that the model left; 0 where it refused.</param>
/// <param name="Prediction">NaN where the model abstained.</param>
/// <param name="Return">Net profit over the notional at entry.</param>
internal sealed record JudgedTrade(string Strategy, DateTime Known, DateTime ExitTime, int Sign, double Prediction, double Size,
    double Return, double NetProfit)
{
    /// <summary>The window whose model judged it, from 1.</summary>
    public int Version { get; init; }

    /// <summary>All of a run, by strategy, from signals.csv and trades.csv.</summary>
    public static ILookup<string, JudgedTrade> Of(RunFiles files, Func<string, TimeSpan> barOf)
    {
        var table = CsvTable.Read(Path.Combine(files.Folder, "signals.csv"));
        var own = files.StrategyTrades().ToDictionary(t => (t.Strategy, t.EntryTime, t.Sign));
        return table.Rows.Where(r => table.Text(r, "outcome") == "closed" && table.Text(r, "model_size").Length > 0).Select(r =>
        {
            var (id, sign) = (table.Text(r, "strategy"), table.Text(r, "side") == "long" ? 1 : -1);
            var trade = own[(id, table.Time(r, "entry_time"), sign)];
            return new JudgedTrade(id, table.Time(r, "time") + barOf(id), trade.ExitTime, sign, table.Number(r, "prediction"),
                table.Number(r, "model_size"), trade.Return, trade.NetProfit)
            {
                Version = int.Parse(table.Text(r, "model_version")),
            };
        }).ToLookup(t => t.Strategy, StringComparer.Ordinal);
    }

    /// <summary>The part of an entry that a section's rule leaves (docs/learning.md).</summary>
    /// <param name="isOfTrade">Whether the model predicts the trade's own gain, not a rise of the price.</param>
    public double SizeBy(JsonNode rule, bool isOfTrade)
    {
        var gain = Sign < 0 && !isOfTrade ? 1 - Prediction : Prediction;
        double Set(string key) => rule[key]!.GetValue<double>();
        return rule["rule"]!.GetValue<string>() switch
        {
            "gate" => gain > (Sign > 0 ? Set("buyAbove") : 1 - Set("sellBelow")) ? 1 : 0,
            "veto" => gain < Set("below") ? 0 : 1,
            "size" => Math.Clamp((gain - Set("from")) / (Set("full") - Set("from")), 0, 1),
            "stop" => 1,
            var other => throw new InvalidOperationException($"nothing recomputes the rule '{other}'"),
        };
    }
}
