using System.Text.Json;
using Granary.Learning.Gating;

namespace Granary.Modelling.Experiments;

/// <summary>A rule as a batch file writes it.</summary>
internal static class RuleText
{
    private static readonly JsonSerializerOptions Web = new(JsonSerializerDefaults.Web);

    /// <summary>As an <c>apply</c> section.</summary>
    public static JsonElement Json(EntryRule rule)
    {
        var json = JsonSerializer.SerializeToNode(rule, Web)!.AsObject();
        // The discriminator names it already.
        json.Remove("name");
        return JsonSerializer.SerializeToElement(json);
    }

    /// <summary>As <c>gate(buyAbove=0.6,sellBelow=0.4)</c>.</summary>
    public static string Of(EntryRule rule) =>
        $"{rule.Name}({string.Join(',', Json(rule).EnumerateObject().Where(p => p.Name != "rule").Select(p => $"{p.Name}={p.Value}"))})";
}
