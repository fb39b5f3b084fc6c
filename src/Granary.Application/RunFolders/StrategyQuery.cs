using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Granary.Application.Json;

namespace Granary.Application.RunFolders;

/// <summary>Which strategies of a run are wanted, and in which order.</summary>
/// <param name="Sort">
/// <c>id</c>, <c>class</c>, <c>symbol</c>, <c>timeframe</c>, <c>weight</c> or a metric, with '-' in front for the largest first; null for
/// the run's order. What is undefined comes last.
/// </param>
/// <param name="Filter">Conditions with commas between, as <c>trades>=30,symbol=BTCUSDT,id~SmaCross</c>; null = all.</param>
/// <param name="Cursor">As <see cref="StrategyRows.Next"/> gave it; null begins at the first.</param>
public sealed record StrategyQuery(int Limit, string? Sort = null, string? Filter = null, string? Cursor = null)
{
    private static readonly Regex ConditionText = new(@"^(?<key>[^<>=!~]+?)\s*(?<operator>>=|<=|!=|=|>|<|~)\s*(?<value>.*)$",
        RegexOptions.ExplicitCapture | RegexOptions.Singleline, TimeSpan.FromSeconds(1));

    private sealed record Condition(string Key, string Operator, string Value);

    /// <summary>The page of the strategies of a run.</summary>
    /// <param name="path">Its results.json.</param>
    /// <exception cref="InputException">A key, a condition or the cursor cannot be used.</exception>
    public StrategyRows Of(string path)
    {
        var from = 0;
        if (Cursor is not null && !(int.TryParse(Cursor, NumberStyles.None, CultureInfo.InvariantCulture, out from)))
            throw ListCursor.Unknown(Cursor);
        using var file = File.OpenRead(path);
        using var results = JsonDocument.Parse(file);
        var conditions = Conditions();
        var all = results.RootElement.GetProperty("strategies").EnumerateArray().ToList();
        Check([.. conditions.Select(c => c.Key), .. Sort is null ? [] : (string[])[Sort.TrimStart('-')]], all);
        var found = all.Where(s => conditions.All(c => Holds(c, s))).ToList();
        var ordered = Sort is null ? found : Ordered(found, Sort.TrimStart('-'), Sort.StartsWith('-'));
        var page = ordered.Skip(from).Take(Limit).Select(s => JsonObject.Create(s.Clone())!).ToList();
        var next = from + page.Count;
        return new StrategyRows(page, found.Count, next < found.Count ? next.ToString(CultureInfo.InvariantCulture) : null);
    }

    private List<Condition> Conditions()
    {
        var found = new List<Condition>();
        foreach (var text in Filter?.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries) ?? [])
        {
            var parts = ConditionText.Match(text);
            if (!parts.Success)
                throw new InputException($"filter={text}: write a key, one of >= <= != = > < ~ and a value, as trades>=30");
            found.Add(new Condition(parts.Groups["key"].Value, parts.Groups["operator"].Value, parts.Groups["value"].Value));
        }
        return found;
    }

    private static void Check(IEnumerable<string> keys, List<JsonElement> strategies)
    {
        if (strategies.Count == 0) return;
        var known = strategies[0].EnumerateObject().Where(p => p.Value.ValueKind is JsonValueKind.String or JsonValueKind.Number)
            .Select(p => p.Name).Concat(strategies.Select(s => s.GetProperty("stats")).FirstOrDefault(s =>
                s.ValueKind == JsonValueKind.Object)
                is { ValueKind: JsonValueKind.Object } stats ? stats.EnumerateObject().Select(p => p.Name) : []).ToList();
        foreach (var key in keys)
            if (!known.Contains(key, StringComparer.Ordinal))
            {
                var near = Engine.Market.Spelling.Nearest(key, known);
                throw new InputException($"strategies have no '{key}'; "
                    + (near is null ? $"they have {string.Join(", ", known)}" : $"did you mean '{near}'?"));
            }
    }

    private static JsonElement? Value(JsonElement strategy, string key) => strategy.TryGetProperty(key, out var own) ? own
        : strategy.TryGetProperty("stats", out var stats) && stats.ValueKind == JsonValueKind.Object
            && stats.TryGetProperty(key, out var value) ? value : null;

    private static bool Holds(Condition condition, JsonElement strategy)
    {
        if (Value(strategy, condition.Key) is not { ValueKind: JsonValueKind.String or JsonValueKind.Number } value) return false;
        if (value.ValueKind == JsonValueKind.String || condition.Operator == "~")
        {
            var text = value.ToString();
            return condition.Operator switch
            {
                "=" => text == condition.Value,
                "!=" => text != condition.Value,
                "~" => text.Contains(condition.Value, StringComparison.OrdinalIgnoreCase),
                _ => throw new InputException($"filter={condition.Key}{condition.Operator}: texts are compared by =, != and ~"),
            };
        }
        if (!double.TryParse(condition.Value, NumberStyles.Float, CultureInfo.InvariantCulture, out var limit))
            throw new InputException($"filter={condition.Key}{condition.Operator}{condition.Value}: a number is needed");
        var number = value.GetDouble();
        return condition.Operator switch
        {
            "=" => number == limit,
            "!=" => number != limit,
            ">" => number > limit,
            "<" => number < limit,
            ">=" => number >= limit,
            _ => number <= limit,
        };
    }

    // Stable: equal ones keep the run's order.
    private static List<JsonElement> Ordered(List<JsonElement> strategies, string key, bool descending)
    {
        var defined = strategies.Where(s => Value(s, key) is { ValueKind: JsonValueKind.String or JsonValueKind.Number }).ToList();
        var isText = defined.Count > 0 && Value(defined[0], key)!.Value.ValueKind == JsonValueKind.String;
        IEnumerable<JsonElement> ordered = isText
            ? descending ? defined.OrderByDescending(s => Value(s, key)!.Value.GetString(), StringComparer.Ordinal)
                : defined.OrderBy(s => Value(s, key)!.Value.GetString(), StringComparer.Ordinal)
            : descending ? defined.OrderByDescending(s => Value(s, key)!.Value.GetDouble())
            : defined.OrderBy(s => Value(s, key)!.Value.GetDouble());
        return [.. ordered, .. strategies.Where(s => Value(s, key) is not { ValueKind: JsonValueKind.String or JsonValueKind.Number })];
    }
}

/// <summary>Strategies of a run, as results.json has them.</summary>
/// <param name="Total">How many match the filter.</param>
/// <param name="Next">The cursor of the next page; null where this is the last.</param>
public sealed record StrategyRows(IReadOnlyList<JsonObject> Items, int Total, string? Next);
