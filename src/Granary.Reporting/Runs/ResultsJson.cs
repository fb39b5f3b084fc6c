using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using Granary.Engine.Analysis;
using Granary.Engine.Analysis.Metrics;
using Granary.Engine.Portfolio.Rules;

namespace Granary.Reporting.Runs;

/// <summary>Writes results.json: the statistics of every strategy and of the portfolio. Undefined numbers are null.</summary>
internal static class ResultsJson
{
    private static readonly JavaScriptEncoder _encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping;

    public static byte[] Write(RunModel run)
    {
        var buffer = new MemoryStream();
        Write(buffer, run);
        return buffer.ToArray();
    }

    /// <summary>Writes each strategy on its own line, since a sweep has many thousands.</summary>
    public static void Write(Stream output, RunModel run)
    {
        using (var json = new Utf8JsonWriter(output, new JsonWriterOptions { Indented = true, Encoder = _encoder }))
        {
            json.WriteStartObject();
            json.WriteString("batch", run.Name);
            json.WriteString("run", run.Run);
            json.WriteString("digest", run.Digest);
            if (run.Interrupted) json.WriteBoolean("interrupted", true);
            RunNotes.Write(json, run.Notes);
            json.WriteStartArray("strategies");
            var line = new ArrayBufferWriter<byte>(2048);
            using (var compact = new Utf8JsonWriter(line, new JsonWriterOptions { Encoder = _encoder }))
                foreach (var s in run.Strategies)
                {
                    line.ResetWrittenCount();
                    line.Write("\n    "u8);
                    compact.Reset();
                    Strategy(compact, s);
                    compact.Flush();
                    json.WriteRawValue(line.WrittenSpan, skipInputValidation: true);
                    if (json.BytesPending > 1 << 16) json.Flush();
                }
            json.WriteEndArray();
            json.WriteStartObject("portfolio");
            if (run.Portfolio is { IsRuined: true }) json.WriteString("state", "ruined");
            if (run.Portfolio is not null) Stats(json, run.Portfolio);
            if (run.Traded is { } traded) Number(json, "traded", traded);
            json.WriteStartObject("decisions");
            foreach (var (decision, count) in run.Decisions.OrderBy(d => d.Key, Decision.ByTable)) json.WriteNumber(decision.Word, count);
            json.WriteEndObject();
            json.WriteEndObject();
            foreach (var section in run.Sections)
            {
                json.WritePropertyName(section.Name);
                json.WriteRawValue(section.ToJson());
            }
            json.WriteEndObject();
        }
    }

    private static void Strategy(Utf8JsonWriter json, StrategyEntry s)
    {
        json.WriteStartObject();
        json.WriteString("id", s.Id);
        json.WriteString("class", s.Class);
        json.WriteStartObject("params");
        foreach (var (name, value) in s.Params) Value(json, name, value);
        json.WriteEndObject();
        json.WriteString("symbol", s.Symbol);
        if (s.Symbols is not null) Symbols(json, s.Symbols);
        json.WriteString("timeframe", s.Timeframe);
        json.WriteString("sides", s.Sides);
        json.WriteNumber("weight", s.Weight);
        if (s.Model is not null) json.WriteString("model", s.Model);
        if (s.Error is not null) json.WriteString("error", s.Error);
        if (!s.HasListedTrades) json.WriteBoolean("tradesListed", false);
        if (s.Stats is { IsRuined: true }) json.WriteString("state", "ruined");
        if (s.Stats is not null) Stats(json, s.Stats);
        json.WriteEndObject();
    }

    private static void Symbols(Utf8JsonWriter json, IReadOnlyList<string> symbols)
    {
        json.WriteStartArray("symbols");
        foreach (var symbol in symbols) json.WriteStringValue(symbol);
        json.WriteEndArray();
    }

    private static void Stats(Utf8JsonWriter json, MetricSet stats)
    {
        json.WriteStartObject("stats");
        foreach (var (metric, value) in stats.Listed()) Number(json, metric.Key, value);
        json.WriteEndObject();
    }

    /// <summary>Writes a number, or null if it is undefined.</summary>
    public static void Number(Utf8JsonWriter json, string key, double value)
    {
        if (double.IsFinite(value)) json.WriteNumber(key, value);
        else json.WriteNull(key);
    }

    /// <summary>Writes a parameter: a number, a Boolean or a text.</summary>
    public static void Value(Utf8JsonWriter json, string name, object value)
    {
        switch (value)
        {
            case int i: json.WriteNumber(name, i); break;
            case double d: json.WriteNumber(name, d); break;
            case bool b: json.WriteBoolean(name, b); break;
            default: json.WriteString(name, value.ToString()); break;
        }
    }
}
