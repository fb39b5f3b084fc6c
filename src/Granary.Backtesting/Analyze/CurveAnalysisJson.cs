using System.Text;
using System.Text.Json;
using Granary.Engine.Analysis;

namespace Granary.Backtesting.Analyze;

/// <summary>
/// Writes the JSON of <c>analyze --json</c>: the statistics by name, null if undefined, followed by the tables.
/// </summary>
internal static class CurveAnalysisJson
{
    public static string Write(CurveAnalysis analysis)
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream, new JsonWriterOptions { Indented = true }))
        {
            json.WriteStartObject();
            json.WriteNumber("points", analysis.Statistics.Points);
            if (analysis.Notes.Count > 0)
            {
                json.WriteString("note", string.Join(' ', analysis.Notes));
                json.WriteStartArray("notes");
                foreach (var note in analysis.Notes) json.WriteStringValue(note);
                json.WriteEndArray();
            }
            Time(json, "from", analysis.Statistics.Measures.FirstTime);
            Time(json, "to", analysis.Statistics.Measures.LastTime);
            foreach (var (metric, value) in analysis.Statistics.Metrics.Listed()) Number(json, metric.Key, value);
            if (analysis is { Statistics.Benchmark: { } b, Join: { } join })
            {
                json.WriteNumber("benchmarkPoints", b.CommonPoints);
                json.WriteString("benchmarkJoin", join.IsByDay ? "day" : "time");
                json.WriteNumber("benchmarkRows", analysis.Benchmark!.Count);
                Time(json, "benchmarkFrom", join.Own.Times[0]);
                Time(json, "benchmarkTo", join.Own.Times[^1]);
            }
            json.WriteStartArray("drawdowns");
            foreach (var d in analysis.WorstDrawdowns) Write(json, d);
            json.WriteEndArray();
            Write(json, "months", analysis.Months);
            Write(json, "years", analysis.Years);
            json.WriteStartArray("crises");
            foreach (var crisis in analysis.Crises)
            {
                json.WriteStartObject();
                json.WriteString("name", crisis.Period.Name);
                Number(json, "return", crisis.Return);
                Number(json, "maxDrawdown", crisis.MaxDrawdown);
                if (crisis.BenchmarkReturn is { } theirs) Number(json, "benchmarkReturn", theirs);
                json.WriteEndObject();
            }
            json.WriteEndArray();
            if (analysis.Resampling is { } resampling)
            {
                json.WritePropertyName(resampling.Name);
                json.WriteRawValue(resampling.ToJson());
            }
            json.WriteEndObject();
        }
        return Encoding.UTF8.GetString(stream.ToArray());
    }

    private static void Write(Utf8JsonWriter json, Drawdown d)
    {
        json.WriteStartObject();
        Number(json, "depth", d.Depth);
        Time(json, "peak", d.Peak);
        Time(json, "trough", d.Trough);
        if (d.Recovery is { } recovery) Time(json, "recovery", recovery);
        else json.WriteNull("recovery");
        Number(json, "days", d.Days);
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, string name, IReadOnlyList<PeriodReturn> periods)
    {
        json.WriteStartArray(name);
        foreach (var p in periods)
        {
            json.WriteStartObject();
            json.WriteNumber("year", p.Year);
            if (p.Month > 0) json.WriteNumber("month", p.Month);
            Number(json, "return", p.Return);
            json.WriteEndObject();
        }
        json.WriteEndArray();
    }

    private static void Number(Utf8JsonWriter json, string key, double value)
    {
        if (double.IsFinite(value)) json.WriteNumber(key, value);
        else json.WriteNull(key);
    }

    private static void Time(Utf8JsonWriter json, string key, long ticks)
    {
        var time = new DateTime(ticks, DateTimeKind.Utc);
        json.WriteString(key, time.ToString(ticks % TimeSpan.TicksPerDay == 0 ? "yyyy-MM-dd" : "yyyy-MM-ddTHH:mm:ss.FFFFFFFZ"));
    }
}
