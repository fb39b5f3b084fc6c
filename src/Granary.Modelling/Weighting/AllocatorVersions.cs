using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Granary.Engine.Catalogues;
using Granary.Learning.Registry;
using Granary.Modelling.Allocation;
using Granary.Simulation.Batches;
using Granary.Simulation.Models;

namespace Granary.Modelling.Weighting;

/// <summary>
/// Registers the policies of a run as versions with their validation checks. The last version is promoted if all checks pass.
/// </summary>
internal static class AllocatorVersions
{
    /// <param name="dataHash">Hash of the run's bars.</param>
    /// <param name="createdAt">UTC.</param>
    /// <param name="use">Whether to add new versions or only to look up known ones.</param>
    /// <returns>The outcome with its versions. The same policy on the same data keeps its version.</returns>
    public static AllocatorOutcome Register(BatchPlan plan, AllocatorOutcome outcome, string dataHash, DateTime createdAt,
        VersionUse use)
    {
        if (outcome.Result is not { } result) return outcome;
        var place = (plan.Spec.Portfolio.Allocator ?? new AllocatorSpec()).RegistryUnder(plan.Spec.Catalogues.PlaceOf(plan.Spec.Folder));
        var registry = plan.Spec.Catalogues.OpenRegistry(place);
        var model = ModelRegistry.NameFor($"{plan.Spec.Name}-weights");
        var checks = Checks(result);
        var versions = new List<PolicyReference>();
        for (var w = 0; w < result.Windows.Count; w++)
        {
            var (window, bytes) = (result.Windows[w], outcome.Policies[w].ToBytes());
            var lineage = LineageOf(plan, window, dataHash, createdAt) with { Checks = w == result.Windows.Count - 1 ? checks : null };
            var hash = ModelRegistry.HashOf(bytes);
            var version = registry.Find(model, hash, lineage.DataHash);
            if (version is null && use == VersionUse.Find) return outcome;
            version ??= registry.Add(model, bytes, lineage);
            versions.Add(new PolicyReference(model, version.Number, place, hash));
        }
        if (result.IsPromoted && use == VersionUse.Add) registry.Promote(model, versions[^1].Version);
        return outcome with { Versions = versions };
    }

    private static ModelLineage LineageOf(BatchPlan plan, AllocatorWindow window, string dataHash, DateTime createdAt)
    {
        var (spec, seed) = (plan.Spec.Portfolio.Allocator ?? new AllocatorSpec(), window.Seeds[window.Chosen]);
        return new ModelLineage
        {
            DataHash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(
                string.Create(CultureInfo.InvariantCulture, $"{dataHash} {window.From} {window.At}")))),
            Data = string.Join(' ', plan.Symbols.Select(s => $"{s}:{plan.Spec.Data.Timeframe}")),
            From = new DateTime(window.From, DateTimeKind.Utc),
            To = new DateTime(window.At, DateTimeKind.Utc),
            Samples = (int)Math.Min(int.MaxValue, seed.Curve[^1].Steps),
            Features = window.Strategies,
            Label = plan.Spec.Portfolio.Rule!,
            Trainer = "ppo",
            Parameters = new Dictionary<string, string>
            {
                ["steps"] = spec.Steps.ToString(CultureInfo.InvariantCulture),
                ["seeds"] = spec.Seeds.ToString(CultureInfo.InvariantCulture),
                ["episode"] = spec.Episode.ToString(CultureInfo.InvariantCulture),
                ["reward"] = EnumWords.Of(spec.Reward),
            },
            Seed = seed.Seed,
            InSample = new Dictionary<string, double>
            {
                ["reward"] = seed.Curve.LastOrDefault(p => !double.IsNaN(p.Reward))?.Reward
                ?? double.NaN
            },
            OutOfSample = new Dictionary<string, double>
            {
                ["validation"] = seed.Validation,
                ["test"] = window.Tests[window.Chosen],
                ["stressed"] = window.Stressed[window.Chosen],
            },
            CreatedAt = createdAt,
        };
    }

    private static Dictionary<string, double> Checks(AllocatorResult result)
    {
        var checks = new Dictionary<string, double>(StringComparer.Ordinal);
        foreach (var (baseline, probability) in result.Improvements) checks[baseline] = probability.Low;
        foreach (var (baseline, probability) in result.StressedImprovements) checks[baseline + ", stressed"] = probability.Low;
        return checks;
    }
}
