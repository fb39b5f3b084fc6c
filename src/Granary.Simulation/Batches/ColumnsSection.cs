using System.Text.Json;
using Granary.Data.Reading;
using Granary.Engine;
using Granary.Simulation.Json;
using Granary.Simulation.Keys;

namespace Granary.Simulation.Batches;

/// <summary>Reads the columns of bar files from a command line.</summary>
internal static class ColumnsSection
{
    /// <summary>Reads a mapping such as "time=Datum;open=2;high=3;low=4;close=5".</summary>
    /// <exception cref="InputException">A key is unknown, or a part has a different form.</exception>
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
        return RecordKeys<ColumnMapping>.Read(JsonPart.Parse("--columns", stream.ToArray()));
    }
}
