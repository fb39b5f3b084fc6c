using System.Globalization;
using System.Text.Json.Nodes;
using Granary.Engine;
using Granary.Engine.Catalogues;
using Granary.Engine.Trading;

namespace Granary.Simulation.Keys;

/// <summary>The size of an entry as a value of a key: an object with one rule, such as <c>{ "riskPercent": 1 }</c>.</summary>
internal static class SizeKey
{
    private static readonly IReadOnlyList<(string Name, SizeKind Kind, double Least, double Most)> s_kinds =
    [
        ("units", SizeKind.Units, 1e-12, 1e15), ("percentOfEquity", SizeKind.PercentOfEquity, 1e-9, 10_000),
        ("cash", SizeKind.Cash, 1e-9, 1e15), ("riskPercent", SizeKind.RiskPercent, 1e-9, 100),
    ];

    /// <summary>The rule of a name and its value, within the bounds of the key.</summary>
    /// <exception cref="InputException">There is no such rule, or its value is outside of them.</exception>
    public static SizeRule Of(string name, double value)
    {
        var kind = s_kinds.FirstOrDefault(k => k.Name == name);
        if (kind.Name is null)
            throw new InputException($"'{name}' is no size; use units, percentOfEquity, cash or riskPercent");
        if (!(value >= kind.Least && value <= kind.Most))
            throw new InputException(string.Create(CultureInfo.InvariantCulture,
                $"size {name} is {value}; it must be between {kind.Least} and {kind.Most}"));
        return new SizeRule(kind.Kind, value);
    }

    public static KeyType Type { get; } = new((part, key) =>
    {
        part.Only([.. s_kinds.Select(k => k.Name)]);
        if (part.IsFaulty) return key.Default;
        if (part.Members.Count != 1) return part.Wrong("one rule is needed: units, percentOfEquity, cash or riskPercent", key.Default);
        var (name, value) = part.Members[0];
        var kind = s_kinds.First(k => k.Name == name);
        return new SizeRule(kind.Kind, value.Number(kind.Least, kind.Most));
    }, (json, v) =>
    {
        var size = (SizeRule)v;
        json.WriteStartObject();
        json.WriteNumber(s_kinds.First(k => k.Kind == size.Kind).Name, size.Value);
        json.WriteEndObject();
    }, _ => new JsonObject
    {
        ["type"] = "object",
        ["minProperties"] = 1,
        ["maxProperties"] = 1,
        ["properties"] = new JsonObject(s_kinds.Select(k => KeyValuePair.Create(k.Name, (JsonNode?)new JsonObject
        {
            ["type"] = "number",
            ["minimum"] = k.Least,
            ["maximum"] = k.Most,
        }))),
        ["additionalProperties"] = false,
    })
    {
        Identity = v => string.Create(CultureInfo.InvariantCulture, $"{((SizeRule)v).Kind} {((SizeRule)v).Value:R}"),
    };
}
