using System.Text.Json;
using Granary.Api.Tests.Conformance;

namespace Granary.Api.Tests.Compatibility;

/// <summary>
/// Compares schemas of two OpenAPI documents. What clients send may become wider, what they receive may become narrower and longer.
/// </summary>
internal sealed class SchemaComparison(JsonElement before, JsonElement after)
{
    private static readonly string[] s_least = ["minimum", "minLength", "minItems", "exclusiveMinimum"];
    private static readonly string[] s_most = ["maximum", "maxLength", "maxItems", "exclusiveMaximum"];

    private readonly JsonSchema _before = new(before), _after = new(after);

    /// <param name="isAnswer">Whether clients receive the value; otherwise they send it.</param>
    public IReadOnlyList<ApiChange> Compare(string place, JsonElement old, JsonElement now, bool isAnswer)
    {
        var changes = new List<ApiChange>();
        Compare(place, old, now, isAnswer, changes, []);
        return changes;
    }

    private void Compare(string place, JsonElement old, JsonElement now, bool isAnswer, List<ApiChange> changes, HashSet<string> seen)
    {
        // A schema that contains itself is compared once.
        if (old.TryGetProperty("$ref", out var reference) && !seen.Add(reference.GetString()!)) return;
        (old, now) = (_before.Follow(old), _after.Follow(now));
        CompareTypes(place, old, now, isAnswer, changes);
        CompareWords(place, old, now, isAnswer, changes);
        if (!isAnswer) CompareLimits(place, old, now, changes);
        CompareFields(place, old, now, isAnswer, changes, seen);
        foreach (var key in (string[])["items", "additionalProperties"])
            if (Object(old, key) is { } part && Object(now, key) is { } next)
                Compare($"{place}[]", part, next, isAnswer, changes, [.. seen]);
        foreach (var key in (string[])["oneOf", "anyOf"])
            CompareChoices(place, List(old, key), List(now, key), isAnswer, changes, seen);
    }

    private void CompareFields(string place, JsonElement old, JsonElement now, bool isAnswer, List<ApiChange> changes,
        HashSet<string> seen)
    {
        var (was, has) = (Fields(old), Fields(now));
        var (needed, needs) = (Required(old), Required(now));
        foreach (var (name, field) in was)
            if (!has.TryGetValue(name, out var next)) changes.Add(new(place, $"the field {name} was removed", true));
            else Compare($"{place}.{name}", field, next, isAnswer, changes, [.. seen]);
        foreach (var name in has.Keys.Except(was.Keys))
            changes.Add(new(place, $"the field {name} was added{(needs.Contains(name) && !isAnswer ? " and is required" : "")}",
                needs.Contains(name) && !isAnswer));
        foreach (var name in was.Keys.Intersect(has.Keys))
        {
            if (!isAnswer && needs.Contains(name) && !needed.Contains(name))
                changes.Add(new(place, $"the field {name} is now required", true));
            if (isAnswer && needed.Contains(name) && !needs.Contains(name))
                changes.Add(new(place, $"the field {name} can now be absent", true));
        }
    }

    private static void CompareTypes(string place, JsonElement old, JsonElement now, bool isAnswer, List<ApiChange> changes)
    {
        var (was, has) = (Types(old), Types(now));
        if (was.SetEquals(has)) return;
        // No type stands for all types.
        var isNarrower = was.Count == 0 || has.Count > 0 && has.IsSubsetOf(was);
        var isWider = has.Count == 0 || was.Count > 0 && was.IsSubsetOf(has);
        changes.Add(new(place, $"the type changed from {Shown(was)} to {Shown(has)}", !(isAnswer ? isNarrower : isWider)));

        static string Shown(HashSet<string> types) => types.Count == 0 ? "any" : string.Join("|", types.Order(StringComparer.Ordinal));
    }

    private static void CompareWords(string place, JsonElement old, JsonElement now, bool isAnswer, List<ApiChange> changes)
    {
        var (was, has) = (List(old, "enum").Select(w => w.ToString()).ToList(), List(now, "enum").Select(w => w.ToString()).ToList());
        if (was.Count == 0 && has.Count > 0 && !isAnswer) changes.Add(new(place, "only some words are allowed now", true));
        if (was.Count == 0 || has.Count == 0) return;
        foreach (var word in was.Except(has)) changes.Add(new(place, $"the word {word} was removed", true));
        foreach (var word in has.Except(was)) changes.Add(new(place, $"the word {word} was added", false));
    }

    private static void CompareLimits(string place, JsonElement old, JsonElement now, List<ApiChange> changes)
    {
        foreach (var (keys, sign) in ((string[], int)[])[(s_least, 1), (s_most, -1)])
            foreach (var key in keys)
                if (Number(now, key) is { } limit && (Number(old, key) is not { } before || sign * limit > sign * before))
                    changes.Add(new(place, $"the limit {key} is stricter: {limit}", true));
        if (now.TryGetProperty("pattern", out var pattern) && !(old.TryGetProperty("pattern", out var known)
            && known.GetString() == pattern.GetString())) changes.Add(new(place, $"the pattern {pattern} is new", true));
    }

    // Choices keep their order; what comes after them is new.
    private void CompareChoices(string place, List<JsonElement> was, List<JsonElement> has, bool isAnswer, List<ApiChange> changes,
        HashSet<string> seen)
    {
        if (was.Count == 0 || has.Count == 0) return;
        if (has.Count < was.Count) changes.Add(new(place, "a choice was removed", !isAnswer));
        if (has.Count > was.Count) changes.Add(new(place, "a choice was added", isAnswer));
        foreach (var (old, now) in was.Zip(has)) Compare(place, old, now, isAnswer, changes, [.. seen]);
    }

    private static HashSet<string> Types(JsonElement schema) => !schema.TryGetProperty("type", out var type) ? []
        : type.ValueKind == JsonValueKind.Array ? [.. type.EnumerateArray().Select(t => t.GetString()!)] : [type.GetString()!];

    private static Dictionary<string, JsonElement> Fields(JsonElement schema) => Object(schema, "properties") is { } fields
        ? fields.EnumerateObject().ToDictionary(p => p.Name, p => p.Value, StringComparer.Ordinal) : [];

    private static HashSet<string> Required(JsonElement schema) => [.. List(schema, "required").Select(r => r.GetString()!)];

    private static List<JsonElement> List(JsonElement schema, string key) =>
        schema.TryGetProperty(key, out var list) ? [.. list.EnumerateArray()] : [];

    private static JsonElement? Object(JsonElement schema, string key) =>
        schema.TryGetProperty(key, out var part) && part.ValueKind == JsonValueKind.Object ? part : null;

    private static double? Number(JsonElement schema, string key) =>
        schema.TryGetProperty(key, out var number) ? number.GetDouble() : null;
}
