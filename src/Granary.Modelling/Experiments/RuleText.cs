using System.Text.Json;
using Granary.Learning.Gating;

namespace Granary.Modelling.Experiments;

/// <summary>Writes entry rules as JSON or as display text.</summary>
internal static class RuleText
{
    private static readonly JsonSerializerOptions Web = new(JsonSerializerDefaults.Web);

    /// <summary>Returns the rule as the <c>apply</c> section of a batch file.</summary>
    public static JsonElement Json(EntryRule rule)
    {
        var json = JsonSerializer.SerializeToNode(rule, Web)!.AsObject();
        // The discriminator already names the rule.
        json.Remove("name");
        return JsonSerializer.SerializeToElement(json);
    }

    /// <summary>Returns the rule as display text, such as <c>gate(buyAbove=0.6,sellBelow=0.4)</c>.</summary>
    public static string Of(EntryRule rule) =>
        $"{rule.Name}({string.Join(',', Json(rule).EnumerateObject().Where(p => p.Name != "rule").Select(p => $"{p.Name}={p.Value}"))})";
}
