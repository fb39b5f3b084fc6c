using System.Text.Json;
using Granary.Engine;
using Granary.Reporting.Runs;
using Granary.Simulation.Json;

namespace Granary.Simulation.Batches;

/// <summary>Reads the validation checks of production configurations (key <c>evidence</c>).</summary>
internal static class ValidationReader
{
    /// <summary>Reads the validation checks of a production configuration.</summary>
    /// <param name="production">The root of prod.json.</param>
    /// <returns>Null if the file has none; <see cref="Verdict"/> then refuses it.</returns>
    /// <exception cref="InputException">The checks do not have the format of <see cref="ValidationChecks.ToJson"/>.</exception>
    public static ValidationChecks? Read(JsonPart production)
    {
        if (production.Find(ValidationChecks.Key) is not { Kind: not JsonValueKind.Null } part) return null;
        var checks = new Dictionary<string, ValidationCheck>(StringComparer.Ordinal);
        foreach (var check in (string[])[.. ValidationChecks.Checks, .. ValidationChecks.Conditional])
        {
            if (part.Find(check) is not { } p) continue;
            var state = p.Need("state")
                .Choice(("missing", ValidationState.Missing), ("passed", ValidationState.Passed), ("failed", ValidationState.Failed));
            var figures = p.Members.Where(m => m.Value.Kind is JsonValueKind.Number or JsonValueKind.Null)
                .Select(m => (m.Name, m.Value.Kind == JsonValueKind.Number ? m.Value.Number() : double.NaN)).ToList();
            checks[check] = new ValidationCheck(state, p.Find("sentence")?.String() ?? "", figures);
        }
        foreach (var (name, p) in production.Find(StatedFindings.Key)?.Members ?? [])
            checks[name] = ValidationCheck.Missing(p.Find("sentence")?.String() ?? "") with { Word = p.Need("word").String() };
        return new ValidationChecks(checks);
    }

    /// <summary>Returns the verdict on a production configuration; <c>live</c> checks it before it trades.</summary>
    /// <param name="production">The root of prod.json.</param>
    /// <exception cref="InputException">The checks cannot be read.</exception>
    public static ValidationVerdict Verdict(JsonPart production) => Read(production)?.Decide() ?? ValidationVerdict.Unchecked;
}
