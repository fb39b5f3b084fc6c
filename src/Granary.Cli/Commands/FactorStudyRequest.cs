using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Granary.Backtesting.FactorStudies;
using Granary.Engine;
using Granary.Simulation.Batches;
using Granary.Simulation.Catalogues;
using Granary.Simulation.Json;
using Granary.Simulation.Keys;
using Granary.Storage.Addresses;

namespace Granary.Cli.Commands;

/// <summary>
/// The request of a factor study as a job takes it, here and on a server. The sections of a batch file keep their lines.
/// </summary>
/// <param name="Body">UTF-8 JSON.</param>
/// <param name="Folder">Base folder of relative paths.</param>
/// <param name="File">The batch file; of a source the name of the command.</param>
internal sealed record FactorStudyRequest(byte[] Body, string Folder, string File)
{
    private const string CommandName = "granary factors study";

    private bool IsOfSource => File == CommandName;

    public static FactorStudyRequest Of(string source, FactorStudyCommand.Options given)
    {
        var isBatch = source.EndsWith(".json", StringComparison.OrdinalIgnoreCase);
        foreach (var (option, value) in new (string, object?)[] { ("--symbols", given.Symbols), ("--timeframe", given.Timeframe),
            ("--from", given.From), ("--to", given.To) })
            if (isBatch && value is not null)
                throw new InputException($"{option}: it is for a SOURCE, and {source} names its own in data; change it there");
        var folder = DataFolder.Of(isBatch ? Path.GetDirectoryName(Path.GetFullPath(source))! : Directory.GetCurrentDirectory());
        var keys = KeysOf(given, folder);
        var sections = isBatch ? SectionsOf(source) : [.. "\"data\":"u8, .. DataOf(source, given)];
        // The keys are on the first line, so that the sections keep their lines.
        return new FactorStudyRequest([.. keys[..^1], .. ","u8, .. sections, .. "\n}"u8], folder, isBatch ? source : CommandName);
    }

    /// <exception cref="InputException">The request is wrong.</exception>
    public FactorStudySpec Read(GranaryCatalogues catalogues)
    {
        try
        {
            return FactorStudySpec.Read(File, Body, Folder, catalogues);
        }
        catch (InputException e)
        {
            throw Shown(e);
        }
    }

    /// <summary>Names the options of the command in place of the keys of the request.</summary>
    public InputException Shown(InputException fault) => new([.. fault.Faults.Select(Shown)]);

    private string Shown(string sentence)
    {
        var place = Regex.Match(sentence, "^" + Regex.Escape(File) + @", line \d+, (?<key>(data\.)?[a-zA-Z]+)[^:]*: ",
            RegexOptions.ExplicitCapture, TimeSpan.FromSeconds(1));
        if (!place.Success) return sentence;
        var (key, rest) = (place.Groups["key"].Value, sentence[place.Length..]);
        // A section of the batch file, and no option.
        if (key == "universe") return sentence;
        if (!key.StartsWith("data", StringComparison.Ordinal)) return $"--{JsonNamingPolicy.KebabCaseLower.ConvertName(key)}: {rest}";
        return !IsOfSource ? sentence : key == "data.source" ? rest : $"--{key["data.".Length..]}: {rest}";
    }

    private static byte[] KeysOf(FactorStudyOptions given, string folder)
    {
        // Relative to the folder of the request, and not to the current one.
        if (given.Group?.Path is { } path)
            given = given with { Group = Address.Parse(Path.GetRelativePath(folder, Path.GetFullPath(path))) };
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteString("kind", "study");
            RecordKeys<FactorStudyOptions>.Write(json, given);
            json.WriteEndObject();
        }
        return buffer.ToArray();
    }

    private static readonly JsonSerializerOptions Compact = new(Output.Json) { WriteIndented = false };

    private static byte[] DataOf(string source, FactorStudyCommand.Options given) => JsonSerializer.SerializeToUtf8Bytes(new
    {
        Source = source,
        Symbols = given.Symbols ?? ["*"],
        Timeframe = (given.Timeframe is { } timeframe ? Given.Timeframe(timeframe) : Engine.Market.Timeframe.D1).ToString(),
        From = Time(given.From),
        To = Time(given.To),
    }, Compact);

    private static string? Time(long? time) => time is { } ticks ? UtcTicks.Text(ticks) : null;

    // The sections data and universe.
    private static byte[] SectionsOf(string batch)
    {
        byte[] text;
        try
        {
            text = System.IO.File.ReadAllBytes(batch);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new InputException($"{batch} does not exist; give the path of a batch file, or a source such as csv:DIR", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new InputException($"{batch} cannot be read: {e.Message.TrimEnd('.')}; make it readable, or give another file", e);
        }
        var root = JsonPart.Parse(batch, text);
        root.Need("data");
        var sections = new List<byte>();
        foreach (var (name, part) in root.Members.Where(m => m.Name is "data" or "universe"))
        {
            // Everything else is blank, but for the ends of lines.
            var alone = part.Alone(text).AsSpan();
            if (text.AsSpan().StartsWith(Encoding.UTF8.Preamble)) alone = alone[Encoding.UTF8.Preamble.Length..];
            var lines = sections.Count(b => b == '\n');
            for (var skipped = 0; skipped < lines; skipped++) alone = alone[(alone.IndexOf((byte)'\n') + 1)..];
            sections.AddRange(Encoding.UTF8.GetBytes((sections.Count == 0 ? "\"" : ",\"") + name + "\":"));
            sections.AddRange(alone.TrimEnd(" \n"u8));
        }
        return [.. sections];
    }
}
