using System.Text.Json;
using Granary.Data.Reading;
using Granary.Engine;
using Granary.Simulation.Json;

namespace Granary.Simulation.Batches;

/// <summary>Reads <c>data.columns</c>: maps columns of bar files to bar fields, for files with other headers or no header.</summary>
public static class ColumnsSection
{
    private static readonly string[] Keys = ["time", "timeOfDay", "open", "high", "low", "close", "adjustedClose", "volume", "symbol"];

    /// <exception cref="InputException">A key is unknown.</exception>
    public static ColumnMapping Read(JsonPart part)
    {
        part.Only(Keys);
        string? Of(string key) => part.Find(key) is { } column ? Column(column) : null;
        return new ColumnMapping(Of("time"), Of("open"), Of("high"), Of("low"), Of("close"))
        {
            TimeOfDay = Of("timeOfDay"),
            AdjustedClose = Of("adjustedClose"),
            Volume = Of("volume"),
            Symbol = Of("symbol"),
        };
    }

    /// <summary>Reads the mapping from a command line, such as "time=Datum;open=2;high=3;low=4;close=5".</summary>
    public static ColumnMapping Parse(string text)
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream))
        {
            json.WriteStartObject();
            foreach (var pair in text.Split(';', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
            {
                var at = pair.IndexOf('=', StringComparison.Ordinal);
                if (at < 1) throw new InputException($"--columns '{pair}' does not have the form name=column; write it as "
                    + $"\"time=Datum;open=2;high=3;low=4;close=5\"");
                json.WriteString(pair[..at].TrimEnd(), pair[(at + 1)..].TrimStart());
            }
            json.WriteEndObject();
        }
        return Read(JsonPart.Parse("--columns", stream.ToArray()));
    }

    public static void Write(Utf8JsonWriter json, ColumnMapping columns)
    {
        json.WriteStartObject("columns");
        ReadOnlySpan<string?> values = [columns.Time, columns.TimeOfDay, columns.Open, columns.High, columns.Low, columns.Close,
            columns.AdjustedClose, columns.Volume, columns.Symbol];
        for (var i = 0; i < Keys.Length; i++)
            if (values[i] is { } column)
                json.WriteString(Keys[i], column);
        json.WriteEndObject();
    }

    // A column is the text of its header, or its number from 1.
    private static string Column(JsonPart part) =>
        part.Kind == JsonValueKind.Number ? part.Whole(1, 10_000).ToString(System.Globalization.CultureInfo.InvariantCulture)
            : part.String();
}
