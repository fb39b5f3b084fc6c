using System.Globalization;
using System.Text.Json;
using Granary.Engine.Market;
using Granary.Engine.Trading;
using Granary.Simulation.Json;

namespace Granary.Simulation.Batches;

/// <summary>Reads and writes a value of a trading key, describes it in the schema, and names it in the identity of a trial.</summary>
/// <param name="Write">Writes the value so that <paramref name="Read"/> restores it.</param>
/// <param name="Schema">The JSON schema of the value.</param>
internal sealed record TradingValue<T>(Func<JsonPart, T> Read, Action<Utf8JsonWriter, T> Write, string Schema)
{
    /// <summary>Names the value in the identity of a trial. The ledger of trials has it, so it must not change.</summary>
    public Func<T, string> Identity { get; init; } = value => Convert.ToString(value, CultureInfo.InvariantCulture) ?? "";
}

/// <summary>The types of values that trading keys have.</summary>
internal static class TradingValue
{
    public static TradingValue<double> Number(double minimum, double maximum) => new(part => part.Number(minimum, maximum),
        (json, value) => json.WriteNumberValue(value),
        string.Create(CultureInfo.InvariantCulture, $$"""{ "type": "number", "minimum": {{minimum}}, "maximum": {{maximum}} }"""));

    public static TradingValue<int> Whole(int minimum, int? maximum = null) => new(part => part.Whole(minimum, maximum ?? int.MaxValue),
        (json, value) => json.WriteNumberValue(value),
        string.Create(CultureInfo.InvariantCulture,
            $$"""{ "type": "integer", "minimum": {{minimum}}{{(maximum is { } most ? $", \"maximum\": {most}" : "")}} }"""));

    public static TradingValue<bool> Bool() => new(part => part.Bool(), (json, value) => json.WriteBooleanValue(value),
        """{ "type": "boolean" }""");

    public static TradingValue<T> Choice<T>(params (string Word, T Value)[] choices) where T : struct, Enum =>
        new(part => part.Choice(choices), (json, value) => json.WriteStringValue(choices.First(c => c.Value.Equals(value)).Word),
            $$"""{ "enum": [{{string.Join(", ", choices.Select(c => $"\"{c.Word}\""))}}] }""");

    public static TradingValue<TimeSpan?> TimeOfDay() => new(part => BatchReader.TimeOfDay(part),
        (json, value) => json.WriteStringValue(value!.Value.ToString(value.Value.Seconds == 0 ? "hh\\:mm" : "hh\\:mm\\:ss",
            CultureInfo.InvariantCulture)),
        """{ "type": "string", "examples": ["15:55"] }""");

    public static TradingValue<Timeframe?> Timeframe() => new(part => BatchReader.Timeframe(part),
        (json, value) => json.WriteStringValue(value.ToString()),
        $$"""{ "enum": [{{string.Join(", ", Engine.Market.Timeframe.All.Select(t => $"\"{t}\""))}}] }""");

    /// <summary>A whole number of minutes, hours or days; zero if there is none.</summary>
    public static TradingValue<TimeSpan> Duration() => new(BatchReader.Duration, (json, value) => json.WriteStringValue(Text(value)),
        """{ "type": "string", "pattern": "^[1-9][0-9]*[mhd]$", "examples": ["4h"] }""")
    {
        Identity = value => value.Ticks.ToString(CultureInfo.InvariantCulture),
    };

    public static TradingValue<SizeRule> Size()
    {
        (string Name, SizeKind Kind, double Least, double Most)[] kinds =
        [
            ("units", SizeKind.Units, 1e-12, 1e15), ("percentOfEquity", SizeKind.PercentOfEquity, 1e-9, 10_000),
            ("cash", SizeKind.Cash, 1e-9, 1e15), ("riskPercent", SizeKind.RiskPercent, 1e-9, 100),
        ];
        var properties = string.Join(", ", kinds.Select(k => $"\"{k.Name}\": {Number(k.Least, k.Most).Schema}"));
        return new TradingValue<SizeRule>(Read, Write,
            $$"""
            { "type": "object", "minProperties": 1, "maxProperties": 1, "properties": { {{properties}} }, "additionalProperties": false }
            """)
        {
            Identity = size => string.Create(CultureInfo.InvariantCulture, $"{size.Kind} {size.Value:R}"),
        };

        SizeRule Read(JsonPart part)
        {
            var usual = TradingKey.Usual.Size;
            part.Only([.. kinds.Select(k => k.Name)]);
            if (part.IsFaulty) return usual;
            if (part.Members.Count != 1) return part.Wrong("one rule is needed: units, percentOfEquity, cash or riskPercent", usual);
            var (name, value) = part.Members[0];
            var kind = kinds.First(k => k.Name == name);
            return new SizeRule(kind.Kind, value.Number(kind.Least, kind.Most));
        }

        void Write(Utf8JsonWriter json, SizeRule size)
        {
            json.WriteStartObject();
            json.WriteNumber(kinds.First(k => k.Kind == size.Kind).Name, size.Value);
            json.WriteEndObject();
        }
    }

    private static string Text(TimeSpan time) =>
        time.Ticks % TimeSpan.TicksPerDay == 0 ? $"{time.Ticks / TimeSpan.TicksPerDay}d"
        : time.Ticks % TimeSpan.TicksPerHour == 0 ? $"{time.Ticks / TimeSpan.TicksPerHour}h"
        : $"{time.Ticks / TimeSpan.TicksPerMinute}m";
}
