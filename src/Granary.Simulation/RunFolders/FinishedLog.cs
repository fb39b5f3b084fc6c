using System.Globalization;
using System.IO.Hashing;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Granary.Engine.Analysis.Metrics;
using Granary.Engine.Trading;
using Granary.Simulation.Passes;

namespace Granary.Simulation.RunFolders;

/// <summary>
/// The outcomes of a run's finished strategies in a file: a line with the run's key, then a line for each outcome with its hash. After a
/// crash, the file is valid up to the first line that is incomplete or has a different hash. A power cut may take lines back, and their
/// strategies run again.
/// </summary>
internal sealed class FinishedLog : IDisposable
{
    private readonly FileStream _file;
    private readonly JsonSerializerOptions _json;

    internal sealed record Header(string Key, string? Replaced);

    internal sealed record Line(string Hash, JsonElement Outcome);

    private FinishedLog(FileStream file, JsonSerializerOptions json)
    {
        (_file, _json) = (file, json);
    }

    /// <summary>Creates the file.</summary>
    /// <param name="replaced">Note on the run that this one replaces; null if there was none.</param>
    public static FinishedLog Create(string path, string key, string? replaced, MetricCatalogue metrics)
    {
        var log = new FinishedLog(new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.Read), Json(metrics));
        log.Write(JsonSerializer.Serialize(new Header(key, replaced), log._json));
        log._file.Flush();
        return log;
    }

    /// <summary>Continues the file, if its first line is valid.</summary>
    /// <param name="outcomes">Receives the outcomes that it contains, by strategy index.</param>
    /// <returns>
    /// The log, null if the file belongs to a run with another key, and the note of <see cref="Create"/>. Null if there is no file, or if
    /// it cannot be continued.
    /// </returns>
    public static (FinishedLog? Log, string? Replaced)? Continue(string path, string key, MetricCatalogue metrics,
        Dictionary<int, StrategyOutcome> outcomes)
    {
        if (!File.Exists(path)) return null;
        var json = Json(metrics);
        var bytes = File.ReadAllBytes(path);
        if (LineEnd(bytes, 0) is not { } end || Parsed<Header>(bytes.AsSpan(0, end), json) is not { Key: { } found } header) return null;
        if (found != key) return (null, null);
        var valid = end + 1;
        for (; LineEnd(bytes, valid) is { } next; valid = next + 1)
        {
            if (OutcomeOf(bytes.AsSpan(valid, next - valid), json) is not { } outcome) break;
            outcomes[outcome.Index] = outcome;
        }
        var file = new FileStream(path, FileMode.Open, FileAccess.Write, FileShare.Read);
        file.SetLength(valid);
        file.Position = valid;
        return (new FinishedLog(file, json), header.Replaced);
    }

    private static int? LineEnd(byte[] bytes, int from) => bytes.AsSpan(from).IndexOf((byte)'\n') is >= 0 and var at ? from + at : null;

    private static StrategyOutcome? OutcomeOf(ReadOnlySpan<byte> line, JsonSerializerOptions json) =>
        Parsed<Line>(line, json) is { Hash: { } hash, Outcome.ValueKind: JsonValueKind.Object } kept
            && HashOf(kept.Outcome.GetRawText()) == hash ? kept.Outcome.Deserialize<StrategyOutcome>(json) : null;

    private static T? Parsed<T>(ReadOnlySpan<byte> line, JsonSerializerOptions json)
        where T : class
    {
        try
        {
            return JsonSerializer.Deserialize<T>(line, json);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static string HashOf(string text) =>
        XxHash3.HashToUInt64(Encoding.UTF8.GetBytes(text)).ToString("x16", CultureInfo.InvariantCulture);

    /// <summary>Appends outcomes and passes them to the operating system.</summary>
    public void Append(IEnumerable<StrategyOutcome> outcomes)
    {
        foreach (var outcome in outcomes)
        {
            var text = JsonSerializer.Serialize(outcome, _json);
            Write($$"""{"hash":"{{HashOf(text)}}","outcome":{{text}}}""");
        }
        _file.Flush();
    }

    private void Write(string line) => _file.Write(Encoding.UTF8.GetBytes(line + "\n"));

    public void Dispose() => _file.Dispose();

    private static JsonSerializerOptions Json(MetricCatalogue metrics) => new()
    {
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        TypeInfoResolver = JsonSerializer.IsReflectionEnabledByDefault ? null : FinishedJson.Default,
        Converters = { new UInt128Converter(), new DoublesConverter(), new SignalEndsConverter(), new MetricSetConverter(metrics) },
    };

    // Writes long arrays of numbers as raw bytes; a trace has hundreds of values.
    private sealed class DoublesConverter : JsonConverter<double[]>
    {
        public override double[] Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            System.Runtime.InteropServices.MemoryMarshal.Cast<byte, double>(reader.GetBytesFromBase64()).ToArray();

        public override void Write(Utf8JsonWriter writer, double[] value, JsonSerializerOptions options) =>
            writer.WriteBase64StringValue(System.Runtime.InteropServices.MemoryMarshal.AsBytes(value.AsSpan()));
    }

    private sealed class SignalEndsConverter : JsonConverter<SignalEnds>
    {
        public override SignalEnds Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            new(JsonSerializer.Deserialize<int[]>(ref reader, options));

        public override void Write(Utf8JsonWriter writer, SignalEnds value, JsonSerializerOptions options) =>
            JsonSerializer.Serialize(writer, value.ToArray(), options);
    }

    private sealed class UInt128Converter : JsonConverter<UInt128>
    {
        public override UInt128 Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            UInt128.Parse(reader.GetString()!, NumberStyles.HexNumber, CultureInfo.InvariantCulture);

        public override void Write(Utf8JsonWriter writer, UInt128 value, JsonSerializerOptions options) =>
            writer.WriteStringValue(value.ToString("x32", CultureInfo.InvariantCulture));
    }
}
