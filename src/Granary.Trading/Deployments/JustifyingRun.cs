using Granary.Engine;
using Granary.Simulation.Batches;
using Granary.Simulation.Json;

namespace Granary.Trading.Deployments;

/// <summary>Reads the backtest run that justifies a production configuration.</summary>
internal static class JustifyingRun
{
    /// <param name="folder">The run's folder.</param>
    /// <param name="name">The name of the configuration's file, for messages.</param>
    /// <exception cref="InputException">The folder is not a run, of another digest, or without its equity.</exception>
    public static Justification Read(string folder, Production production, string name)
    {
        var path = Path.Combine(folder, "results.json");
        if (!File.Exists(path))
            throw new InputException($"{folder} has no results.json; name the folder of the backtest that wrote {name} with --run");
        var results = JsonPart.Parse(path, File.ReadAllBytes(path));
        var digest = results.Need("digest").String();
        if (digest != production.Digest)
            throw new InputException($"{folder} has the digest {digest[..8]}… and {name} {production.Digest[..Math.Min(8,
                production.Digest.Length)]}…: it comes from another run; name that one with --run");
        var statistics = new SortedDictionary<string, double>(StringComparer.Ordinal);
        foreach (var (key, value) in results.Need("portfolio").Find("stats")?.Members ?? [])
            if (value.Kind == System.Text.Json.JsonValueKind.Number) statistics[key] = value.Number();
        var days = EquityDays.Read(folder);
        if (days.Count < 2)
            throw new InputException($"{Path.Combine(folder, "equity.csv")} has fewer than two days, so no return can be expected from it");
        return new Justification(Path.GetFullPath(folder), digest, statistics, days);
    }
}
