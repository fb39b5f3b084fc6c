using System.Text;
using System.Text.Json;
using Granary.Learning.Tracking;

namespace Granary.Trading.Track;

/// <summary>Writes the JSON of <c>track --json</c>; undefined values are null.</summary>
internal static class TrackJson
{
    public static string Write(TrackResult result)
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream, new JsonWriterOptions { Indented = true }))
        {
            json.WriteStartObject();
            Write(json, result.Names, result.Fit);
            Number(json, "weightSum", result.Fit.Weights.Sum());
            Write(json, result.InSample);
            Number(json, "periodsPerYear", result.PeriodsPerYear);
            json.WriteStartObject("inSample");
            json.WriteNumber("periods", result.Fitted);
            Write(json, result.InSample);
            json.WriteEndObject();
            json.WriteStartArray("path");
            foreach (var step in result.Fit.Path)
            {
                json.WriteStartObject();
                json.WriteNumber("names", step.Names);
                Number(json, "residualNorm", step.ResidualNorm);
                Number(json, "trackingError", step.Deviation * Math.Sqrt(result.PeriodsPerYear));
                json.WriteEndObject();
            }
            json.WriteEndArray();
            if (result.OutOfSample is { } outside)
            {
                json.WriteStartObject("outOfSample");
                json.WriteNumber("periods", result.Times.Length - result.Fitted);
                Write(json, outside);
                json.WriteEndObject();
            }
            if (result.Rolling is { } rolling) Write(json, result, rolling);
            if (result.Notes.Count > 0)
            {
                json.WriteStartArray("notes");
                foreach (var note in result.Notes) json.WriteStringValue(note);
                json.WriteEndArray();
            }
            json.WriteEndObject();
        }
        return Encoding.UTF8.GetString(stream.ToArray());
    }

    private static void Write(Utf8JsonWriter json, TrackResult result, RollingReplication rolling)
    {
        json.WriteStartObject("rolling");
        Write(json, rolling.OutOfSample);
        Number(json, "turnover", rolling.Turnover);
        json.WriteStartArray("history");
        foreach (var choice in rolling.History)
        {
            json.WriteStartObject();
            json.WriteString("from", new DateTime(result.Times[choice.Period], DateTimeKind.Utc).ToString("yyyy-MM-ddTHH:mm:ssZ"));
            Write(json, result.Names, choice.Fit);
            Number(json, "turnover", choice.Turnover);
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, IReadOnlyList<string> names, SparseFit fit)
    {
        json.WriteStartArray("support");
        foreach (var s in fit.Support) json.WriteStringValue(names[s]);
        json.WriteEndArray();
        json.WriteStartObject("weights");
        for (var k = 0; k < fit.Support.Count; k++) Number(json, names[fit.Support[k]], fit.Weights[k]);
        json.WriteEndObject();
        Number(json, "intercept", fit.Intercept);
    }

    private static void Write(Utf8JsonWriter json, TrackingQuality quality)
    {
        Number(json, "residualNorm", quality.ResidualNorm);
        Number(json, "trackingError", quality.TrackingError);
        Number(json, "informationRatio", quality.InformationRatio);
        Number(json, "correlation", quality.Correlation);
    }

    private static void Number(Utf8JsonWriter json, string key, double value)
    {
        if (double.IsFinite(value)) json.WriteNumber(key, value);
        else json.WriteNull(key);
    }
}
