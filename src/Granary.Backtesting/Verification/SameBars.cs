using Granary.Engine;
using Granary.Simulation.Json;
using Granary.Simulation.RunFolders;

namespace Granary.Backtesting.Verification;

/// <summary>
/// A backtest and a live run that have the same bars. Their portfolios differ by facts of the account or by their configurations, and not
/// by data.
/// </summary>
internal sealed class SameBars
{
    private readonly SessionFacts _facts;
    private readonly (string Cause, string Why) _configured;

    public SameBars(string backtest, string live)
    {
        _facts = SessionFacts.Read(live);
        _configured = ConfiguredIn(backtest, live);
    }

    /// <summary>
    /// Whether two runs have the same bars: either the session itself ran this backtest at its end, or the hashes of all markets are equal
    /// and both portfolios begin at the same bar.
    /// </summary>
    public static bool Have(string backtest, string live)
    {
        var own = Path.Combine(live, RunFolder.AgainstBacktest);
        if (!File.Exists(own) || !File.Exists(ManifestOf(backtest)) || !File.Exists(ManifestOf(live))) return false;
        var (tested, traded) = (RunManifest.Read(backtest), RunManifest.Read(live));
        if (JsonPart.Parse(own, File.ReadAllBytes(own)).Need("digest").String() == tested.Digest) return true;
        return tested.DataHashes.Count == traded.DataHashes.Count
            && tested.DataHashes.All(h => traded.DataHashes.GetValueOrDefault(h.Key) == h.Value)
            && FirstRow(backtest) is { } first && first == FirstRow(live);
    }

    /// <summary>Returns the cause of a difference between the two portfolios that a trade shows, and a reason for it.</summary>
    /// <param name="exit">The exit of the trade, UTC.</param>
    public (string Cause, string Why) CauseOf(string strategy, string symbol, DateTime exit) =>
        _facts.CauseOf(strategy, symbol, exit) is var found && found.Cause != DivergenceCauses.Unexplained ? found : _configured;

    private static string ManifestOf(string folder) => Path.Combine(folder, "manifest.json");

    // The time of the first row of a portfolio's curve; null if the run has none.
    private static string? FirstRow(string folder)
    {
        var path = Path.Combine(folder, "equity.csv");
        return File.Exists(path) ? File.ReadLines(path).Skip(1).FirstOrDefault()?.Split(',')[0] : null;
    }

    private static (string Cause, string Why) ConfiguredIn(string backtest, string live)
    {
        var (tested, traded) = (ProductionOf(backtest), ProductionOf(live));
        string[] Values(JsonPart[] strategies, string key) => [.. strategies.Select(s => $"{s.Need("id").Text} {s.Find(key)?.Text}").Order(
            StringComparer.Ordinal)];
        bool IsOther(string key) => !Values(tested, key).SequenceEqual(Values(traded, key));
        if (IsOther("weight")) return (DivergenceCauses.Weight, "");
        if (IsOther("model")) return (DivergenceCauses.Model, "");
        return (DivergenceCauses.Unexplained, "");
    }

    private static JsonPart[] ProductionOf(string folder)
    {
        var path = Path.Combine(folder, "prod.json");
        return File.Exists(path) ? [.. JsonPart.Parse(path, File.ReadAllBytes(path)).Need("strategies").List()] : [];
    }
}
